package dev.keyward.server.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.Caller;
import dev.keyward.call.Delegator;
import dev.keyward.call.PersonId;
import dev.keyward.call.RunId;
import dev.keyward.catalog.YamlText;
import dev.keyward.store.Tx;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// The table of decisions, `policy/decisions.yaml`: who may do what under its rules.
final class DecisionsTest {
  private static final JsonNode TABLE = table();
  private static final Rules RULES = TestCalls.rules(TABLE.path("policy").stringValue());

  static List<JsonNode> cases() {
    List<JsonNode> cases = new ArrayList<>();
    TABLE.path("cases").forEach(cases::add);
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theTableSaysWhatComesOfACall(JsonNode of) {
    Judgement judgement = policy(of).decide(TestCalls.call(caller(of), text(of, "tool"), args(of)));

    List<String> observed = new ArrayList<>();
    of.path("observed").forEach(rule -> observed.add(rule.stringValue()));
    assertEquals(
        text(of, "effect") + " by " + text(of, "by"),
        judgement.verdict().wire() + " by " + judgement.verdict().rule());
    assertEquals(
        observed, judgement.observed().stream().map(Judgement.Observed::rule).sorted().toList());
    assertEquals(RULES.digest(), judgement.policy());
  }

  @Test
  void theTableIsLargeAndEveryRuleDecidesSomewhere() {
    Set<String> deciding = new HashSet<>();
    for (JsonNode of : cases()) {
      deciding.add(text(of, "by"));
      of.path("observed").forEach(rule -> deciding.add(rule.stringValue()));
    }
    deciding.add("small-refunds"); // the floor stands above it: asserted below

    assertTrue(cases().size() >= 200, cases().size() + " cases");
    assertEquals(
        Set.of(),
        RULES.all().stream()
            .map(Rule::name)
            .filter(rule -> !deciding.contains(rule))
            .collect(Collectors.toSet()));
    assertTrue(
        cases().stream()
            .anyMatch(
                of ->
                    text(of, "by").equals("tier dangerous_write")
                        && of.path("args").path("amount").asInt(9999) <= 5000));
  }

  private static RulePolicy policy(JsonNode of) {
    boolean single = of.path("single").asBoolean(false);
    InstantSource clock = InstantSource.fixed(Instant.parse(text(of, "at")));
    return new RulePolicy(() -> RULES, single, runs(of.path("run")), new NoHistory(), clock);
  }

  private static Caller caller(JsonNode of) {
    JsonNode agent = TABLE.path("agents").path(text(of, "agent"));
    Optional<Delegator> delegator =
        of.has("for")
            ? Optional.of(
                new Delegator(new PersonId(text(of, "for")), of.path("verified").booleanValue()))
            : Optional.empty();
    return TestCalls.caller(
        text(of, "agent"), text(agent, "type"), text(agent, "workspace"), TestCalls.RUN, delegator);
  }

  private static RunFacts runs(JsonNode run) {
    return new RunFacts() {
      @Override
      public Job job(RunId id) {
        return new Job(
            run.path("purpose").asString(""),
            run.path("workflow").asString(""),
            run.path("mode").asString("autonomous"));
      }

      @Override
      public boolean shown(Tx tx, RunId id, String kind, String value) {
        return false;
      }
    };
  }

  private static String args(JsonNode of) {
    return of.path("args").toString();
  }

  private static String text(JsonNode json, String field) {
    return json.path(field).stringValue();
  }

  private static JsonNode table() {
    try (InputStream in = DecisionsTest.class.getResourceAsStream("/policy/decisions.yaml")) {
      return YamlText.read(new String(in.readAllBytes(), StandardCharsets.UTF_8)).json();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (YamlText.Unreadable e) {
      throw new IllegalStateException("line " + e.line() + ": " + e.rule(), e);
    }
  }
}
