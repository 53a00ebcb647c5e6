package dev.keyward.server.condition;

import com.google.errorprone.annotations.Immutable;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntimeBuilder;
import java.util.List;

/// Arithmetic between integers and fractions, which CEL does not have.
///
/// JSON has one kind of number: without this `args.amount * 2` would fail for 0.5, and `args.amount
/// + 0.5` for 50.
final class Arithmetic {
  private static final List<Operator> OPERATORS =
      List.of(
          new Operator("_+_", "keyward_add", Double::sum),
          new Operator("_-_", "keyward_subtract", (left, right) -> left - right),
          new Operator("_*_", "keyward_multiply", (left, right) -> left * right),
          new Operator("_/_", "keyward_divide", (left, right) -> left / right));

  /// What the compiler is told.
  static final List<CelFunctionDecl> DECLARATIONS =
      OPERATORS.stream().map(Operator::declaration).toList();

  private Arithmetic() {}

  /// Tells the runtime.
  static void bind(CelRuntimeBuilder runtime) {
    OPERATORS.forEach(operator -> runtime.addFunctionBindings(operator.bindings()));
  }

  /// Operations of primitive numbers, immutable as CEL wants them.
  @Immutable
  @FunctionalInterface
  private interface Operation {
    double of(double left, double right);
  }

  private record Operator(String name, String id, Operation operation) {
    CelFunctionDecl declaration() {
      return CelFunctionDecl.newFunctionDeclaration(
          name,
          CelOverloadDecl.newGlobalOverload(
              id + "_int_double", SimpleType.DOUBLE, SimpleType.INT, SimpleType.DOUBLE),
          CelOverloadDecl.newGlobalOverload(
              id + "_double_int", SimpleType.DOUBLE, SimpleType.DOUBLE, SimpleType.INT));
    }

    Iterable<CelFunctionBinding> bindings() {
      Operation of = operation;
      return CelFunctionBinding.fromOverloads(
          name,
          CelFunctionBinding.from(
              id + "_int_double", Long.class, Double.class, (left, right) -> of.of(left, right)),
          CelFunctionBinding.from(
              id + "_double_int", Double.class, Long.class, (left, right) -> of.of(left, right)));
    }
  }
}
