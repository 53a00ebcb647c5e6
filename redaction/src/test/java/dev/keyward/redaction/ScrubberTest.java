package dev.keyward.redaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.redaction.rules.Rules;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

final class ScrubberTest {
  private static final String KEY = "tW9xQ2mLr7Zc4Vb8Hn3Kd6Ys";
  private static final String PASSWORD = "gr33n-lamp7";
  private static final int LARGE = 700_000;

  private final KnownSecrets known = KnownSecrets.of(List.of(Secret.of(KEY)));
  private final Redactor redactor = new Redactor(() -> known, Rules::standard);
  private final RandomGenerator random =
      RandomGeneratorFactory.of("L64X128MixRandom").create(20261129);

  /// Writes `text` in pieces of random length, and says what has left after each.
  private String streamed(String text, boolean table, Consumer<StringBuilder> each) {
    var scrubber = new Scrubber(redactor, table);
    var out = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      int count = Math.min(text.length() - at, 1 + random.nextInt(50_000));
      scrubber.add(text.substring(at, at + count).toCharArray(), count);
      at += count;
      drain(scrubber::next, out);
      each.accept(out);
    }
    drain(scrubber::next, out);
    drain(scrubber::end, out);
    return out.toString();
  }

  private static void drain(Supplier<Optional<Scrubber.Piece>> pieces, StringBuilder out) {
    for (var piece = pieces.get(); piece.isPresent(); piece = pieces.get()) {
      out.append(piece.get().text());
    }
  }

  private static String lines(int characters) {
    String line = "2026-11-29 12:00:00 INFO ann opened ticket 4711 in the lobby\n";
    return line.repeat(characters / line.length());
  }

  @Test
  void aSecretAtAnyPlaceIsTakenOutAndAllElseStays() {
    for (int i = 0; i < 4; i++) {
      int at = random.nextInt(LARGE);
      String text = lines(LARGE);
      String planted = text.substring(0, at) + " " + KEY + " " + text.substring(at);

      String out = streamed(planted, false, _ -> {});

      assertEquals(planted.replace(KEY, Redactor.REPLACEMENT), out, "at " + at);
    }
  }

  @Test
  void aValueWhoseNameHasLeftIsStillItsValue() {
    // so many lines that a cut falls between some name and its value
    String text = ("password:\n    " + PASSWORD + "\n").repeat(LARGE / 26);

    String out = streamed(text, false, _ -> {});

    assertEquals(-1, out.indexOf(PASSWORD));
  }

  @Test
  void aColumnKeepsItsHeadingHoweverManyRowsCome() {
    String text = "user,password,role\n" + ("ann," + PASSWORD + ",admin\n").repeat(60_000);

    String out = streamed(text, true, _ -> {});

    assertEquals(text.replace(PASSWORD, Redactor.REPLACEMENT), out);
  }

  @Test
  void whatHasLeftIsNeverLookedBackAtAndMemoryIsBounded() {
    String text = lines(LARGE) + "-----BEGIN PRIVATE KEY-----\n" + lines(20_000);
    var before = new StringBuilder();

    streamed(
        text,
        false,
        out -> {
          assertTrue(out.toString().startsWith(before.toString()));
          before.setLength(0);
          before.append(out);
        });

    assertTrue(before.length() > LARGE / 2, "nothing left until the end");
  }

  @Test
  void wholeLinesLeaveWhenAskedForAndNotTheRest() {
    var scrubber = new Scrubber(redactor, false);
    String text = "PORT=8080\nDB_PASSWORD=" + PASSWORD + "\nhalf " + KEY.substring(0, 9);
    scrubber.add(text.toCharArray(), text.length());

    String lines = scrubber.lines().orElseThrow().text();
    scrubber.add(KEY.substring(9).toCharArray(), KEY.length() - 9);
    String rest = scrubber.end().orElseThrow().text();

    assertEquals("PORT=8080\nDB_PASSWORD=[redacted]\n", lines);
    assertEquals("half [redacted]", rest);
    assertEquals(Optional.empty(), scrubber.end());
  }

  @Test
  void noCharacterIsCutInTwo() {
    String text = "😀".repeat(LARGE / 2);

    assertEquals(text, streamed(text, false, _ -> {}));
    assertFalse(streamed("x" + text, false, _ -> {}).contains("\ufffd"));
  }
}
