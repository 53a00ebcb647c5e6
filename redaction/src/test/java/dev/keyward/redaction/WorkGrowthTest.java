package dev.keyward.redaction;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.redaction.exact.Effort;
import dev.keyward.redaction.exact.Glance;
import dev.keyward.redaction.rules.Rules;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Twice the text costs no more than twice the work, whatever repeats itself in it. Counted in
/// characters that were looked at, so that it ends alike on every machine.
final class WorkGrowthTest {
  private static final int SMALL = 10_000;
  private static final int TURNS = 2;
  private static final double MARGIN = 1.25;
  private static final List<String> WORDS =
      List.of(
          "password",
          "passwords",
          "token",
          "secret",
          "api_key",
          "apikey",
          "Authorization",
          "auth",
          "credentials",
          "PRIVATE KEY",
          "pin",
          "contraseña",
          "пароль",
          "密码");
  private static final List<String> AFTER =
      List.of(
          "", " ", ":", ": ", "=", "=>", "(", "(\"", "\":\"", "='", "\\\"", "\n", ":\n", ":\n  ",
          ": [", ": {", ": |\n", ",", ";", "\t", " | ", "  ", "<", ">", "</", " is ", "-", "&",
          "%3D");

  private final KnownSecrets known =
      KnownSecrets.of(List.of(Secret.of("tW9xQ2mLr7Zc4Vb8Hn3Kd6Ys")));

  @TestFactory
  Stream<DynamicTest> ofTextsThatWantToBeSlow() {
    return SlowTexts.ALL.entrySet().stream()
        .map(each -> DynamicTest.dynamicTest(each.getKey(), () -> grows(each.getValue())));
  }

  @TestFactory
  Stream<DynamicTest> ofEveryWordThatMeansASecretBeforeEverySign() {
    return WORDS.stream()
        .map(
            word ->
                DynamicTest.dynamicTest(
                    word,
                    () -> {
                      for (String after : AFTER) {
                        grows(word + after);
                      }
                    }));
  }

  @Test
  void theSameReadingIsPaidForOnce() {
    String one = SlowTexts.sized("&amp; &#39;1&#39;; ", SMALL);
    String both = SlowTexts.sized("&amp; =3D; =de; ", SMALL);

    assertTrue(exact(both) <= 3 * exact(one), exact(both) + " and " + exact(one));
    assertTrue(exact(SlowTexts.sized("<!--", SMALL)) <= 16 * SMALL);
  }

  /// Each text begins a secret that the next does not go on with, so that edges alone are not
  /// enough.
  @Test
  void ofTextsThatEndWithinASecretInManyRows() {
    long before = glanced(SMALL);
    for (int turn = 1; turn <= TURNS; turn++) {
      long work = glanced(SMALL << turn);

      assertTrue(work <= MARGIN * 2 * before, work + " and not twice " + before);
      before = work;
    }
  }

  private long glanced(int texts) {
    var effort = new Effort(100L * texts);
    char[] text = "tW9xQ2mL".toCharArray();
    Glance glance = known.exact().glance(texts, texts * text.length, effort);
    for (int i = 0; i < texts; i++) {
      glance.add(i, text, text.length);
    }
    int[] row = IntStream.range(0, texts).toArray();
    assertFalse(glance.shows() || glance.showsIn(List.of(row)));
    return effort.spent();
  }

  private long exact(String text) {
    var effort = new Effort(10_000L * text.length());
    known.exact().find(text, effort);
    return effort.spent();
  }

  private void grows(String piece) {
    long before = Math.max(work(SlowTexts.sized(piece, SMALL)), SMALL);
    for (int turn = 1; turn <= TURNS; turn++) {
      String text = SlowTexts.sized(piece, SMALL << turn);

      long work = work(text);

      assertTrue(
          work <= MARGIN * 2 * before,
          piece + " repeated to " + text.length() + ": " + work + " and not twice " + before);
      before = work;
    }
  }

  private long work(String text) {
    var effort = new Effort(100L * text.length());
    Rules.standard().find("", text, effort, found -> {});
    Rules.standard().findDeep(text, effort, found -> {});
    known.exact().find(text, effort);
    return effort.spent();
  }
}
