package dev.keyward.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.keyward.call.CanonicalJson;
import dev.keyward.call.Refusal;
import dev.keyward.catalog.Target;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

final class AuditJsonTest {
  private static final String CHAIN = "chain_" + "7".repeat(26);
  private static final String ID = "019a9f1e-0000-7000-8000-000000000000";

  static Stream<String> types() {
    return Samples.each().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("types")
  void eachTypeHasItsWireShape(String type) throws IOException {
    JsonNode written = body(Objects.requireNonNull(Samples.each().get(type)));

    assertEquals(CanonicalJson.write(golden(type)), CanonicalJson.write(written));
  }

  @ParameterizedTest
  @MethodSource("types")
  void noTypeCarriesPeoplesOrAgentsOwnText(String type) {
    String written = CanonicalJson.write(body(Objects.requireNonNull(Samples.each().get(type))));

    assertFalse(written.contains(Samples.CANARY), written);
  }

  @Test
  void everyKindOfEventHasASample() {
    Set<Class<?>> sampled = new HashSet<>();
    Samples.each().values().forEach(event -> sampled.add(event.getClass()));

    assertEquals(Set.of(AuditEvent.class.getPermittedSubclasses()), sampled);
  }

  static Stream<Refusal> refusalsWithOthersText() {
    return Stream.of(
        new Refusal.InvalidArguments("/" + Samples.CANARY, "is not a field"),
        new Refusal.SecretInArguments(),
        new Refusal.NotApproved(Samples.APPROVAL, "no: " + Samples.CANARY));
  }

  /// An agent that names a field like a key must not write that key into a record for ever.
  @ParameterizedTest
  @MethodSource("refusalsWithOthersText")
  void aRefusalsOwnTextStaysOutOfTheRecord(Refusal refusal) {
    String written = CanonicalJson.write(body(Samples.refused(refusal)));

    assertFalse(written.contains(Samples.CANARY), written);
  }

  @Test
  void aLibrarysMessageIsNoCode() {
    var library = "java.net.ConnectException: Connection refused: token=" + Samples.CANARY;

    var refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> new AuditEvent.RunEnded(Samples.RUN, Samples.AGENT, library));

    assertFalse(String.valueOf(refused.getMessage()).contains(Samples.CANARY));
  }

  @Test
  void severalLinesAreNoPathTemplate() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new UpstreamCall("GET", "https://a.example", "/a\nb", List.of()));
  }

  @Test
  void aTargetWithAUserIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new Target("crm", URI.create("https://u:p@crm.example")));
  }

  @Test
  void aNegativeDurationIsWrittenAsNone() {
    assertEquals(0, AuditJson.millis(Duration.ofSeconds(-3)));
  }

  private static JsonNode body(AuditEvent event) {
    return AuditJson.write(CHAIN, 18, ID, Samples.NOON, event);
  }

  private static JsonNode golden(String type) throws IOException {
    String file = "/audit/v1/" + type + ".json";
    try (var stream = AuditJsonTest.class.getResourceAsStream(file)) {
      if (stream == null) {
        throw new AssertionError("no file " + file);
      }
      return AuditJson.read(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
