package dev.keyward.redaction.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.redaction.KnownSecrets;
import dev.keyward.redaction.Redactor;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class OperatorRulesTest {
  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text.replace('\'', '"'));
  }

  private static String scrubbed(Rules rules, String text) {
    return new Redactor(() -> KnownSecrets.of(List.of()), () -> rules).scrub(text).text();
  }

  private static Rules with(String file) {
    return Rules.standard().with("rules.yaml", json(file));
  }

  @Test
  void anOperatorsRuleFindsItsTokens() {
    Rules rules =
        with(
            "{'rules':[{'id':'acme','kind':'token','prefix':'acme_','alphabet':'hex','min':12,"
                + "'examples':['acme_0123456789ab']}]}");

    assertEquals("[redacted]", scrubbed(rules, "acme_ba9876543210"));
  }

  @Test
  void aRuleCanBeSwitchedOff() {
    Rules rules = with("{'off':['password','password-short','password-glued']}");

    assertEquals("password: gR33n-lamp", scrubbed(rules, "password: gR33n-lamp"));
  }

  @Test
  void aRuleCanBeTuned() {
    Rules rules = with("{'rules':[{'id':'aws-access-key-id','on':false}]}");

    String id = "see AK".concat("IAQ3EXZ7LMNV2W5RTB");
    assertEquals(id, scrubbed(rules, id));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "{'off':['nothing']};rules.yaml: off names a rule that is not there: nothing",
        "{'of':[]};rules.yaml: of is not known here; rules, off and personal are",
        "{'rules':[{'id':'x','kind':'tokn'}]};rules.yaml: rule x: kind must be one of",
        "{'rules':[{'id':'x','kind':'token','prefx':'a'}]};rules.yaml: rule x: prefx is not a field",
        "{'rules':[{'id':'x','kind':'token'}]};rules.yaml: rule x: keywords are needed",
        "{'rules':[{'id':'x','kind':'token','shape':'ab{hex}'}]};rules.yaml: rule x: shape needs",
        "{'personal':['shoe_size']};rules.yaml: personal has no type shoe_size",
        "{'rules':[{'id':'x','kind':'token','prefix':'acme_','alphabet':'hex','min':12,'examples':['no']}]};rules.yaml: rule x: examples has one"
      })
  void aBadFileIsRefusedByFileRuleAndField(String file, String start) {
    String message = String.valueOf(assertThrows(BadRules.class, () -> with(file)).getMessage());

    assertTrue(message.startsWith(start), message);
  }

  @Test
  void personalDataStaysUntilItIsAskedFor() {
    String text = "mail ann.lamp@example.org, card 4000 0000 0000 0002";

    assertEquals(text, scrubbed(Rules.standard(), text));
    assertEquals(
        "mail [redacted], card 4000 0000 0000 0002",
        scrubbed(Rules.standard().withPersonal(Set.of("email")), text));
    assertEquals(
        "mail [redacted], card [redacted]",
        scrubbed(Rules.standard().withPersonal(Set.of("email", "card_number")), text));
  }

  @Test
  void theNameBesideAValueTellsThatItIsAPassword() {
    JsonNode settings =
        json("[{'name':'password','value':'gr33n-lamp'},{'name':'port','value':'8080'}]");

    JsonNode out =
        new Redactor(() -> KnownSecrets.of(List.of()), Rules::standard).scrub(settings).json();

    assertEquals("[redacted]", out.at("/0/value").stringValue());
    assertEquals("8080", out.at("/1/value").stringValue());
  }

  @Test
  void whatIsFoundSaysWhichRuleFoundItAndWhere() {
    var taken =
        new Redactor(() -> KnownSecrets.of(List.of()), Rules::standard)
            .scrub(json("{'a':[{'password':'gr33n-lamp'}]}"))
            .taken();

    assertEquals(1, taken.size());
    assertEquals("/a/0/password", taken.getFirst().pointer());
    assertEquals(new Found(0, 10, "password", "password"), taken.getFirst().found());
  }
}
