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
    StringBuilder document = document(caller.agent(), recorded);
    document.append(",\"arguments\":").append(recorded.arguments().canonical());
    caller.delegator().ifPresent(d -> field("delegator", d.person().value(), document));
    if (!recorded.handles().isEmpty()) {
      document.append(",\"handles\":").append(handles(recorded));
    }
    field("run", caller.run().value(), document);
    recorded.secret().ifPresent(digest -> field("secret", digest, document));
    field("tool", tool.value(), document);
    document.append(",\"v\":").append(FORMAT).append('}');
    return new CallDigest(CanonicalJson.sha256(document.toString()));
  }

  /// {@return the digest of what is to be done, in whichever run: lead, tool and arguments}
  ///
  /// For the question whether the very same has been begun before; approvals are bound to [#of]. Of
  /// a handle only the value counts, since another run has another handle for it.
  public static CallDigest ofAction(Caller caller, ToolName tool, Recorded recorded) {
    StringBuilder document = document(caller.lead(), recorded);
    if (recorded.handles().isEmpty()) {
      document.append(",\"arguments\":").append(recorded.arguments().canonical());
    }
    recorded.secret().ifPresent(digest -> field("secret", digest, document));
    field("tool", tool.value(), document);
    document.append(",\"v\":").append(FORMAT);
    if (!recorded.handles().isEmpty()) {
      field("values", recorded.values(), document);
    }
    return new CallDigest(CanonicalJson.sha256(document.append('}').toString()));
  }

  /// The beginning of a document in canonical form (RFC 8785), which the callers go on with in the
  /// order of the keys, around the arguments' own canonical form.
  private static StringBuilder document(AgentId agent, Recorded recorded) {
    var document = new StringBuilder(256 + recorded.arguments().canonical().length());
    document.append("{\"agent\":");
    CanonicalJson.string(agent.value(), document);
    return document;
  }

  private static String handles(Recorded recorded) {
    var handles = JsonNodeFactory.instance.objectNode();
    recorded.handles().forEach(handle -> handles.put(handle.text(), handle.digest()));
    return CanonicalJson.write(handles);
  }

  private static void field(String name, String value, StringBuilder out) {
    out.append(",\"").append(name).append("\":");
    CanonicalJson.string(value, out);
  }

  @Override
  public String toString() {
    return value;
  }
}
