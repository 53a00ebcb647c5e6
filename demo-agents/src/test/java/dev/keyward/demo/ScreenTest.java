package dev.keyward.demo;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ScreenTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @Test
  void noLineIsWiderThanAHundredCharacters() {
    Screen screen = screen(false);

    screen.title("A title", "Many words. ".repeat(40));
    screen.step(
        List.of("does " + "x".repeat(300)),
        List.of("a b ".repeat(200)),
        6,
        List.of("y".repeat(90)));
    screen.claim(new Claim("s", "word ".repeat(60), false, "other ".repeat(40)));

    text().lines().forEach(line -> assertTrue(line.length() <= 100, line));
  }

  @Test
  void whatTheAgentSawStandsBesideWhatTheCompanySaw() {
    screen(false)
        .step(List.of("calls a tool"), List.of("an answer"), 6, List.of("GET /here → 200"));

    String line = text().lines().findFirst().orElseThrow();
    assertTrue(line.contains("calls a tool") && line.endsWith("│ GET /here → 200"), line);
  }

  @Test
  void textFromOutsideCannotSteerTheTerminal() {
    screen(false)
        .step(
            List.of("\u001b[2Jwiped"),
            List.of("\u202ereversed\u200b", "bell\u0007"),
            6,
            List.of("\u009b1m"));

    assertFalse(text().chars().anyMatch(c -> c != '\n' && Character.isISOControl(c)));
    assertFalse(text().contains("\u202e") || text().contains("\u200b"));
  }

  @Test
  void whatIsMaskedIsNotPrintedEvenWhereALineBreaks() {
    String key = "k".repeat(40);
    var screen = new Screen(stream(), false, text -> text.replace(key, "[masked]"));

    screen.step(List.of("sends " + "a ".repeat(20) + key), List.of("got " + key), 6, List.of(key));
    screen.text(key);
    screen.claim(new Claim("s", key, true, ""));

    assertFalse(text().contains("kkkk"));
  }

  @Test
  void withoutColoursThereAreNoEscapes() {
    screen(false).claim(new Claim("s", "it is so", true, ""));
    assertFalse(text().contains("\u001b"));

    screen(true).claim(new Claim("s", "it is so", true, ""));
    assertTrue(text().contains("\u001b[32m"));
  }

  private Screen screen(boolean colours) {
    return new Screen(stream(), colours, text -> text);
  }

  private PrintStream stream() {
    return new PrintStream(printed, true, StandardCharsets.UTF_8);
  }

  private String text() {
    return printed.toString(StandardCharsets.UTF_8);
  }
}
