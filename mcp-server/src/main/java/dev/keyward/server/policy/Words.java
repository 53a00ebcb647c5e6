package dev.keyward.server.policy;

import dev.keyward.call.ToolPattern;
import dev.keyward.server.condition.Condition;
import dev.keyward.server.condition.Kind;
import dev.keyward.server.condition.Vocabulary;
import dev.keyward.server.condition.Vocabulary.Function;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The words that conditions of policy rules may use.
final class Words {
  private static final Map<String, Kind> NAMES =
      Map.ofEntries(
          Map.entry("agent.id", Kind.TEXT),
          Map.entry("agent.type", Kind.TEXT),
          Map.entry("agent.workspace", Kind.TEXT),
          Map.entry("agent.owner", Kind.TEXT),
          Map.entry("run.id", Kind.TEXT),
          Map.entry("run.purpose", Kind.TEXT),
          Map.entry("run.workflow", Kind.TEXT),
          Map.entry("run.mode", Kind.TEXT),
          Map.entry("delegator.present", Kind.FLAG),
          Map.entry("delegator.person", Kind.TEXT),
          Map.entry("delegator.verified", Kind.FLAG),
          Map.entry("tool.name", Kind.TEXT),
          Map.entry("tool.tier", Kind.TEXT),
          Map.entry("target.system", Kind.TEXT),
          Map.entry("target.origin", Kind.TEXT),
          Map.entry("args", Kind.OBJECT),
          Map.entry("time.now", Kind.MOMENT),
          Map.entry("time.hour", Kind.INTEGER),
          Map.entry("time.weekday", Kind.TEXT));
  private static final List<Function> FUNCTIONS =
      List.of(
          new Function("calls", List.of(Kind.TEXT, Kind.TEXT), Kind.INTEGER),
          new Function("sum", List.of(Kind.TEXT, Kind.TEXT), Kind.NUMBER),
          new Function("after", List.of(Kind.TEXT), Kind.FLAG),
          new Function("seen", List.of(Kind.TEXT, Kind.ANY), Kind.FLAG));

  private static final Set<String> OF_TOOLS = Set.of("calls", "after");

  private Words() {}

  /// {@return the vocabulary; the first time that loads the compiler}
  static Vocabulary vocabulary() {
    return Loaded.VOCABULARY;
  }

  private static final class Loaded {
    static final Vocabulary VOCABULARY = new Vocabulary(NAMES, FUNCTIONS);
  }

  /// Checks what the types of a condition cannot say: what it asks of history has to be written
  /// out, so that it is known what is to be kept.
  ///
  /// @throws IllegalArgumentException if it is not, in words that follow the field
  static void check(Condition condition) {
    for (Condition.Call call : condition.calls()) {
      switch (call.function()) {
        case "calls" -> {
          checkTool(call);
          checkWindow(call);
        }
        case "sum" -> {
          written(call, 0);
          checkWindow(call);
        }
        case "after" -> checkTool(call);
        default -> written(call, 0);
      }
    }
  }

  /// {@return the tools that a condition asks history for}
  static List<ToolPattern> tools(Condition condition) {
    return condition.calls().stream()
        .filter(call -> OF_TOOLS.contains(call.function()))
        .map(call -> new ToolPattern(written(call, 0)))
        .toList();
  }

  private static void checkTool(Condition.Call call) {
    String pattern = written(call, 0);
    boolean counted;
    try {
      counted = !new ToolPattern(pattern).names(MoreAccess.TOOL);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "must give " + call.function() + " a tool's name, or a whole system as 'crm.*'", e);
    }
    if (!counted) {
      throw new IllegalArgumentException(
          "asks " + call.function() + " for " + MoreAccess.TOOL + ", which is not counted");
    }
  }

  private static void checkWindow(Condition.Call call) {
    var _ = Window.parse(written(call, 1));
  }

  private static String written(Condition.Call call, int index) {
    Optional<String> text = call.arguments().get(index);
    return text.orElseThrow(
        () ->
            new IllegalArgumentException(
                "must have written out what it asks " + call.function() + " for"));
  }
}
