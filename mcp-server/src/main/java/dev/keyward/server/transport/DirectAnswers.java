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
/// (MCP 2025-11-25, "Sending Messages to the Server", 5). What is no such request, notifications
/// and bad messages among it, goes on to the SDK as it came. Thread-safe; blocks.
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
    Optional<JSONRPCRequest> message = message(read.get());
    if (message.isEmpty()) {
      return Optional.of(read.get());
    }
    if (message.get().method().equals("initialize")) {
      var error = new JSONRPCError(RpcReply.INVALID_REQUEST, RpcReply.INITIALIZED, null);
      try (var answer = new HttpAnswer(request, response, json)) {
        answer.end(200, JSONRPCResponse.error(message.get().id(), error));
      }
    } else if (ModernEndpoint.claims(message.get())) {
      modern.serve(request, response, message.get()); // says why it is not one for here
    } else {
      answer(message.get(), new HttpAnswer(request, response, json), session, key);
    }
    return Optional.empty();
  }

  private Optional<JSONRPCRequest> message(ReadRequest read) {
    if (!read.saysUtf8()) {
      return Optional.empty();
    }
    try {
      JSONRPCMessage message = json.message(read.text());
      return message instanceof JSONRPCRequest request
              && (isForHere(request.method()) || ModernEndpoint.claims(request))
          ? Optional.of(request)
          : Optional.empty();
    } catch (BadMessage e) {
      return Optional.empty(); // the SDK finds out, too
    }
  }

  /// The SDK knows of no handshake in a session and breaks.
  private static boolean isForHere(String method) {
    return McpMethods.NAMES.contains(method) || method.equals("initialize");
  }

  private void answer(JSONRPCRequest request, HttpAnswer answer, BoundSession session, Secret key)
      throws IOException {
    try (answer;
        var _ = session.answering()) {
      var client = new Presented(key, session.getId(), "http", session.clientName(), answer);
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
