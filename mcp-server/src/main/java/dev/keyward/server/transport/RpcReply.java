package dev.keyward.server.transport;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse.JSONRPCError;

/// What a client's request comes to.
sealed interface RpcReply {
  /// JSON-RPC 2.0, section 5.1.
  int PARSE_ERROR = -32700;

  /// JSON-RPC 2.0, section 5.1.
  int INVALID_REQUEST = -32600;

  /// JSON-RPC 2.0, section 5.1.
  int METHOD_NOT_FOUND = -32601;

  /// JSON-RPC 2.0, section 5.1; for MCP an unknown tool too.
  int INVALID_PARAMS = -32602;

  /// JSON-RPC 2.0, section 5.1.
  int INTERNAL_ERROR = -32603;

  /// Ours, for what is wrong before a method is reached.
  int REFUSED = -32000;

  /// Ours.
  int UNAUTHENTICATED = -32001;

  /// The client's user is to open a page first (MCP 2025-11-25, "URL Elicitation Required Error").
  int OPEN_PAGE_FIRST = -32042;

  /// Said of a method that is not served.
  String NO_METHOD = "There is no such method here.";

  /// Said of a request whose id is that of another one under way.
  String ID_IN_USE = "A request with this id has not been answered yet.";

  /// Said of text that is not strict JSON.
  String NOT_JSON = "The message is not JSON, or repeats a key, or is nested too deeply.";

  /// Said of JSON that is no message.
  String NOT_A_MESSAGE =
      "The message is not a JSON-RPC 2.0 request, notification or response of MCP.";

  /// Said of a handshake in a session.
  String INITIALIZED = "This session is open already; leave Mcp-Session-Id out to open another.";

  /// Said of a message outside a session.
  String NO_SESSION =
      "Mcp-Session-Id is required: initialize first, and send the header that its answer had.";

  /// The method's result.
  record Result(Object value) implements RpcReply {}

  /// The request was refused or failed.
  record Failure(JSONRPCError error) implements RpcReply {
    Failure(int code, String sentence) {
      this(new JSONRPCError(code, sentence, null));
    }
  }

  /// The client has taken the request back and expects no answer.
  record Silence() implements RpcReply {}
}
