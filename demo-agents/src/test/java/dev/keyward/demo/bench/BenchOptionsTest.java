package dev.keyward.demo.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BenchOptionsTest {
  @Test
  void withoutOptionsEverythingIsMeasured() {
    BenchOptions options = BenchOptions.parse(List.of());

    assertEquals(List.of(1, 16, 64), options.connections());
    assertEquals(64, options.mostConnections());
    assertTrue(options.wants("keyward"));
    assertEquals(List.of(Speech.SESSIONS), options.speaks());
    assertEquals(0, options.parked());
    assertTrue(options.beside().isEmpty());
  }

  @Test
  void whatIsGivenReplacesTheUsual() {
    BenchOptions options =
        BenchOptions.parse(
            List.of("--connections", "2,8", "--seconds", "1", "--only", "nginx,jetty", "--json"));

    assertEquals(List.of(2, 8), options.connections());
    assertEquals(Duration.ofSeconds(1), options.seconds());
    assertTrue(options.wants("jetty async, no MCP"));
    assertFalse(options.wants("keyward"));
    assertTrue(options.json());
  }

  @Test
  void aBrokerIsCalledInEveryWayThatIsNamed() {
    BenchOptions options =
        BenchOptions.parse(List.of("--speaks", "2026-07-28,sse,stdio", "--parked", "2000"));

    assertEquals(List.of(Speech.REQUESTS, Speech.SSE, Speech.STDIO), options.speaks());
    assertEquals(2000, options.parked());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--speaks 2024-11-05",
        "--rounds",
        "--rounds 0",
        "--rounds x",
        "--connections 5000",
        "--key 1"
      })
  void whatMakesNoSenseIsRefused(String line) {
    List<String> arguments = List.of(line.split(" ", -1));

    assertThrows(IllegalArgumentException.class, () -> BenchOptions.parse(arguments));
  }
}
