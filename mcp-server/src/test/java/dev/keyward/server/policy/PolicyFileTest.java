package dev.keyward.server.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.AgentId;
import dev.keyward.call.ToolPattern;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PolicyFileTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "effect: permit                           ~ rules.a.effect must be one of allow, confirm,",
        "{effect: deny, tool: crm.x}              ~ rules.a.tool is not a field that is known here",
        "{effect: deny, tools: ['*']}             ~ rules.a.tools.0 must match the pattern",
        "{effect: deny, tools: []}                ~ rules.a.tools must have at least 1 items",
        "{effect: deny, tiers: [danger]}          ~ rules.a.tiers.0 must be one of read, write,",
        "{effect: deny, mode: off}                ~ rules.a.mode must be one of enforce, observe",
        "{effect: deny, when: 5}                  ~ rules.a.when must be text",
        "{effect: deny, when: ''}                 ~ rules.a.when must have at least 1 characters",
        "{effect: deny, when: args.x}             ~ rules.a.when is neither",
        "{effect: deny, when: agent.name == 'x'}  ~ rules.a.when is not right at character 1:"
            + " undecl",
        "{effect: deny, when: agent.id == 5}      ~ rules.a.when is not right at character 10:"
            + " found",
        "{effect: deny, when: time.hour == 'x'}   ~ rules.a.when is not right at character 11:"
            + " found",
        "{effect: deny, when: delegator.verified == 'x'} ~ rules.a.when is not right at character",
        "{effect: deny, when: count('a.b')}       ~ rules.a.when is not right at character 6:"
            + " undecl",
        "{effect: deny, when: tool.name}          ~ rules.a.when is not right at character 5:"
            + " expec",
        "{effect: deny, when: \"calls(agent.id, '1h') > 1\"} ~ rules.a.when must have written out",
        "{effect: deny, when: \"calls('crm.*', agent.id) > 1\"} ~ rules.a.when must have written"
            + " out",
        "{effect: deny, when: \"calls('*', '1h') > 1\"} ~ rules.a.when must give calls a tool's"
            + " name",
        "{effect: deny, when: \"calls('crm.*', 'hour') > 1\"} ~ rules.a.when must have a window"
            + " such",
        "{effect: deny, when: \"calls('crm.*', '0s') > 1\"} ~ rules.a.when must have a window such",
        "{effect: deny, when: \"calls('crm.*', '32d') > 1\"} ~ rules.a.when must have a window of"
            + " at",
        "{effect: deny, when: \"sum(args.field, '1h') > 1\"} ~ rules.a.when must have written out",
        "{effect: deny, when: after('crm')}       ~ rules.a.when must give after a tool's name",
        "{effect: deny, when: \"args.x.matches('(')\"} ~ rules.a.when has a regular expression",
        "{effect: deny, when: \"args.x.matches(args.y)\"} ~ rules.a.when must have written out"
            + " what",
      })
  void whatIsWrongIsSaidWithLineFieldAndRule(String rule, String problem) {
    String text = "rules:\n  b: {effect: allow}\n  a:\n    " + rule;

    PolicyFile.Reading reading = read(text);

    if (problem.contains("is neither")) {
      assertTrue(reading.rules().isPresent(), "what args.x is shows when it is evaluated");
      return;
    }
    assertTrue(reading.rules().isEmpty(), reading.problems().toString());
    String said = reading.problems().getFirst().toString();
    assertTrue(said.startsWith("policy.yaml:4: " + problem), said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "rules: {a: {effect: deny}, a: {effect: allow}} ~ policy.yaml:1: rules.a is there twice",
        "rules: {A_b: {effect: deny}}   ~ policy.yaml:1: rules.A_b is not a name that is"
            + " allowed here; it must match the pattern ^[a-z0-9]",
        "rules: {'a b': {effect: deny}} ~ policy.yaml:1: rules has as field number 1 what is not a"
            + " name",
        "rules: []                      ~ policy.yaml:1: rules must be an object",
        "rules: {a: {tools: [crm.x]}}   ~ policy.yaml:1: rules.a.effect is required",
        "rule: {}                       ~ policy.yaml:1: rules is required",
        "{time_zone: Mars, rules: {}}   ~ policy.yaml:1: time_zone must be a time zone such as",
        "{rules: {}, default: allow}    ~ policy.yaml:1: default is not a field that is known here",
        "rules: &x {}                   ~ policy.yaml:1: must not use YAML anchors",
        "'rules: {'                     ~ policy.yaml:1: must be an object",
      })
  void aFileOfAnotherShapeIsRefused(String text, String problem) {
    PolicyFile.Reading reading = read(text);

    assertTrue(reading.rules().isEmpty());
    assertTrue(
        reading.problems().stream().anyMatch(found -> found.toString().startsWith(problem)),
        reading.problems().toString());
  }

  @Test
  void theLineWithinALongConditionIsSaid() {
    PolicyFile.Reading reading =
        read("rules:\n  a:\n    effect: deny\n    when: |\n      time.hour > 5\n      && nobody\n");

    assertEquals(6, reading.problems().getFirst().line());
  }

  @Test
  void everythingThatIsWrongIsSaid() {
    PolicyFile.Reading reading =
        read("rules:\n  a: {effect: deny, when: nobody}\n  b: {effect: deny, when: nothing}\n");

    assertEquals(List.of(2, 3), reading.problems().stream().map(PolicyProblem::line).toList());
  }

  @Test
  void aProblemNeverQuotesWhatStandsInAList() {
    PolicyFile.Reading reading = read("rules: {a: {effect: deny, agents: [sk_live_canary]}}");

    assertFalse(reading.problems().toString().contains("canary"), reading.problems().toString());
  }

  @Test
  void whatInitWritesCanBeUsedAndSaysNothing() {
    PolicyFile.Reading reading = read(PolicyFile.initial());

    assertEquals(List.of(), reading.rules().orElseThrow().all());
  }

  @Test
  void theExamplesInTheFileOfInitCanBeUsed() {
    String uncommented =
        PolicyFile.initial().replace("rules: {}\n", "rules:\n").replaceAll("(?m)^#(  )", "$1");

    assertEquals(2, read(uncommented).rules().orElseThrow().all().size());
  }

  @Test
  void theDigestChangesWithWhatDecidesAndWithNothingElse() {
    String one = digest("rules: {a: {effect: deny}, b: {effect: allow}}");

    assertEquals(one, digest("# why\nrules:\n  b: {effect: allow}\n  a: {effect: deny}\n"));
    assertNotEquals(one, digest("rules: {a: {effect: dual}, b: {effect: allow}}"));
    assertNotEquals(one, digest("{time_zone: Europe/Berlin, rules: {a: {effect: deny}}}"));
    var allow = new PolicyFile.Allow(new ToolPattern("crm.*"), Set.of(new AgentId("a1")));
    assertNotEquals(PolicyFile.none(List.of()).digest(), PolicyFile.none(List.of(allow)).digest());
  }

  @Test
  void aToolThatTheCatalogLacksIsFound() {
    String text =
        """
        rules:
          a: {effect: deny, tools: [crm.raed_ticket]}
          b: {effect: deny, tools: ['crm.*'], when: after('stripe.refnd')}
        """;

    assertEquals(
        List.of(
            "policy.yaml:2: rules.a.tools names crm.raed_ticket, which the catalog does not have",
            "policy.yaml:3: rules.b.when names stripe.refnd, which the catalog does not have"),
        PolicyFile.problems("policy.yaml", text, TestCalls.CATALOG).stream()
            .map(Object::toString)
            .toList());
  }

  @TempDir Path folder;

  @Test
  void aBrokenFileLeavesTheLastGoodRules() throws IOException {
    Path file = folder.resolve("policy.yaml");
    Files.writeString(file, "rules: {a: {effect: deny}}");
    PolicyWatch watch = PolicyWatch.open(Optional.of(file), List.of());
    List<String> heard = new ArrayList<>();
    watch.onChange(() -> heard.add(watch.current().all().size() + " " + watch.problems().size()));
    Rules before = watch.current();

    Files.writeString(file, "rules: {a: {effect: deny}, b: {effect: maybe}}");
    watch.look();
    watch.look();
    assertEquals(before, watch.current());
    Files.delete(file);
    watch.look();
    assertEquals(before, watch.current());
    Files.writeString(file, "rules: {a: {effect: deny}, b: {effect: dual}}");
    watch.look();

    assertEquals(2, watch.current().all().size());
    assertEquals(List.of("1 1", "1 1", "2 0"), heard);
  }

  @Test
  void whoeverLooksComesBackOnceTheChangeIsToldEvenIfAnotherSawIt() throws Exception {
    Path file = folder.resolve("policy.yaml");
    Files.writeString(file, "rules: {}");
    PolicyWatch watch = PolicyWatch.open(Optional.of(file), List.of());
    List<String> heard = new CopyOnWriteArrayList<>();
    Thread other =
        Thread.ofPlatform()
            .unstarted(
                () -> {
                  watch.look();
                  heard.add("looked");
                });
    watch.onChange(
        () -> {
          other.start();
          while (other.getState() != Thread.State.BLOCKED && other.isAlive()) {
            Thread.onSpinWait();
          }
          heard.add("told");
        });
    Files.writeString(file, "rules: {a: {effect: deny}}");

    watch.look();
    other.join();

    assertEquals(List.of("told", "looked"), heard);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "rules: {a: {effect: maybe}}", "rules: {a: {effect: deny, when: x}}"})
  void aFileThatWasNeverGoodIsRefused(String text) throws IOException {
    Path file = folder.resolve("policy.yaml");
    Files.writeString(file, text);

    var refused =
        assertThrows(
            IllegalArgumentException.class, () -> PolicyWatch.open(Optional.of(file), List.of()));

    assertTrue(String.valueOf(refused.getMessage()).startsWith("policy.yaml:1: "));
  }

  @Test
  void aFileThatIsNotThereIsRefused() {
    Optional<Path> missing = Optional.of(folder.resolve("policy.yaml"));

    assertThrows(IllegalArgumentException.class, () -> PolicyWatch.open(missing, List.of()));
  }

  private static String digest(String text) {
    return read(text).rules().orElseThrow().digest();
  }

  private static PolicyFile.Reading read(String text) {
    return PolicyFile.read("policy.yaml", text, List.of());
  }
}
