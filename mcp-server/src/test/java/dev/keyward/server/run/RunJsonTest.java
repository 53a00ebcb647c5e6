package dev.keyward.server.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.Arguments;
import dev.keyward.server.condition.ArgumentFacts;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What openers write is read strictly, and what was read comes back as it was.
final class RunJsonTest {
  private static final String WHOLE =
      """
      {"agent_types":["triage"],"workspaces":["support"],"delegators":["ann"],"tools":["desk.*"],
       "tiers":["read","write"],"where":["ticket_id == '4812'"],"from":"2026-01-01T00:00:00Z",
       "until":"2026-12-01T00:00:00Z","calls":3,"budget":{"sum":"amount","at_most":12.5}}\
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                                     | purpose must be one line",
        "{'purpose':'a\\nb'}                                    | purpose must be one line",
        "{'purpose':'a\\u202eb'}                                | purpose must be one line",
        "{'purpose':'a','minutes':0}                            | minutes must be",
        "{'purpose':'a','minutes':99999}                        | minutes must be",
        "{'purpose':'a','scope':'all'}                          | may only have",
        "{'purpose':'a','mode':'root'}                          | mode must be",
        "{'purpose':'a','grants':{}}                            | grants must be a list",
        "{'purpose':'a','grants':[]}                            | grants must be a list",
        "{'purpose':'a','grants':[{'tool':'desk.read'}]}        | may only have",
        "{'purpose':'a','grants':[{'tools':[]}]}                | tools must be a list",
        "{'purpose':'a','grants':[{'tools':['*']}]}             | a tool pattern must be",
        "{'purpose':'a','grants':[{'tiers':['admin']}]}         | tiers must be",
        "{'purpose':'a','grants':[{'calls':-1}]}                | calls must be",
        "{'purpose':'a','grants':[{'calls':1e9}]}               | calls must be",
        "{'purpose':'a','grants':[{'until':'tomorrow'}]}        | until must be a time",
        "{'purpose':'a','grants':[{'budget':{'sum':'amount'}}]} | budget.at_most must be",
        "{'purpose':'a','given':{'Ticket':['1']}}               | given must name kinds",
      })
  void aBadRequestIsToldFieldAndRule(String request, String rule) {
    JsonNode json = json(request.strip().replace('\'', '"'));

    var refused = assertThrows(IllegalArgumentException.class, () -> RunJson.read(json));

    assertTrue(String.valueOf(refused.getMessage()).contains(rule), refused.getMessage());
  }

  @Test
  void aGrantIsStoredAndReadAsItIs() {
    JsonNode written = GrantJson.write(GrantJson.read(json(WHOLE)));

    assertEquals(json(WHOLE), written);
    assertEquals(written, GrantJson.write(GrantJson.read(written)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ticket_id ==",
        "'a'",
        "system.exit(1)",
        "ticket_id.matches('(a+)+$') && nothing(1)"
      })
  void whatIsNoConditionIsRefused(String condition) {
    assertThrows(IllegalArgumentException.class, () -> RecordCondition.read(condition));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'amount':5}      | 5",
        "{'amount':0.1}    | 0.1",
        "{'amount':10}     | 10",
        "{'amount':10.5}   |",
        "{'amount':0}      |",
        "{'amount':-5}     |",
        "{'amount':'5'}    |",
        "{'amount':1e-300} |",
        "{'amount':null}   |",
        "{'amounts':5}     |",
        "{}                |",
      })
  void aBudgetTakesPositiveNumbersUpToItself(String arguments, BigDecimal share) {
    var budget = new Budget("amount", BigDecimal.TEN);

    Optional<BigDecimal> taken =
        budget.share(Arguments.of(json(arguments.strip().replace('\'', '"'))));

    assertEquals(Optional.ofNullable(share), taken);
  }

  @Test
  void aConditionOnWhatIsMissingDoesNotHold() {
    var condition = RecordCondition.read("amount <= 50 && args.currency == \"eur\"");

    assertEquals(List.of("amount"), List.copyOf(condition.names()));
    assertTrue(holds(condition, "{\"amount\":50.0,\"currency\":\"eur\"}"));
    assertFalse(holds(condition, "{\"amount\":50.01,\"currency\":\"eur\"}"));
    assertFalse(holds(condition, "{\"amount\":\"5\",\"currency\":\"eur\"}"));
    assertFalse(holds(condition, "{\"currency\":\"eur\"}"));
    assertFalse(holds(condition, "{\"amount\":5}"));
  }

  private static boolean holds(RecordCondition condition, String arguments) {
    return condition.holds(new ArgumentFacts(Arguments.of(json(arguments))));
  }

  private static JsonNode json(String text) {
    return JsonMapper.builder()
        .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .build()
        .readTree(text);
  }
}
