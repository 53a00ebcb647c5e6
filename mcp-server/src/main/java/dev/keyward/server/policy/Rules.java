package dev.keyward.server.policy;

import dev.keyward.call.ToolName;
import dev.keyward.call.ToolPattern;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The operator's rules at one time. In no order of their own: the strictest that matches wins, and
/// of equally strict ones the first by name. Safe for all threads.
public final class Rules {
  private static final Comparator<Rule> STRICTEST_FIRST =
      Comparator.comparing(Rule::effect).reversed().thenComparing(Rule::name);

  private final List<Rule> rules;
  private final ZoneId zone;
  private final String digest;
  private final Map<ToolName, AboutTool> byTool = new ConcurrentHashMap<>();

  /// Takes rules with names of their own.
  ///
  /// @param zone in which `time.hour` and `time.weekday` are told
  /// @param digest SHA-256 over all that decides: names their version
  Rules(List<Rule> rules, ZoneId zone, String digest) {
    this.rules = rules.stream().sorted(STRICTEST_FIRST).toList();
    this.zone = zone;
    this.digest = digest;
  }

  /// {@return these and one more, under the name of this version: for questions, not for calls}
  Rules with(Rule more) {
    return new Rules(Stream.concat(rules.stream(), Stream.of(more)).toList(), zone, digest);
  }

  /// {@return all of them, strictest first}
  public List<Rule> all() {
    return rules;
  }

  /// {@return in which zone `time.hour` and `time.weekday` are told}
  public ZoneId zone() {
    return zone;
  }

  /// {@return SHA-256 over all that decides, 64 hexadecimal digits}
  public String digest() {
    return digest;
  }

  /// {@return what there is about a tool}
  AboutTool about(ToolName tool) {
    return byTool.computeIfAbsent(tool, this::find);
  }

  /// What the rules have to do with one tool.
  ///
  /// @param rules those that may be about it, strictest first
  /// @param noted whether some rule asks when it was called
  /// @param amounts which of its arguments rules sum
  record AboutTool(List<Rule> rules, boolean noted, Set<String> amounts) {}

  private AboutTool find(ToolName tool) {
    List<Rule> about = rules.stream().filter(rule -> isAbout(rule, tool)).toList();
    Set<String> amounts = firsts(about, Set.of("sum")).collect(Collectors.toSet());
    boolean named =
        firsts(rules, Set.of("calls", "after"))
            .anyMatch(pattern -> new ToolPattern(pattern).names(tool));
    return new AboutTool(about, named || !amounts.isEmpty(), amounts);
  }

  /// What is allowed for all tools is not meant for the tool that gives more of them.
  private static boolean isAbout(Rule rule, ToolName tool) {
    boolean all = rule.scope().tools().isEmpty() && rule.effect() == Effect.ALLOW;
    return rule.scope().names(tool) && !(all && tool.equals(MoreAccess.TOOL));
  }

  private static Stream<String> firsts(List<Rule> rules, Set<String> functions) {
    return rules.stream()
        .flatMap(rule -> rule.when().stream())
        .flatMap(condition -> condition.calls().stream())
        .filter(call -> functions.contains(call.function()))
        .map(call -> call.arguments().getFirst().orElseThrow());
  }
}
