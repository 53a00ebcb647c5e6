package dev.keyward.server.condition;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelReference;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What can be said of a condition without evaluating it.
///
/// @param names what it reads
/// @param calls which functions of its vocabulary it calls
/// @param patterns whether it has regular expressions
record Literals(Set<String> names, List<Condition.Call> calls, boolean patterns) {
  /// How large the program of a regular expression may become.
  static final int MAX_PATTERN = 1_000;

  /// {@return what a checked condition reads and calls}
  ///
  /// @throws BadCondition if what it looks for in a text is not written out, or is no regular
  ///   expression or too large a one: whoever evaluates must not find out
  static Literals of(CelAbstractSyntaxTree checked, Set<String> functions) throws BadCondition {
    List<CelExpr.CelCall> calls =
        CelNavigableAst.fromAst(checked)
            .getRoot()
            .allNodes()
            .map(CelNavigableExpr::expr)
            .filter(node -> node.getKind() == CelExpr.ExprKind.Kind.CALL)
            .map(CelExpr::call)
            .toList();
    for (CelExpr.CelCall call : calls) {
      switch (call.function()) {
        case "matches" -> checkPattern(written(call));
        case "contains" ->
            written(call); // else both sides are the agent's, and as long as it likes
        default -> {}
      }
    }
    return new Literals(
        checked.getReferenceMap().values().stream()
            .map(CelReference::name)
            .filter(name -> !name.isEmpty())
            .collect(Collectors.toUnmodifiableSet()),
        calls.stream()
            .filter(call -> functions.contains(call.function()))
            .map(Literals::call)
            .toList(),
        calls.stream().anyMatch(call -> call.function().equals("matches")));
  }

  private static Condition.Call call(CelExpr.CelCall call) {
    return new Condition.Call(call.function(), call.args().stream().map(Literals::text).toList());
  }

  private static Optional<String> text(CelExpr node) {
    boolean written =
        node.getKind() == CelExpr.ExprKind.Kind.CONSTANT
            && node.constant().getKind() == CelConstant.Kind.STRING_VALUE;
    return written ? Optional.of(node.constant().stringValue()) : Optional.empty();
  }

  private static String written(CelExpr.CelCall call) throws BadCondition {
    return text(call.args().getLast())
        .orElseThrow(
            () ->
                new BadCondition(
                    1, "must have written out what " + call.function() + " looks for"));
  }

  private static void checkPattern(String pattern) throws BadCondition {
    try {
      if (Pattern.compile(pattern).programSize() > MAX_PATTERN) {
        throw new BadCondition(1, "has a regular expression that is too large");
      }
    } catch (PatternSyntaxException e) {
      throw new BadCondition(1, "has a regular expression that is none (RE2 syntax)");
    }
  }
}
