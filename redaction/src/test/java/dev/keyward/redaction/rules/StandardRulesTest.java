package dev.keyward.redaction.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StandardRulesTest {
  private static final List<Rule> RULES = Rules.standard().rules();

  @Test
  void everyRuleFindsItsExamples() {
    var missed = new ArrayList<String>();
    for (Rule rule : RULES) {
      assertTrue(rule.examples().size() >= 2, rule.id());
      for (String example : rule.examples()) {
        if (!on(rule).finds(rule, example)) {
          missed.add(rule.id() + ": " + example);
        }
      }
    }
    assertEquals(List.of(), missed);
  }

  @Test
  void noRuleFindsItsCounterExamples() {
    var found = new ArrayList<String>();
    for (Rule rule : RULES) {
      assertTrue(rule.counterExamples().size() >= 2, rule.id());
      for (String example : rule.counterExamples()) {
        if (on(rule).finds(rule, example)) {
          found.add(rule.id() + ": " + example);
        }
      }
    }
    assertEquals(List.of(), found);
  }

  @Test
  void thereAreRulesForAtLeast250KindsOfVendorTokens() {
    var kinds = new HashSet<String>();
    RULES.stream().filter(rule -> !rule.vendor().isEmpty()).forEach(rule -> kinds.add(rule.type()));
    assertTrue(kinds.size() >= 250, "there are " + kinds.size());
  }

  private static Rules on(Rule rule) {
    return rule.on() ? Rules.standard() : ALL;
  }

  private static final Rules ALL = Rules.standard().withPersonal(java.util.Set.of("all"));
}
