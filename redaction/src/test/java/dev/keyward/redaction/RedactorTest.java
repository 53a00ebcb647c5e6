package dev.keyward.redaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.redaction.rules.Rules;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class RedactorTest {
  private static final String KEY = "tW9xQ2mLr7Zc4Vb8Hn3Kd6Ys";
  private static final String FIFTY = "Zq8LmW3xRt6VbN1cYk9HdP4sGf7JaU2eTo5XiCw0BvMnQzKrEy";
  private static final String ODD = "q&7<Rt\"9v/X+2z\\Lk%w5=Pn";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static Redactor holding(String... secrets) {
    KnownSecrets known = KnownSecrets.of(Stream.of(secrets).map(Secret::of).toList());
    return new Redactor(() -> known, Rules::standard);
  }

  private static JsonNode json(String text) {
    return JSON.readTree(text);
  }

  private static void assertGone(String secret, String text, Redactor redactor) {
    String scrubbed = redactor.scrub(text).text();
    assertNotEquals(text, scrubbed);
    assertFalse(scrubbed.contains(secret), scrubbed);
    assertFalse(
        Encodings.lettersAndDigits(scrubbed).contains(Encodings.lettersAndDigits(secret)),
        scrubbed);
    assertEquals(List.of(), redactor.scrub(scrubbed).scrubbedAt(), scrubbed);
  }

  static Stream<String> encodings() {
    return Encodings.ALL.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("encodings")
  void anEncodedSecretIsTakenOut(String encoding) {
    for (String secret : List.of(KEY, ODD)) {
      String text = "before " + Encodings.write(encoding, secret) + " after";
      assertGone(secret, text, holding(secret));
      String scrubbed = holding(secret).scrub(text).text();
      assertTrue(scrubbed.startsWith("before "), scrubbed);
      assertTrue(scrubbed.endsWith(" after"), scrubbed);
    }
  }

  @Test
  void numbersOfSeveralBytesAndOneNumberOfAllAreRead() {
    byte[] bytes = KEY.getBytes(StandardCharsets.US_ASCII);
    String base36 = new BigInteger(1, bytes).toString(36);
    for (int offset = 0; offset < 4; offset++) {
      byte[] shifted =
          ("xyz".substring(0, offset) + KEY + "abcd").getBytes(StandardCharsets.US_ASCII);
      var big = ByteBuffer.wrap(shifted);
      var little = ByteBuffer.wrap(shifted).order(ByteOrder.LITTLE_ENDIAN);
      var words = new ArrayList<Integer>();
      var halves = new ArrayList<Short>();
      while (big.remaining() >= 4) {
        words.add(big.getInt());
        halves.add(little.getShort());
        halves.add(little.getShort());
      }
      for (List<?> list : List.of(words, halves)) {
        String text = "words: " + list;
        assertNotEquals(text, holding(KEY).scrub(text).text());
        String scrubbed = holding(KEY).scrub(json(list.toString())).text();
        assertTrue(scrubbed.contains(Redactor.REPLACEMENT), scrubbed);
      }
    }
    assertEquals("id [redacted].", holding(KEY).scrub("id " + base36 + ".").text());
    String odd = "pä\"ss-wörd-7Qz&9Lm";
    String turned = new StringBuilder(odd).reverse().toString();
    String packed = Base64.getEncoder().encodeToString(turned.getBytes(StandardCharsets.UTF_8));
    assertNotEquals(packed, holding(odd).scrub(packed).text());
  }

  @Test
  void aRandomSecretInTwoRandomEncodingsAtARandomPlaceNeverSurvives() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(20261120);
    var names = new ArrayList<>(Encodings.nestable().keySet());
    for (int i = 0; i < 3000; i++) {
      String secret = randomSecret(random);
      String inner = names.get(random.nextInt(names.size()));
      String outer = names.get(random.nextInt(names.size()));
      String written = Encodings.write(outer, Encodings.write(inner, secret));
      String text = filler(random) + written + " " + filler(random);

      String scrubbed = holding(secret).scrub(text).text();

      String what = inner + " in " + outer + ": " + text + " -> " + scrubbed;
      assertNotEquals(text, scrubbed, what);
      assertFalse(scrubbed.contains(written), what);
      assertFalse(scrubbed.contains(secret), what);
      assertFalse(
          Encodings.lettersAndDigits(scrubbed).contains(Encodings.lettersAndDigits(secret)), what);
    }
  }

  @ParameterizedTest
  @MethodSource("encodings")
  void aWholeSecretInArgumentsIsFoundInEveryEncoding(String encoding) {
    for (String secret : List.of(KEY, ODD, FIFTY, "Kd6YsXy7QpLm")) {
      String text = "before " + Encodings.write(encoding, secret) + " after";

      assertTrue(holding(secret).holdsSecret(text), text);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"as it is", "hex", "base64", "base32", "decimal bytes", "reversed"})
  void whoeverExtendsAKnownPrefixLearnsNothingBeforeHardlyAnythingIsMissing(String encoding) {
    Redactor redactor = holding(FIFTY);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    for (int known = 10; known < 43; known++) {
      for (int i = 0; i < alphabet.length(); i++) {
        String tried = FIFTY.substring(0, known) + alphabet.charAt(i);
        String text = Encodings.write(encoding, tried);
        assertEquals(
            Optional.empty(), redactor.findSecret(JSON.createObjectNode().put("q", text)), text);
      }
    }
    assertTrue(redactor.holdsSecret(Encodings.write(encoding, FIFTY.substring(0, 46))));
  }

  @Test
  void ofAShortSecretOnlyAllOfItIsFoundInArguments() {
    Redactor redactor = holding("Kd6YsXy7QpLm3Wd9Zx8");

    assertFalse(redactor.holdsSecret("Kd6YsXy7QpLm3Wd9Zx"));
    assertFalse(redactor.holdsSecret("d6YsXy7QpLm3Wd9Zx8"));
    assertTrue(redactor.holdsSecret("Kd6YsXy7QpLm3Wd9Zx8"));
  }

  @Test
  void reachingALimitDoesNotTellWhetherAPartIsRight() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(11);
    var start = new StringBuilder();
    while (start.length() < 200) {
      start.append(randomSecret(random));
    }
    String[] alike = new String[8];
    for (int i = 0; i < alike.length; i++) {
      alike[i] = start + randomSecret(random);
    }
    String right = start.toString().concat(" ").repeat(1500);

    assertFalse(holding(alike).holdsSecret(right));
  }

  @Test
  void aLongSecretCutOverLongNeighboursInArgumentsIsFound() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
    var secret = new StringBuilder();
    while (secret.length() < 1200) {
      secret.append(randomSecret(random));
    }
    String[] pieces = {secret.substring(0, 400), secret.substring(400, 800), secret.substring(800)};

    assertTrue(holding(secret.toString()).findSecret(JSON.valueToTree(pieces)).isPresent());
    assertFalse(holding(secret.toString()).holdsSecret(secret.substring(0, 800)));
  }

  private static String randomSecret(RandomGenerator random) {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    String more = random.nextBoolean() ? alphabet : alphabet + "-_+/=.";
    var out = new StringBuilder();
    for (int i = 20 + random.nextInt(40); i > 0; i--) {
      out.append(more.charAt(random.nextInt(more.length())));
    }
    return out.toString();
  }

  private static String filler(RandomGenerator random) {
    return "The ticket was opened on Tuesday. ".repeat(random.nextInt(4));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tW9x-Q2mL-r7Zc-4Vb8-Hn3K-d6Ys",
        "tW9xQ2mLr7Zc\r\n   4Vb8Hn3Kd6Ys",
        "t\nW\n9\nx\nQ\n2\nm\nL\nr\n7\nZ\nc\n4\nV\nb\n8\nH\nn\n3\nK\nd\n6\nY\ns",
        "tW9xQ2mL\u200br7Zc4Vb8\u200dHn3Kd6Ys",
        "tW9xQ2mLr7\u001b[31mZc4Vb8Hn\u001b[0m3Kd6Ys",
        "tW9xQ2mLr7#\bZc4Vb8Hn3Kd6Ys",
        "'tW9xQ2mLr7Zc' +\n '4Vb8Hn3Kd6Ys'",
        "tW9xQ2m<b>Lr7Zc4V</b>b8Hn3Kd6Ys",
        "[\"tW9xQ\", \"2mLr7\", \"Zc4Vb8\", \"Hn3Kd6Ys\"]",
        "{\"a\": \"tW9xQ2mL\", \"b\": \"r7Zc4Vb8\", \"c\": \"Hn3Kd6Ys\"}",
        "t\udb40\udc41W9xQ2m\udb40\udc42Lr7Zc4Vb8\udb40\udc31Hn3Kd6Ys",
        "tW9xQ2mL\udb40\udc72\udb40\udc37\udb40\udc5a\udb40\udc634Vb8Hn3Kd6Ys",
        "ŧW9xQ2mŁr7Żȼ4Vƀ8Ħn3Ꝁđ6Yꜱ",
        "ｔＷ９ｘＱ２ｍＬｒ７Ｚｃ４Ｖｂ８Ｈｎ３Ｋｄ６Ｙｓ",
      })
  void aSecretCutIntoPiecesIsTakenOut(String text) {
    assertGone(KEY, text, holding(KEY));
    assertTrue(holding(KEY).holdsSecret(text));
  }

  /// The search of rows reads only the edges of texts until something at one says otherwise.
  @Test
  void aSecretCutAnywhereOverTheSameFieldOfRecordsIsTakenOut() {
    Redactor redactor = holding(KEY);
    for (String around : List.of("", "a note: ", "of all that was written here ".repeat(20))) {
      for (int cut = 1; cut < KEY.length(); cut++) {
        var records = JSON.createArrayNode();
        records.addObject().put("a", around + KEY.substring(0, cut)).put("b", "first");
        records.addObject().put("a", KEY.substring(cut) + " " + around).put("b", "second");

        JsonNode scrubbed = redactor.scrub(records).json();

        String joined =
            scrubbed.path(0).path("a").asString() + scrubbed.path(1).path("a").asString();
        assertFalse(joined.contains(KEY), cut + " after " + around.length());
      }
    }
  }

  /// What holds nothing is handed on as it is, not copied.
  @Test
  void onlyWhatLeadsToASecretIsWrittenAnew() {
    JsonNode json =
        json("{\"x\": {\"y\": [1, \"two\"]}, \"z\": [{\"k\": \"%s\"}, {\"k\": 1}]}".formatted(KEY));

    JsonNode scrubbed = holding(KEY).scrub(json).json();

    assertEquals(
        json("{\"x\": {\"y\": [1, \"two\"]}, \"z\": [{\"k\": \"[redacted]\"}, {\"k\": 1}]}"),
        scrubbed);
    assertSame(json.path("x"), scrubbed.path("x"));
    assertSame(json.path("z").path(1), scrubbed.path("z").path(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[\"tW9xQ\", \"2mLr7\", \"Zc4Vb8\", \"Hn3Kd6Ys\"]",
        "{\"a\": \"tW9xQ2mL\", \"b\": \"r7Zc4Vb8\", \"n\": 1, \"c\": \"Hn3Kd6Ys\"}",
        "[{\"type\": \"text\", \"text\": \"tW9xQ2m\"}, {\"type\": \"text\", \"text\":"
            + " \"Lr7Zc4Vb8Hn3Kd6Ys\"}]",
        "{\"tW9xQ2mL\": 1, \"r7Zc4Vb8\": 2, \"Hn3Kd6Ys\": 3}",
        "[\"%74%57%39%78%51\", \"%32%6d%4c%72%37%5a%63%34%56\","
            + " \"%62%38%48%6e%33%4b%64%36%59%73\"]",
        "[\"tW9xQ\", 2, \"mLr\", 7, \"Zc\", 4, \"Vb8Hn3Kd6Ys\"]",
      })
  void aSecretCutOverJsonNeighboursIsTakenOut(String text) {
    String scrubbed = holding(KEY).scrub(json(text)).text();

    assertEquals(List.of(), holding(KEY).scrub(scrubbed).scrubbedAt(), scrubbed);
    assertTrue(scrubbed.contains("[redacted]"), scrubbed);
    assertTrue(holding(KEY).findSecret(json(text)).isPresent());
  }

  @Test
  void jsonKeepsItsShapeAndTellsWhereItChanged() {
    Redacted scrubbed =
        holding(KEY, "8473920192837465")
            .scrub(
                json(
                    "{\"a\": [1, {\"b/c\": \"x "
                        + KEY
                        + " y\"}], \"n\": 8473920192837465, \"ok\": true}"));

    assertEquals(
        json("{\"a\": [1, {\"b/c\": \"x [redacted] y\"}], \"n\": \"[redacted]\", \"ok\": true}"),
        scrubbed.json());
    assertEquals(List.of("/a/1/b~1c", "/n"), scrubbed.scrubbedAt());
  }

  @Test
  void aScrubbedKeyDropsNoSibling() {
    JsonNode scrubbed =
        holding(KEY).scrub(json("{\"" + KEY + "\": 1, \"[redacted]\": 2, \"x\": 3}")).json();

    assertEquals(json("{\"[redacted] 2\": 1, \"[redacted]\": 2, \"x\": 3}"), scrubbed);
  }

  @Test
  void jsonInsideAStringIsSeenThrough() {
    String inner = JSON.writeValueAsString(List.of(JSON.writeValueAsString(List.of(ODD))));

    Redacted scrubbed = holding(ODD).scrub(JSON.createObjectNode().put("body", inner));

    assertEquals(List.of("/body"), scrubbed.scrubbedAt());
    assertEquals(List.of(), holding(ODD).scrub(scrubbed.text()).scrubbedAt());
  }

  @Test
  void aNumberIsReadWithoutItsExponent() {
    assertEquals(
        List.of("/t"),
        holding("8473920192837465").scrub(json("{\"t\": 8.473920192837465E15}")).scrubbedAt());
  }

  @Test
  void bytesInAJsonArrayAreRead() {
    Redacted scrubbed = holding(KEY).scrub(json("[" + Encodings.write("decimal bytes", KEY) + "]"));

    assertFalse(scrubbed.scrubbedAt().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<input type=hidden value=KEY>",
        "<p>hi</p><!-- KEY -->",
        "<script>var k = 'KEY'</script>",
        "<div data-a=\"tW9xQ2mLr7\" data-b=\"Zc4Vb8Hn3Kd6Ys\"></div>",
        "<p>tW9x<wbr>Q2mLr7Zc4V<i title='x'>b8Hn3</i>Kd6Ys</p>",
        "<iframe srcdoc=\"&lt;p&gt;tW9xQ2mLr7&lt;b"
            + " class='zz'&gt;Zc4Vb8Hn3Kd6Ys&lt;/b&gt;\"></iframe>",
        "<p title='KEY",
        "<template><p hidden>KEY</p></template>",
      })
  void htmlHidesNothing(String html) {
    String text = html.replace("KEY", KEY);
    String scrubbed = holding(KEY).scrub(text).text();

    assertTrue(holding(KEY).holdsSecret(text), text);
    assertTrue(scrubbed.contains("[redacted]"), scrubbed);
    assertEquals(List.of(), holding(KEY).scrub(scrubbed).scrubbedAt(), scrubbed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "index 41a0d2c..9be7f03 100644",
        "sha256:0f343b0931126a20f133d67c2b018a3b1e3f3f6d2c7f6d9f0b1f0a3d0b8f4c5e",
        "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCoz\n",
        "https://api.example.com/v1/items?page=2&limit=20",
        "{\"type\": \"service_account\", \"ok\": true, \"year\": 2026}",
        "all tests passed in test_module, on branch main, region eu-west-1",
        "Le caf\u00e9 co\u00fbte 3 \u20ac \u2014 \u4f60\u597d \ud83d\ude00",
        "a   b",
        "\ud83c\udff4\udb40\udc67\udb40\udc62\udb40\udc65\udb40\udc6e\udb40\udc67\udb40\udc7f Łódź,"
            + " Đorđe, søt",
      })
  void ordinaryTextStays(String text) {
    Redactor redactor =
        holding(
            KEY,
            "test",
            "main",
            "true",
            "2026",
            "eu-west-1",
            "https://api.example.com",
            "   ",
            "a",
            "{\"type\": \"service_account\", \"private_key\": \"" + KEY + "\"}");

    assertEquals(text, redactor.scrub(text).text());
    assertEquals(List.of(), redactor.scrub(text).scrubbedAt());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "password: test",
        "DB_PASSWORD=test",
        "https://user:test@host/",
        "https://test:x@host/",
        "{\"clientSecret\": \"test\"}",
        "curl --password test",
        "the password is test",
        "Authorization: Basic dXNlcjp0ZXN0",
      })
  void aWordIsTakenOutWhereASecretStands(String text) {
    assertTrue(holding("test").scrub(text).text().contains("[redacted]"));
  }

  @Test
  void aWordIsTakenOutUnderASecretsNameInJson() {
    Redacted scrubbed = holding("test").scrub(json("{\"password\": \"test\", \"note\": \"test\"}"));

    assertEquals(List.of("/password"), scrubbed.scrubbedAt());
  }

  @Test
  void aSecretOfPunctuationIsFoundThroughItsQuoting() {
    assertEquals("x [redacted] y", holding("pa%%ss%d12").scrub("x pa%%%%ss%%d12 y").text());
    assertEquals("x [redacted] y", holding("!@#$%^&*()_").scrub("x !@#$%^&*()_ y").text());
  }

  @Test
  void theSecretOfAPairAndOfAConnectionStringIsFoundAlone() {
    assertEquals("[redacted]", holding("svc:" + KEY).scrub(KEY).text());
    assertEquals("[redacted]", holding("postgres://app:" + KEY + "@db/x").scrub(KEY).text());
    assertEquals("[redacted]", holding("Server=db;Password=" + KEY + ";").scrub(KEY).text());
    assertEquals("[redacted]", holding("  " + KEY + "\n").scrub(KEY).text());
  }

  @Test
  void aLineOfAPrivateKeyIsFoundAndItsHeaderIsNot() {
    String line = "kq3VtZ9xWm2LrC7bHn4KdY6sPf8QjGa1uXoEiNvTzRwBcDyMhSl5pUeA0gJtKFrO";
    String pem = "-----BEGIN PRIVATE KEY-----\n" + line + "\nZZ4tw==\n-----END PRIVATE KEY-----\n";

    assertEquals("[redacted]", holding(pem).scrub(line).text());
    assertEquals(
        "-----BEGIN PRIVATE KEY-----", holding(pem).scrub("-----BEGIN PRIVATE KEY-----").text());
  }

  @Test
  void overlappingSecretsGoTogether() {
    assertEquals(
        "[redacted]!",
        holding(KEY, KEY + "Xy7Qp", "Kd6YsXy7QpLm3Wd9").scrub(KEY + "Xy7QpLm3Wd9!").text());
  }

  @Test
  void theSecretsAreAskedForAnewForEachMessage() {
    var known = new AtomicReference<>(KnownSecrets.of(List.of()));
    var redactor = new Redactor(known::get, Rules::standard);
    assertFalse(redactor.holdsSecret(KEY));

    known.set(KnownSecrets.of(List.of(Secret.of(KEY))));

    assertTrue(redactor.holdsSecret(KEY));
  }

  @Test
  void withNoSecretHeldTheValueIsPassedOn() {
    JsonNode value = json("{\"a\": \"" + KEY + "\"}");

    assertSame(value, holding().scrub(value).json());
  }

  @Test
  void theFirstPlaceOfASecretIsNamedWithoutIt() {
    assertEquals(
        Optional.of("/a/1"), holding(KEY).findSecret(json("{\"a\": [\"x\", \"" + KEY + "\"]}")));
    assertEquals(Optional.of("/[redacted]"), holding(KEY).findSecret(json("{\"" + KEY + "\": 1}")));
    assertEquals(Optional.empty(), holding(KEY).findSecret(json("{\"a\": 1}")));
  }

  @Test
  void whatInflatesBeyondTheLimitIsWithheld() {
    String bomb =
        java.util.Base64.getEncoder()
            .encodeToString(Encodings.gzip("A quiet text. ".repeat(200_000)));

    var uncertain = assertThrows(Redactor.Uncertain.class, () -> holding(KEY).scrub(bomb));

    assertEquals(
        "cannot be sure that no secret is left: limit of inflated size", uncertain.getMessage());
  }

  @Test
  void aTextMadeToRepeatASecretEndlesslyIsBoundedByWork() {
    String repeating = "Ab1".repeat(200);

    assertThrows(
        Redactor.Uncertain.class,
        () ->
            holding(repeating, repeating + "x").scrub("ab1".repeat(190).concat("q").repeat(4000)));
  }

  @Test
  void jsonDeeperThanTheLimitIsWithheld() {
    JsonNode node = JSON.createArrayNode();
    for (int i = 0; i < 1001; i++) {
      node = JSON.createArrayNode().add(node);
    }
    JsonNode deep = node;

    assertThrows(Redactor.Uncertain.class, () -> holding(KEY).scrub(deep));
  }

  @Test
  void whatIsKnownPrintsNothing() {
    KnownSecrets known = KnownSecrets.of(List.of(Secret.of(KEY)));

    assertEquals("[known secrets]", known.toString());
    assertNotEquals(known, KnownSecrets.of(List.of(Secret.of(KEY))));
  }

  @Test
  void narrowingTakesAwayAndKeepsWhereItWasScrubbed() {
    Redacted scrubbed = holding(KEY).scrub(json("{\"a\": \"" + KEY + "\", \"b\": [1, 2]}"));

    assertEquals(json("{\"b\": [1, 2]}"), scrubbed.without("/a").json());
    assertEquals(json("{\"a\": null, \"b\": [1, 2]}"), scrubbed.withNull("/a").json());
    assertEquals(json("{\"a\": \"[redacted]\", \"b\": [2]}"), scrubbed.without("/b/0").json());
    assertSame(scrubbed, scrubbed.without("/c/d"));
    assertEquals(List.of("/a"), scrubbed.without("/a").scrubbedAt());
  }
}
