package dev.keyward.server.transport;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse.JSONRPCError;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Why a request of revision 2026-07-28 is turned away before its method: an error of the protocol,
/// and the HTTP status that must go with it. Says which rule is broken, never what was sent, but
/// for the revision, which the protocol wants repeated.
@SuppressWarnings("serial") // never serialized
final class ModernFault extends Exception {
  /// The headers are not what the body says (MCP 2026-07-28, "Server Validation").
  static final int HEADER_MISMATCH = -32020;

  /// The client does not declare what the request needs (MCP 2026-07-28, "Error Codes").
  static final int MISSING_CAPABILITY = -32021;

  /// The request names a revision that is not spoken here (MCP 2026-07-28, "Error Codes").
  static final int UNSUPPORTED_REVISION = -32022;

  private final int status;
  private final transient JSONRPCError error;

  private ModernFault(int status, JSONRPCError error) {
    super(error.message(), null, false, false);
    this.status = status;
    this.error = error;
  }

  private ModernFault(int status, int code, String sentence) {
    this(status, new JSONRPCError(code, sentence, null));
  }

  /// A key of `_meta` is missing, or is not `form`.
  static ModernFault envelope(String key, String form) {
    return new ModernFault(
        400, RpcReply.INVALID_PARAMS, "params._meta must hold " + key + ", " + form + ".");
  }

  /// A header is missing or wrong.
  static ModernFault header(String name, String rule) {
    return new ModernFault(400, HEADER_MISMATCH, "The header " + name + " " + rule + ".");
  }

  /// The revision is not spoken here.
  static ModernFault revision(String requested) {
    String sentence = "This revision of the protocol is not spoken here.";
    return new ModernFault(
        400, new JSONRPCError(UNSUPPORTED_REVISION, sentence, ModernResults.revisions(requested)));
  }

  /// The client does not declare a capability.
  ///
  /// @param required a ClientCapabilities object of what is missing
  static ModernFault capability(JsonNode required) {
    JsonNode data = JsonNodeFactory.instance.objectNode().set("requiredCapabilities", required);
    String sentence = "This request needs a capability that the client does not declare.";
    return new ModernFault(400, new JSONRPCError(MISSING_CAPABILITY, sentence, data));
  }

  /// There is no such method.
  static ModernFault method() {
    return new ModernFault(404, RpcReply.METHOD_NOT_FOUND, RpcReply.NO_METHOD);
  }

  /// {@return the HTTP status}
  int status() {
    return status;
  }

  /// {@return the error of JSON-RPC}
  JSONRPCError error() {
    return error;
  }
}
