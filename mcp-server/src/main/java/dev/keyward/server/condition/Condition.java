package dev.keyward.server.condition;

import dev.cel.common.CelErrorCode;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelFunctionResolver;
import dev.cel.runtime.CelLateFunctionBindings;
import dev.cel.runtime.Program;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A condition that has been read and type-checked; [Vocabulary#read] makes it. Safe for all
/// threads.
public final class Condition {
  /// Characters looked through, by two kinds of conditions; either is a second or two at the worst.
  private static final long MAX_WORK = 1L << 26;

  private static final long MAX_WORK_OF_PATTERNS = 1L << 21;
  private static final String TOO_LONG = "it takes too long on arguments of this size";

  private final String text;
  private final Program program;
  private final Literals literals;

  /// A call of one of the vocabulary's functions.
  ///
  /// @param arguments those that are text and written out
  public record Call(String function, List<Optional<String>> arguments) {
    /// Copies the arguments.
    public Call {
      arguments = List.copyOf(arguments);
    }
  }

  Condition(String text, Program program, Literals literals) {
    this.text = text;
    this.program = program;
    this.literals = literals;
  }

  /// {@return the condition as it was written}
  public String text() {
    return text;
  }

  /// {@return the names whose values it may read}
  public Set<String> names() {
    return literals.names();
  }

  /// {@return which functions of its vocabulary it may call}
  public List<Call> calls() {
    return literals.calls();
  }

  /// {@return whether it holds; never throws}
  ///
  /// The same for the same facts, and the work is bounded: steps of loops, and characters looked
  /// through.
  public Outcome test(Facts facts) {
    var reading = new Reading(facts, literals.patterns() ? MAX_WORK_OF_PATTERNS : MAX_WORK);
    try {
      Object result =
          literals.calls().isEmpty()
              ? program.eval(reading::find)
              : program.eval(reading::find, functions(facts));
      return result instanceof Boolean holds
          ? new Outcome.Decided(holds)
          : new Outcome.Failed("it is neither true nor false");
    } catch (CelEvaluationException e) {
      return new Outcome.Failed(reading.left < 0 ? TOO_LONG : words(e.getErrorCode()));
    } catch (RuntimeException | StackOverflowError e) {
      return new Outcome.Failed(reading.left < 0 ? TOO_LONG : "it cannot be evaluated");
    }
  }

  private CelFunctionResolver functions(Facts facts) {
    return CelLateFunctionBindings.from(
        literals.calls().stream()
            .map(Call::function)
            .distinct()
            .map(name -> binding(name, facts))
            .toList());
  }

  // Immutable for as long as one evaluation: nothing of it is kept.
  @SuppressWarnings("Immutable")
  private CelFunctionBinding binding(String name, Facts facts) {
    int parameters =
        literals.calls().stream()
            .filter(call -> call.function().equals(name))
            .findFirst()
            .orElseThrow()
            .arguments()
            .size();
    Iterable<Class<?>> any = Collections.nCopies(parameters, Object.class);
    return CelFunctionBinding.from(name, any, arguments -> facts.call(name, List.of(arguments)));
  }

  /// The library's own messages quote values.
  private static String words(CelErrorCode code) {
    return switch (code) {
      case ATTRIBUTE_NOT_FOUND, INDEX_OUT_OF_BOUNDS ->
          "it reads what is not there in this call (has(args.name) asks for that first)";
      case OVERLOAD_NOT_FOUND, AMBIGUOUS_OVERLOAD ->
          "it compares or counts with the wrong kind of value";
      case DIVIDE_BY_ZERO -> "it divides by zero";
      case NUMERIC_OVERFLOW -> "a number in it becomes too large";
      case ITERATION_BUDGET_EXCEEDED -> TOO_LONG;
      default -> "it cannot be evaluated for this call";
    };
  }

  /// What an evaluation has looked at. In a loop the same value is asked for again and again.
  private static final class Reading {
    private final Facts facts;
    private long left;

    Reading(Facts facts, long left) {
      this.facts = facts;
      this.left = left;
    }

    Optional<Object> find(String name) {
      left -= facts.weight(name);
      if (left < 0) {
        throw new IllegalStateException(TOO_LONG);
      }
      return facts.value(name);
    }
  }
}
