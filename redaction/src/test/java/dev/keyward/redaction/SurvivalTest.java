package dev.keyward.redaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.redaction.rules.Rules;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

/// Random texts made of what makes trouble: no exception, nothing changed outside of what was taken
/// out, no secret left.
///
/// `-Dkeyward.turns=N` for longer runs, `-Dkeyward.seed=N` for other ones.
final class SurvivalTest {
  private static final int TURNS = Integer.getInteger("keyward.turns", 10);
  private static final String KEY = "tW9xQ2mLr7Zc4Vb8Hn3Kd6Ys";
  private static final List<String> PIECES =
      List.of(
          "password",
          "token",
          "api_key",
          "Authorization",
          "Bearer ",
          "name",
          "value",
          "secrets",
          "passwords",
          "clave",
          "пароль",
          "密码",
          ": ",
          ":",
          "=",
          " = ",
          "=>",
          "\"",
          "'",
          "`",
          "\\",
          "\\\"",
          "\n",
          "\r\n",
          "\t",
          "  ",
          " ",
          ",",
          ";",
          "|",
          "||",
          "- ",
          "| ",
          "[",
          "]",
          "{",
          "}",
          "(",
          ")",
          "<",
          ">",
          "</",
          "/>",
          "<a href=",
          "<td>",
          "</td>",
          "<tr>",
          "<th>",
          "<![CDATA[",
          "]]>",
          "<!--",
          "-->",
          "<input value=",
          "srcdoc=\"",
          "data:text/html;base64,",
          "&amp;",
          "&#",
          "&#x6",
          "%",
          "%2",
          "%25",
          "\\u00",
          "\\x",
          "=3D",
          "=\n",
          "://",
          "@",
          "?",
          "&",
          "sig=",
          "-----BEGIN PRIVATE KEY-----",
          "-----END",
          "kind: Secret\n",
          "data:\n",
          "|\n",
          ">-\n",
          "!!str ",
          "---\n",
          "|---|---|\n",
          "+----+\n",
          "\u200b",
          "\u202e",
          "\udb40\udc69",
          "\ud83d",
          "\udc00",
          "\u0000",
          "\b",
          "\u001b[31m",
          "é",
          "ﬁ",
          "ｔ",
          "gr33n-lamp7",
          "Zk4vQ9sLw2Xc7Rb1",
          "eyJhbGciOiJ",
          "ghp_",
          "AKIA",
          "H4sIAAAA",
          "eJw",
          "deadbeef",
          "0x41, 0x42, ",
          "65 66 67 ",
          "kw_h_mail_",
          "1",
          "42",
          "true",
          "null",
          "the",
          "of",
          "x");

  private final RandomGenerator random =
      RandomGeneratorFactory.of("L64X128MixRandom").create(Long.getLong("keyward.seed", 20261129));
  private final KnownSecrets known = KnownSecrets.of(List.of(Secret.of(KEY)));
  private final Redactor redactor = new Redactor(() -> known, Rules::standard);

  private String text(int pieces) {
    return text(random, pieces);
  }

  /// {@return so many pieces in a row}
  static String text(RandomGenerator random, int pieces) {
    var out = new StringBuilder();
    for (int i = 0; i < pieces; i++) {
      out.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return out.toString();
  }

  @Test
  void whateverTheTextItIsTheSameOutsideOfWhatWasTakenOut() {
    for (int i = 0; i < TURNS * 200; i++) {
      String text = text(1 + random.nextInt(120));

      Redacted scrubbed = redactor.scrub(text);

      var expected = new StringBuilder();
      int done = 0;
      for (Redacted.Taken each : scrubbed.taken()) {
        assertTrue(each.found().start() >= done, text);
        expected.append(text, done, each.found().start()).append(Redactor.REPLACEMENT);
        done = each.found().end();
      }
      expected.append(text, done, text.length());
      assertEquals(expected.toString(), scrubbed.text(), text);
    }
  }

  /// What was read in one order is not read again in another, but every place counts.
  @Test
  void readingsThatAreAlikeAreFoundAtEachOfTheirPlaces() {
    String secret = "k7Vq2mZx9RtB4nLw8PcY";
    var known = KnownSecrets.of(List.of(Secret.of(secret)));
    String spelled = Encodings.write("backslash u", Encodings.write("quoted-printable", secret));
    String text = "&amp; =3D " + spelled + " =3D &amp; " + spelled + " and " + spelled;

    Redacted scrubbed = new Redactor(() -> known).scrub(text);

    assertEquals(3, scrubbed.taken().size(), scrubbed.text());
  }

  @Test
  void aSecretPlantedAnywhereInItDoesNotSurvive() {
    for (int i = 0; i < TURNS * 100; i++) {
      String before = text(random.nextInt(60));
      String after = text(random.nextInt(60));
      String planted = before + " " + KEY + " " + after;

      Redacted scrubbed = redactor.scrub(planted);

      assertFalse(scrubbed.text().contains(KEY), planted);
    }
  }

  @Test
  void norOneCutOverTheFieldsOfRandomJson() {
    for (int i = 0; i < TURNS * 50; i++) {
      int cut = 4 + random.nextInt(KEY.length() - 8);
      var json = JsonNodeFactory.instance.objectNode();
      json.put(text(2), text(random.nextInt(6)));
      json.put("a", KEY.substring(0, cut));
      json.put("b", KEY.substring(cut));
      json.set("c", JsonNodeFactory.instance.arrayNode().add(text(3)).add(7));

      Redacted scrubbed = redactor.scrub(json);

      var joined = new StringBuilder();
      for (var value : scrubbed.json()) {
        joined.append(value.asString(""));
      }
      assertEquals(-1, joined.indexOf(KEY), json::toString);
    }
  }
}
