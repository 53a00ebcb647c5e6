package dev.keyward.server.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.Caller;
import dev.keyward.call.Tier;
import dev.keyward.catalog.ToolCall;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What holds for every policy and every call; both are drawn from a seeded generator.
final class PolicyPropertiesTest {
  private static final int ROUNDS = 150;
  private static final List<String> EFFECTS = List.of("allow", "confirm", "review", "dual", "deny");
  private static final List<String> AGENTS = List.of("a1", "a2");
  private static final List<String> TYPES = List.of("triage", "billing");
  private static final List<String> TOOLS =
      List.of("crm.read_ticket", "crm.add_note", "stripe.create_refund", "crm.*", "stripe.*");
  private static final List<String> CALLED = TOOLS.subList(0, 3);
  private static final List<String> CONDITIONS =
      List.of(
          "args.amount > 50",
          "has(args.amount) && args.amount == 50.0",
          "agent.type == \"triage\"",
          "tool.tier == \"write\"",
          "agent.id != \"a1\" || tool.name == \"crm.add_note\"",
          "args.text == \"x\"",
          "delegator.verified",
          "time.hour < 12",
          "target.system == \"stripe\"",
          "true",
          "false");
  private static final List<String> ARGUMENTS =
      List.of(
          "{}",
          "{\"amount\": 50}",
          "{\"amount\": 51, \"text\": \"x\"}",
          "{\"amount\": \"50\"}",
          "{\"text\": \"x\", \"list\": [1, 2]}");

  private final Random random = new Random(4812);

  @Test
  void equalCallsGetEqualDecisions() {
    for (int round = 0; round < ROUNDS; round++) {
      RulePolicy policy = policy(text(rules(8)));
      Caller caller = caller();
      ToolCall one = TestCalls.call(caller, pick(CALLED), "{\"amount\":50,\"text\":\"x\"}");
      ToolCall same =
          TestCalls.call(
              caller, one.tool().name().value(), "{ \"text\": \"\\u0078\", \"amount\": 50.0 }");

      assertEquals(one.digest(), same.digest());
      assertEquals(policy.decide(one), policy.decide(same));
      assertEquals(policy.decide(one), policy.decide(one));
    }
  }

  @Test
  void theOrderOfRulesDoesNotMatter() {
    for (int round = 0; round < ROUNDS; round++) {
      List<String> rules = rules(8);
      List<String> shuffled = new ArrayList<>(rules);
      Collections.shuffle(shuffled, random);
      ToolCall call = call();

      assertEquals(policy(text(rules)).decide(call), policy(text(shuffled)).decide(call));
    }
  }

  @Test
  void noRuleLowersADangerousWriteBelowItsFloor() {
    for (int round = 0; round < ROUNDS; round++) {
      List<String> rules = rules(random.nextInt(9));
      ToolCall refund = TestCalls.call(caller(), "stripe.create_refund", pick(ARGUMENTS));
      for (boolean single : List.of(true, false)) {
        Effect floor = single ? Effect.REVIEW : Effect.DUAL;

        Effect got = Effect.of(policy(text(rules), single).decide(refund).verdict());

        assertTrue(got.compareTo(floor) >= 0, () -> got + " under " + text(rules));
      }
    }
  }

  @Test
  void oneMoreRuleNeverMakesMilderWhatRulesDecided() {
    for (int round = 0; round < ROUNDS; round++) {
      List<String> rules = rules(8);
      ToolCall call = call();
      Judgement before = policy(text(rules.subList(0, 7))).decide(call);
      Judgement after = policy(text(rules)).decide(call);

      boolean byRule = !before.verdict().rule().startsWith("tier ");
      if (byRule || call.tool().tier() == Tier.DANGEROUS_WRITE) {
        assertTrue(Effect.of(after.verdict()).compareTo(Effect.of(before.verdict())) >= 0);
      }
    }
  }

  @Test
  void whatIsNotListedCannotBeCalledAndWhatIsDeniedForEveryoneIsNotListed() {
    int hidden = 0;
    for (int round = 0; round < ROUNDS; round++) {
      RulePolicy policy = policy(text(rules(6)));
      ToolCall call = call();
      if (policy.denies(Asked.of(call))) {
        hidden++;
        assertInstanceOf(Verdict.Deny.class, policy.decide(call).verdict());
      }
    }
    assertTrue(hidden > ROUNDS / 20, hidden + " were hidden");
    RulePolicy closed = policy("rules: {a: {effect: deny, tools: [crm.read_ticket]}}");
    assertTrue(closed.denies(Asked.of(TestCalls.call(caller(), "crm.read_ticket", "{}"))));
  }

  @Test
  void observedRulesChangeNothing() {
    for (int round = 0; round < ROUNDS; round++) {
      List<String> rules = rules(5);
      List<String> more = new ArrayList<>(rules);
      rules(5).stream()
          .map(rule -> rule.replaceFirst("  r", "  o").replace("}", ", mode: observe}"))
          .forEach(more::add);
      ToolCall call = call();

      Judgement with = policy(text(more)).decide(call);

      assertEquals(policy(text(rules)).decide(call).verdict(), with.verdict());
    }
  }

  private ToolCall call() {
    return TestCalls.call(caller(), pick(CALLED), pick(ARGUMENTS));
  }

  private Caller caller() {
    return TestCalls.caller(pick(AGENTS), pick(TYPES), "support", TestCalls.RUN, Optional.empty());
  }

  private List<String> rules(int count) {
    return IntStream.range(0, count).mapToObj(this::rule).toList();
  }

  private String rule(int index) {
    var rule = new StringBuilder("  r" + index + ": {effect: " + pick(EFFECTS));
    if (random.nextBoolean()) {
      rule.append(", tools: [\"").append(pick(TOOLS)).append("\"]");
    }
    if (random.nextInt(4) == 0) {
      rule.append(", agents: [").append(pick(AGENTS)).append(']');
    }
    if (random.nextInt(4) == 0) {
      rule.append(", tiers: [write, dangerous_write]");
    }
    if (random.nextInt(3) > 0) {
      rule.append(", when: '").append(pick(CONDITIONS)).append('\'');
    }
    return rule.append("}").toString();
  }

  private static String text(List<String> rules) {
    return rules.isEmpty() ? "rules: {}" : "rules:\n" + String.join("\n", rules);
  }

  private static RulePolicy policy(String text) {
    return policy(text, false);
  }

  private static RulePolicy policy(String text, boolean single) {
    Rules rules = TestCalls.rules(text);
    InstantSource noon = InstantSource.fixed(Instant.parse("2026-11-20T12:00:00Z"));
    return new RulePolicy(() -> rules, single, RunFacts.NONE, new NoHistory(), noon);
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }
}
