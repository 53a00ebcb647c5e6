package dev.keyward.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The whole demo against the real broker.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class DemoTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private Canary canary = new Canary(Map.of());
  private Claims claims = new Claims();

  @BeforeAll
  void runTheDemo(@TempDir Path folder) throws IOException {
    var out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    var demo =
        new Demo(
            DemoBroker::start,
            InstantSource.system(),
            new SecureRandom(),
            known -> {
              canary = known;
              return new Screen(out, false, text -> text);
            });
    claims = demo.run(new DemoFolder(folder), new Programme.Stories(false));
  }

  @Test
  void everyClaimHolds() {
    assertEquals(List.of(), claims.broken());
    assertTrue(claims.allHeld());
  }

  @Test
  void allFourStoriesAreToldAndTheRestIsSearched() {
    assertEquals(5, claims.stories().size());
  }

  @Test
  void evenUnmaskedNothingPrintedHoldsAKey() {
    String text = printed.toString(StandardCharsets.UTF_8);
    assertEquals(List.of(), text.lines().filter(line -> canary.find(line).isPresent()).toList());
    assertTrue(text.contains("[redacted]"));
    assertFalse(text.contains("KEY LEAKED"));
  }

  @Test
  void linesFitAHundredColumns() {
    List<String> wide =
        printed
            .toString(StandardCharsets.UTF_8)
            .lines()
            .filter(line -> line.length() > 100)
            .toList();
    assertEquals(List.of(), wide);
  }
}
