package dev.keyward.server.condition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.Arguments;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

final class ConditionTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Set<String> FIELDS =
      Set.of("ticket_id", "amount", "currency", "items", "text", "other", "in", "x-y");
  private static final Vocabulary ARGUMENTS = Vocabulary.ofArguments(FIELDS);
  private static final Vocabulary FUNCTIONS =
      new Vocabulary(
          Map.of("agent.id", Kind.TEXT, "args", Kind.OBJECT),
          List.of(
              new Vocabulary.Function("calls", List.of(Kind.TEXT, Kind.TEXT), Kind.INTEGER),
              new Vocabulary.Function("seen", List.of(Kind.TEXT, Kind.ANY), Kind.FLAG)));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "ticket_id == 4812                       | {'ticket_id': 4812}                  | true",
        "ticket_id == 4812                       | {'ticket_id': 4812.0}                | true",
        "ticket_id == 4812.0                     | {'ticket_id': 4812}                  | true",
        "ticket_id == 4812                       | {'ticket_id': '4812'}                | false",
        "ticket_id == '4812'                     | {'ticket_id': 4812}                  | false",
        "ticket_id == 4812                       | {'ticket_id': 4812.5}                | false",
        "args.ticket_id == 4812                  | {'ticket_id': 4812}                  | true",
        "ticket_id in [1, 4812]                  | {'ticket_id': 4812.0}                | true",
        "ticket_id in ['4812']                   | {'ticket_id': 4812}                  | false",
        "amount <= 50 && currency == 'eur'       | {'amount': 50.0, 'currency': 'eur'}  | true",
        "amount <= 50 && currency == 'eur'       | {'amount': 50.01, 'currency': 'eur'} | false",
        "amount <= 50 && currency == 'eur'       | {'amount': 50, 'currency': 'EUR'}    | false",
        "amount < 50.5                           | {'amount': 50}                       | true",
        "amount == 9007199254740992              | {'amount': 9007199254740992}         | true",
        "amount == 9007199254740993              | {'amount': 9007199254740992}         | false",
        "amount > 9007199254740993               | {'amount': 1e300}                    | true",
        "amount + 0.5 == 50.5                    | {'amount': 50}                       | true",
        "amount * 2 == 1                         | {'amount': 0.5}                      | true",
        "amount - 1 < 0                          | {'amount': 0.5}                      | true",
        "2 / amount == 4.0                       | {'amount': 0.5}                      | true",
        "has(args.amount) && args.amount > 1     | {}                                   | false",
        "args.other == null                      | {'other': null}                      | true",
        "items.all(item, item < 3)                | {'items': [1, 2]}                     | true",
        "items == [1, 2]                          | {'items': [1.0, 2]}                   | true",
        "text.matches('^[a-z]+@example[.]com$')  | {'text': 'a@example.com'}            | true",
        "text.matches('^[a-z]+@example[.]com$')  | {'text': 'a@example.com.evil'}       | false",
        "args.other.name == 'x'                  | {'other': {'name': 'x'}}             | true",
        "args['x-y'] == 1                        | {'x-y': 1}                           | true",
        "args['in'] == 1                         | {'in': 1}                            | true",
      })
  void aConditionOnArgumentsMeansWhatItSays(String condition, String json, boolean holds)
      throws Exception {
    assertEquals(new Outcome.Decided(holds), test(condition, json));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "amount > 50            | {}                     | it reads what is not there",
        "args.amount > 50       | {}                     | it reads what is not there",
        "args.other.name == 'x' | {'other': {}}          | it reads what is not there",
        "items[3] == 1           | {'items': []}           | it reads what is not there",
        "amount > 50            | {'amount': '51'}       | it compares or counts with the wrong"
            + " kind",
        "amount > 50            | {'amount': null}       | it compares or counts with the wrong"
            + " kind",
        "amount > 50            | {'amount': [51]}       | it compares or counts with the wrong"
            + " kind",
        "text.matches('a')      | {'text': 5}            | it compares or counts with the wrong"
            + " kind",
        "amount                 | {'amount': 5}          | it is neither true nor false",
        "amount                 | {'amount': 'true'}     | it is neither true nor false",
        "1 / amount == 1        | {'amount': 0}          | it divides by zero",
        "amount * 9223372036854775807 == 1 | {'amount': 2} | a number in it becomes too large",
      })
  void whatCannotBeEvaluatedSaysNeitherYesNorNo(String condition, String json, String why)
      throws Exception {
    var failed = assertInstanceOf(Outcome.Failed.class, test(condition, json));

    assertTrue(failed.why().startsWith(why), failed.why());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "agent.id == 5                     | found no matching overload",
        "agent.name == 'x'                 | undeclared reference to 'agent'",
        "agnt.id == 'x'                    | undeclared reference to 'agnt'",
        "call('crm.read', '1h') > 5        | undeclared reference to 'call'",
        "calls('crm.read') > 5             | found no matching overload",
        "calls('crm.read', 1) > 5          | found no matching overload",
        "calls('crm.read', '1h')           | expected type 'bool' but found 'int'",
        "agent.id                          | expected type 'bool' but found 'string'",
        "args                              | expected type 'bool'",
        "agent.id == 'x                    | token recognition error",
        "agent.id == 'x' &&                | mismatched input",
        "agent.id = 'x'                    | token recognition error",
        "agent.id.matches(args.pattern)    | written out what matches looks for",
        "matches(agent.id, args.pattern)   | written out what matches looks for",
        "agent.id.contains(args.part)      | written out what contains looks for",
        "agent.id.matches('(')             | regular expression that is none",
        "agent.id.matches('(((a{100}){10}){10}){10}') | regular expression that is",
        "agent.id.matches('((a{100}){10})') | regular expression that is too large",
      })
  void whatIsWrongIsSaidWhenItIsRead(String condition, String rule) {
    var bad = assertThrows(BadCondition.class, () -> FUNCTIONS.read(condition));

    assertTrue(bad.rule().contains(rule), bad.rule());
    assertEquals(1, bad.line());
  }

  @Test
  void theLineWithinTheConditionIsSaid() {
    var bad =
        assertThrows(BadCondition.class, () -> FUNCTIONS.read("agent.id == 'x'\n  && nobody == 1"));

    assertEquals(2, bad.line());
    assertTrue(bad.rule().contains("at character 6"), bad.rule());
  }

  @Test
  void aConditionThatIsTooLargeIsRefused() {
    String wide = "agent.id == 'x'" + " || agent.id == 'x'".repeat(300);
    String deep = "(".repeat(200) + "true" + ")".repeat(200);

    assertThrows(BadCondition.class, () -> FUNCTIONS.read(wide));
    assertThrows(BadCondition.class, () -> FUNCTIONS.read(deep));
  }

  @Test
  void loopsInLoopsEndEarly() throws Exception {
    Condition nested =
        ARGUMENTS.read("items.exists(a, items.exists(b, items.exists(c, a + b + c == -1)))");
    String json = "{\"items\": [" + "1,".repeat(199) + "1]}";

    assertEquals(
        new Outcome.Failed("it takes too long on arguments of this size"),
        nested.test(facts(json)));
  }

  @Test
  void lookingThroughALargeArgumentAgainAndAgainEndsEarly() throws Exception {
    Condition looking = ARGUMENTS.read("items.exists(a, text.matches('(x+x+)+y'))");
    String json =
        "{\"items\": [" + "1,".repeat(899) + "1], \"text\": \"" + "x".repeat(1_000_000) + "\"}";
    var facts = facts(json);

    Outcome outcome = assertTimeout(Duration.ofSeconds(30), () -> looking.test(facts));

    assertEquals(new Outcome.Failed("it takes too long on arguments of this size"), outcome);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(a+)+$", "(a|a)*b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*a){20}"})
  void aPatternThatOtherEnginesChokeOnIsAnsweredAtOnce(String pattern) throws Exception {
    Condition condition = ARGUMENTS.read("text.matches('" + pattern + "')");
    var facts = facts("{\"text\": \"" + "a".repeat(5_000) + "!\"}");

    assertTimeout(
        Duration.ofSeconds(5),
        () -> assertInstanceOf(Outcome.Decided.class, condition.test(facts)));
  }

  @Test
  void whatFailsNeverShowsAValue() throws Exception {
    String canary = "sk_live_canary";
    for (String text :
        List.of("args[text] == 1", "text < 5", "int(text) == 5", "amount[text] == 1")) {
      Outcome outcome =
          ARGUMENTS.read(text).test(facts("{\"text\": \"" + canary + "\", \"amount\": {}}"));

      assertInstanceOf(Outcome.Failed.class, outcome, text);
      assertFalse(outcome.toString().contains(canary), outcome.toString());
    }
  }

  @Test
  void aSideThatDecidesAloneNeedsNoOther() throws Exception {
    assertEquals(new Outcome.Decided(true), test("true || amount > 5", "{}"));
    assertEquals(new Outcome.Decided(true), test("!has(args.amount) || amount > 5", "{}"));
    assertEquals(new Outcome.Decided(false), test("amount > 5 && false", "{}"));
  }

  @Test
  void functionsAreAskedOnlyWhenTheyAreReached() throws Exception {
    Condition condition = FUNCTIONS.read("agent.id == 'a' && calls('crm.read', '1h') >= 7");
    var asked = new Asked();

    assertEquals(new Outcome.Decided(true), condition.test(asked));
    assertEquals(List.of("calls [crm.read, 1h]"), asked.calls);
    assertEquals(
        List.of(new Condition.Call("calls", List.of(Optional.of("crm.read"), Optional.of("1h")))),
        condition.calls());
    assertEquals(Set.of("agent.id"), condition.names());
    assertTrue(FUNCTIONS.read("agent.id == 'b' && calls('x', 'y') > 0").calls().size() == 1);
    assertEquals(
        new Outcome.Decided(false),
        FUNCTIONS.read("agent.id == 'b' && seen('ticket', args.id)").test(asked));
    assertEquals(1, asked.calls.size());
  }

  @Test
  void aFunctionThatCannotAnswerFailsTheCondition() throws Exception {
    Condition condition = FUNCTIONS.read("seen('ticket', agent.id)");

    assertInstanceOf(Outcome.Failed.class, condition.test(new Asked()));
  }

  private static final class Asked implements Facts {
    private final List<String> calls = new ArrayList<>();

    @Override
    public Optional<Object> value(String name) {
      return name.equals("agent.id") ? Optional.of("a") : Optional.of(Map.of());
    }

    @Override
    public int weight(String name) {
      return 1;
    }

    @Override
    public Object call(String function, List<Object> arguments) {
      if (function.equals("seen")) {
        throw new IllegalStateException("nobody knows");
      }
      calls.add(function + " " + arguments);
      return 7L;
    }
  }

  private static Outcome test(String condition, String json) throws BadCondition {
    return ARGUMENTS.read(condition).test(facts(json.replace('\'', '"')));
  }

  private static Facts facts(String json) {
    return new ArgumentFacts(Arguments.of(JSON.readTree(json)));
  }
}
