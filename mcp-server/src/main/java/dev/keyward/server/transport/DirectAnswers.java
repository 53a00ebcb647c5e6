package dev.keyward.server.transport;

import dev.keyward.redaction.Secret;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse.JSONRPCError;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;

/// Answers the requests that come in a session without the SDK: one JSON body for each, or an event
/// stream of our own where it takes long ([HttpAnswer]).
///
/// The SDK answers with an event stream of one event, which costs as much as all stages of a call
/// together: a reactive pipeline, an asynchronous request, two writes. Clients must take both forms
/// (MCP 2025-11-25, "Sending Messages to the Server", 5). A bad message is refused here; what else
/// is no such request, as a notification, goes on to the SDK as it came. Thread-safe; blocks.
final class DirectAnswers {
  private final McpMethods methods;
  private final ModernEndpoint modern;
  private final McpJson json;
  private final int maxBodyBytes;

  DirectAnswers(McpMethods methods, ModernEndpoint modern, McpJson json, int maxBodyBytes) {
    this.methods = methods;
    this.modern = modern;
    this.json = json;
    this.maxBodyBytes = maxBodyBytes;
  }

  /// Reads the request and answers it, if it is one for here.
  ///
  /// @param key what the request presented
  /// @return what the SDK is to have instead, its body unread; empty if it is answered
  Optional<HttpServletRequest> answer(
      HttpServletRequest request, HttpServletResponse response, BoundSession session, Secret key)
      throws IOException {
    Optional<ReadRequest> read = ReadRequest.of(request, maxBodyBytes);
    if (read.isEmpty()) {
      HttpProblem.TOO_LARGE.write(response);
      return Optional.empty();
    }
    JSONRPCMessage message;
    try {
      message = json.message(read.get().text());
    } catch (BadMessage bad) {
      HttpProblem.of(bad).write(response);
      return Optional.empty();
    }
    return switch (message) {
      case JSONRPCRequest asked when ModernEndpoint.claims(asked) -> {
        modern.serve(request, response, asked); // says why it is not one for here
        yield Optional.empty();
      }
      case JSONRPCRequest asked when asked.method().equals("initialize") -> {
        refuseHandshake(asked, new HttpAnswer(request, response, json));
        yield Optional.empty();
      }
      case JSONRPCRequest asked when McpMethods.NAMES.contains(asked.method()) -> {
        answer(asked, new HttpAnswer(request, response, json), session, key);
        yield Optional.empty();
      }
      case JSONRPCResponse _ -> { // nothing was asked of the client; the SDK breaks on it
        response.setStatus(HttpServletResponse.SC_ACCEPTED);
        yield Optional.empty();
      }
      default -> Optional.of(read.get());
    };
  }

  /// The SDK knows of no handshake in a session and breaks.
  private static void refuseHandshake(JSONRPCRequest request, HttpAnswer answer)
      throws IOException {
    try (answer) {
      var error = new JSONRPCError(RpcReply.INVALID_REQUEST, RpcReply.INITIALIZED, null);
      answer.end(200, JSONRPCResponse.error(request.id(), error));
    }
  }

  private void answer(JSONRPCRequest request, HttpAnswer answer, BoundSession session, Secret key)
      throws IOException {
    try (answer;
        var _ = session.answering()) {
      var client =
          new Presented(
              key, session.getId(), "http", session.clientName(), session.interaction(), answer);
      switch (methods.answer(request.method(), client, (Inbound) request.params())) {
        case RpcReply.Result(var value) ->
            answer.end(200, JSONRPCResponse.result(request.id(), value));
        case RpcReply.Failure(var error) ->
            answer.end(200, JSONRPCResponse.error(request.id(), error));
        case RpcReply.Silence() -> answer.end();
      }
    }
  }
}
