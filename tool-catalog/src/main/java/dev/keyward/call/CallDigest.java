package dev.keyward.call;

import java.util.regex.Pattern;
import tools.jackson.databind.node.JsonNodeFactory;

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
    return of(caller, tool, Recorded.plain(arguments));
  }

  /// {@return the digest of this call; a handle counts as itself and with the value bound to it}
  public static CallDigest of(Caller caller, ToolName tool, Recorded recorded) {
    var document = JsonNodeFactory.instance.objectNode();
    document.put("v", FORMAT);
    document.put("run", caller.run().value());
    document.put("agent", caller.agent().value());
    caller.delegator().ifPresent(d -> document.put("delegator", d.person().value()));
    document.put("tool", tool.value());
    document.set("arguments", recorded.arguments().json());
    if (!recorded.handles().isEmpty()) {
      var handles = document.putObject("handles");
      recorded.handles().forEach(handle -> handles.put(handle.text(), handle.digest()));
    }
    recorded.secret().ifPresent(digest -> document.put("secret", digest));
    return new CallDigest(CanonicalJson.sha256(document));
  }

  /// {@return the digest of what is to be done, in whichever run: agent, tool and arguments}
  ///
  /// For the question whether the very same has been begun before; approvals are bound to [#of]. Of
  /// a handle only the value counts, since another run has another handle for it.
  public static CallDigest ofAction(Caller caller, ToolName tool, Recorded recorded) {
    var document = JsonNodeFactory.instance.objectNode();
    document.put("v", FORMAT);
    document.put("agent", caller.agent().value());
    document.put("tool", tool.value());
    if (recorded.handles().isEmpty()) {
      document.set("arguments", recorded.arguments().json());
    } else {
      document.put("values", recorded.values());
    }
    recorded.secret().ifPresent(digest -> document.put("secret", digest));
    return new CallDigest(CanonicalJson.sha256(document));
  }

  @Override
  public String toString() {
    return value;
  }
}
