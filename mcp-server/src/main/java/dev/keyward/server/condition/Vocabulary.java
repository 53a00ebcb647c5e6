package dev.keyward.server.condition;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeBuilder;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What a condition may speak of: names with their kinds, and functions. Safe for all threads.
///
/// A name may have dots in it, `agent.type`; then nothing else of `agent` exists. Making one loads
/// the whole compiler, which takes a good part of a second the first time.
public final class Vocabulary {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

  /// CEL's own words, which are no names anywhere.
  private static final Set<String> KEYWORDS =
      Set.of(
          "as",
          "break",
          "const",
          "continue",
          "else",
          "false",
          "for",
          "function",
          "if",
          "import",
          "in",
          "let",
          "loop",
          "namespace",
          "null",
          "package",
          "return",
          "true",
          "var",
          "void",
          "while");

  /// What stands for something else already, where a name stands alone.
  private static final Set<String> TAKEN =
      Set.of(
          "args",
          "bool",
          "bytes",
          "double",
          "dyn",
          "duration",
          "int",
          "list",
          "map",
          "null_type",
          "string",
          "timestamp",
          "type",
          "uint");

  /// The bounds of a condition's size and of the work that evaluating it may be.
  private static final CelOptions OPTIONS =
      CelOptions.current()
          .maxExpressionCodePointSize(4_000)
          .maxParseExpressionNodeCount(500)
          .maxParseRecursionDepth(32)
          .maxParseErrorRecoveryLimit(1)
          .comprehensionMaxIterations(1_000)
          .maxRegexProgramSize(Literals.MAX_PATTERN)
          .enableHeterogeneousNumericComparisons(true)
          .build();

  private static final Set<CelStandardMacro> WITHOUT_GROWTH =
      Set.of(
          CelStandardMacro.HAS,
          CelStandardMacro.ALL,
          CelStandardMacro.EXISTS,
          CelStandardMacro.EXISTS_ONE);

  private final CelCompiler compiler;
  private final CelRuntime runtime;
  private final Set<String> functions;

  /// A function that conditions may call; [Facts#call] says what it gives.
  public record Function(String name, List<Kind> parameters, Kind result) {
    /// Copies the parameters.
    public Function {
      parameters = List.copyOf(parameters);
    }
  }

  /// Takes names and functions; no function may have the name of one of CEL's own.
  public Vocabulary(Map<String, Kind> names, List<Function> functions) {
    this(names, functions, CelStandardMacro.STANDARD_MACROS);
  }

  private Vocabulary(
      Map<String, Kind> names, List<Function> functions, Set<CelStandardMacro> macros) {
    CelCompilerBuilder wanted =
        CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(macros)
            .setResultType(SimpleType.BOOL)
            .addFunctionDeclarations(Arithmetic.DECLARATIONS);
    names.forEach((name, kind) -> wanted.addVar(name, type(kind)));
    functions.forEach(function -> wanted.addFunctionDeclarations(declaration(function)));
    this.compiler = wanted.build();
    this.functions = Set.copyOf(functions.stream().map(Function::name).toList());
    CelRuntimeBuilder running =
        CelRuntimeFactory.plannerRuntimeBuilder()
            .setOptions(OPTIONS)
            .addLateBoundFunctions(this.functions);
    Arithmetic.bind(running);
    this.runtime = running.build();
  }

  /// {@return the vocabulary of a tool's arguments: `args.ticket_id`, and `ticket_id` alone where
  /// that is a name}
  ///
  /// Agents write these conditions, too, so there is no `map` and no `filter`: a few of them in a
  /// row make a short text a billion characters long.
  ///
  /// @param fields the names of the arguments, as the tool's schema declares them
  public static Vocabulary ofArguments(Set<String> fields) {
    Map<String, Kind> names = new LinkedHashMap<>();
    names.put("args", Kind.OBJECT);
    fields.stream()
        .filter(field -> isField(field) && !TAKEN.contains(field))
        .forEach(field -> names.put(field, Kind.ANY));
    return new Vocabulary(names, List.of(), WITHOUT_GROWTH);
  }

  /// {@return whether a condition can write `text` behind a dot, and need not quote it}
  public static boolean isField(String text) {
    return NAME.matcher(text).matches() && !KEYWORDS.contains(text);
  }

  /// Reads a condition.
  ///
  /// @throws BadCondition if it is not CEL, speaks of something else, is not a question that can be
  ///   answered yes or no, or is too large
  public Condition read(String text) throws BadCondition {
    try {
      var checked = compiler.compile(text).getAst();
      Literals literals = Literals.of(checked, functions);
      return new Condition(text, runtime.createProgram(checked), literals);
    } catch (CelValidationException e) {
      throw bad(e);
    } catch (CelEvaluationException | RuntimeException e) {
      throw new BadCondition(1, "is no condition that can be evaluated");
    }
  }

  private static BadCondition bad(CelValidationException e) {
    Optional<CelIssue> first =
        e.getErrors().stream()
            .filter(issue -> issue.getSeverity() == CelIssue.Severity.ERROR)
            .findFirst();
    return first
        .map(
            issue ->
                new BadCondition(Math.max(1, issue.getSourceLocation().getLine()), words(issue)))
        .orElseGet(() -> new BadCondition(1, "is not CEL"));
  }

  private static String words(CelIssue issue) {
    String said = issue.getMessage().replace(" (in container '')", "").replaceAll("\\s+", " ");
    return "is not right at character " + (issue.getSourceLocation().getColumn() + 1) + ": " + said;
  }

  private static CelFunctionDecl declaration(Function function) {
    List<CelType> parameters = function.parameters().stream().map(Vocabulary::type).toList();
    return CelFunctionDecl.newFunctionDeclaration(
        function.name(),
        CelOverloadDecl.newGlobalOverload(function.name(), type(function.result()), parameters));
  }

  private static CelType type(Kind kind) {
    return switch (kind) {
      case TEXT -> SimpleType.STRING;
      case FLAG -> SimpleType.BOOL;
      case INTEGER -> SimpleType.INT;
      case MOMENT -> SimpleType.TIMESTAMP;
      case OBJECT -> MapType.create(SimpleType.STRING, SimpleType.DYN);
      case NUMBER, ANY -> SimpleType.DYN;
    };
  }
}
