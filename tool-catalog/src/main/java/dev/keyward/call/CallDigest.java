package dev.keyward.call;

import java.util.Optional;
import java.util.regex.Pattern;

/// What an approval is bound to: SHA-256 over run, agent, delegator, tool and canonical arguments.
///
/// The same call in the same run has the same digest however often it is made; anything else
/// differs.
///
/// @param value 64 lower-case hexadecimal digits
public record CallDigest(String value) {
  private static final Pattern SHAPE = Pattern.compile("[0-9a-f]{64}");
  private static final int FORMAT = 1;

  /// Checks the shape.
  ///
  /// @throws IllegalArgumentException if `value` has another shape
  public CallDigest {
    if (!SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException("call digest must match " + SHAPE);
    }
  }

  /// {@return the digest of this call}
  public static CallDigest of(Caller caller, ToolName tool, Arguments arguments) {
    return of(caller, caller.delegator().map(d -> d.person().value()), true, tool, arguments);
  }

  /// {@return the digest of what is to be done, in whichever run: agent, tool and arguments}
  ///
  /// For the question whether the very same has been begun before; approvals are bound to [#of].
  public static CallDigest ofAction(Caller caller, ToolName tool, Arguments arguments) {
    return of(caller, Optional.empty(), false, tool, arguments);
  }

  /// The document in canonical form, its keys in order, around the arguments' own canonical form.
  private static CallDigest of(
      Caller caller,
      Optional<String> delegator,
      boolean inRun,
      ToolName tool,
      Arguments arguments) {
    var document = new StringBuilder(256 + arguments.canonical().length());
    field("{", "agent", caller.agent().value(), document);
    document.append(",\"arguments\":").append(arguments.canonical());
    delegator.ifPresent(person -> field(",", "delegator", person, document));
    if (inRun) {
      field(",", "run", caller.run().value(), document);
    }
    field(",", "tool", tool.value(), document);
    document.append(",\"v\":").append(FORMAT).append('}');
    return new CallDigest(CanonicalJson.sha256(document.toString()));
  }

  private static void field(String before, String name, String value, StringBuilder out) {
    out.append(before).append('"').append(name).append("\":");
    CanonicalJson.string(value, out);
  }

  @Override
  public String toString() {
    return value;
  }
}
