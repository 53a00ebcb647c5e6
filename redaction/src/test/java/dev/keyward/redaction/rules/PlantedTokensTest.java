package dev.keyward.redaction.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.redaction.KnownSecrets;
import dev.keyward.redaction.Redacted;
import dev.keyward.redaction.Redactor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Random texts, the same in each run; `-Dkeyward.turns=N` makes it N rounds of a hundred.
final class PlantedTokensTest {
  private static final int TURNS = 100 * Integer.getInteger("keyward.turns", 10);
  private static final Redactor REDACTOR =
      new Redactor(() -> KnownSecrets.of(List.of()), Rules::standard);
  private static final List<Rule> TOKENS =
      Rules.standard().rules().stream()
          .filter(rule -> rule.kind() == Rule.Kind.TOKEN && rule.lead().isEmpty())
          .toList();

  private final RandomGenerator random =
      RandomGeneratorFactory.of("L64X128MixRandom").create(20261120);

  @Test
  void aTokenOfAnyVendorIsGoneHoweverItIsWrapped() {
    for (int i = 0; i < TURNS; i++) {
      String token = token();
      String text = "see " + wrapped(token) + " there";

      String scrubbed = REDACTOR.scrub(text).text();

      assertFalse(scrubbed.contains(wrapped(token, 0)), scrubbed);
      assertTrue(scrubbed.contains(Redactor.REPLACEMENT), text);
    }
  }

  @Test
  void outsideOfWhatWasFoundEveryCharacterStays() {
    for (int i = 0; i < TURNS; i++) {
      String text = soup() + token() + soup();

      Redacted redacted = REDACTOR.scrub(text);

      assertEquals(rebuilt(text, redacted), redacted.text());
    }
  }

  @Test
  void hostileTextIsReadWithinTheWorkThatItMayCost() {
    for (int i = 0; i < TURNS / 20; i++) {
      String text = soup().repeat(40);
      try {
        assertTrue(REDACTOR.scrub(text).text().length() > 0);
      } catch (Redactor.Uncertain withheld) {
        assertTrue(String.valueOf(withheld.getMessage()).contains("limit"));
      }
    }
  }

  @Test
  void whatWasScrubbedIsNotScrubbedAgain() {
    for (int i = 0; i < TURNS / 2; i++) {
      Redacted once = REDACTOR.scrub("password=" + token() + "; key: " + token());

      assertEquals(once.text(), REDACTOR.scrub(once.text()).text());
    }
  }

  private static String rebuilt(String text, Redacted redacted) {
    var out = new StringBuilder();
    int done = 0;
    for (Redacted.Taken each : redacted.taken()) {
      out.append(text, done, each.found().start()).append(Redactor.REPLACEMENT);
      done = each.found().end();
    }
    return out.append(text, done, text.length()).toString();
  }

  private String token() {
    Rule rule = TOKENS.get(random.nextInt(TOKENS.size()));
    return rule.examples().getFirst().replace("·", "");
  }

  private String wrapped(String token) {
    return wrapped(token, random.nextInt(6));
  }

  private static String wrapped(String token, int how) {
    ObjectNode object = JsonNodeFactory.instance.objectNode().put("note", token);
    return switch (how) {
      case 0 -> token;
      case 1 -> JsonMapper.shared().writeValueAsString(object);
      case 2 ->
          JsonMapper.shared()
              .writeValueAsString(
                  JsonNodeFactory.instance.objectNode().put("body", object.toString()));
      case 3 -> "<a title=\"" + token.replace("_", "&#95;").replace("-", "&#x2d;") + "\">x</a>";
      case 4 ->
          token.replace("%", "%25").replace("$", "%24").replace("/", "%2F").replace(":", "%3A");
      default ->
          Base64.getEncoder()
              .encodeToString(("note: " + token + " end").getBytes(StandardCharsets.UTF_8));
    };
  }

  private String soup() {
    List<String> pieces =
        List.of(
            "password",
            "=",
            ":",
            "\"",
            "'",
            "\\",
            "\n",
            " ",
            "token",
            "://",
            "@",
            "<",
            ">",
            "key",
            "{",
            "}",
            "-----BEGIN ",
            "PRIVATE KEY-----",
            "eyJ",
            ".",
            "AKIA",
            "\"kty\"",
            "bearer ",
            "Cookie: ",
            "a=b; ",
            "|",
            ",",
            "%25",
            "&#",
            "kind: Secret\n",
            "data:\n",
            "is ",
            "x7Qp",
            "0",
            "é",
            "密码",
            "\ud83d\ude00");
    var all = new ArrayList<String>();
    for (int i = 0; i < 60; i++) {
      all.add(pieces.get(random.nextInt(pieces.size())));
    }
    return String.join("", all);
  }
}
