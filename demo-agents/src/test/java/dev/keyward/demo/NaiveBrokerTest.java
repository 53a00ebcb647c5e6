package dev.keyward.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// The demo against a broker that leaks and asks nobody: it has to fail, and to say why.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class NaiveBrokerTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private Canary canary = new Canary(Map.of());
  private Claims claims = new Claims();

  @BeforeAll
  void runTheDemo(@TempDir Path folder) throws IOException {
    var out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    var demo =
        new Demo(
            NaiveBroker::start,
            InstantSource.system(),
            RandomGenerator.getDefault(),
            known -> {
              canary = known;
              return new Screen(out, false, known::mask);
            });
    claims = demo.run(new DemoFolder(folder), new Programme.Stories(false));
  }

  @Test
  void theDemoFails() {
    assertFalse(claims.allHeld());
  }

  @Test
  void everyKindOfLeakIsNamed() {
    assertBroken("The ticket's debug field stayed behind");
    assertBroken("The pages arrived as the text");
    assertBroken("Three error bodies repeated");
    assertBroken("answers that the agents received");
    assertBroken("files of the broker's home");
  }

  @Test
  void everyActWithoutAPersonIsNamed() {
    assertBroken("A write waits for a person");
    assertBroken("The refund waits");
    assertBroken("The owner cannot approve it");
    assertBroken("One reviewer is not enough");
    assertBroken("Repeating it does not refund twice");
    assertBroken("An agent's key opens nothing on the people's listener");
    assertBroken("The approval covers exactly that agent's call");
    assertBroken("A revoked agent's key");
  }

  @Test
  void evenThenNoKeyIsPrinted() {
    String text = printed.toString(StandardCharsets.UTF_8);
    assertEquals(List.of(), text.lines().filter(line -> canary.find(line).isPresent()).toList());
    assertTrue(text.contains("KEY LEAKED"));
  }

  private void assertBroken(String start) {
    assertTrue(
        claims.broken().stream().anyMatch(claim -> claim.sentence().contains(start)),
        () -> start + " in " + claims.broken());
  }
}
