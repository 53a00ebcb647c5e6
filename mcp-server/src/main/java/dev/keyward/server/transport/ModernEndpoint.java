package dev.keyward.server.transport;

import dev.keyward.redaction.Secret;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse.JSONRPCError;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.node.ObjectNode;

/// `POST /mcp` of revision 2026-07-28: one request, one answer, and nothing kept between them.
///
/// Who asks has been authenticated with this very request. A session's id is ignored; GET and
/// DELETE are 405. Thread-safe; blocks.
final class ModernEndpoint {
  private final ModernMethods methods;
  private final ModernListening listening;
  private final McpJson json;
  private final int maxBodyBytes;
  private final AtomicLong exchanges = new AtomicLong();

  ModernEndpoint(ModernMethods methods, ModernListening listening, McpJson json, int maxBodyBytes) {
    this.methods = methods;
    this.listening = listening;
    this.json = json;
    this.maxBodyBytes = maxBodyBytes;
  }

  /// Serves a request whose headers name this era.
  void serve(HttpServletRequest request, HttpServletResponse response) throws IOException {
    if (!request.getMethod().equals("POST")) {
      HttpProblem.POST_ONLY.write(response);
      return;
    }
    Optional<HttpProblem> form = AgentGate.form(request);
    if (form.isPresent()) {
      form.get().write(response);
      return;
    }
    Optional<ReadRequest> read = ReadRequest.of(request, maxBodyBytes);
    if (read.isEmpty()) {
      HttpProblem.TOO_LARGE.write(response);
      return;
    }
    try {
      serve(request, response, json.message(read.get().text()));
    } catch (BadMessage bad) {
      write(response, 400, unnamed(bad));
    }
  }

  /// Serves a request whose body names this era, and refuses one that is no message.
  ///
  /// @return whether it was either
  boolean serveIfClaimed(ReadRequest request, HttpServletResponse response) throws IOException {
    JSONRPCMessage message;
    try {
      message = json.message(request.text());
    } catch (BadMessage bad) {
      HttpProblem.of(bad).write(response);
      return true;
    }
    boolean claimed = message instanceof JSONRPCRequest claim && claims(claim);
    if (claimed) {
      serve(request, response, message);
    }
    return claimed;
  }

  /// {@return whether the body of `request` names this era}
  static boolean claims(JSONRPCRequest request) {
    return ModernRequest.claims((Inbound) request.params());
  }

  /// Serves a message of this era.
  void serve(HttpServletRequest http, HttpServletResponse response, JSONRPCMessage message)
      throws IOException {
    switch (message) {
      case JSONRPCRequest request -> answer(http, response, request);
      case JSONRPCNotification _ -> response.setStatus(HttpServletResponse.SC_ACCEPTED);
      default -> write(response, 400, unnamed(BadMessage.notAMessage()));
    }
  }

  private void answer(HttpServletRequest http, HttpServletResponse response, JSONRPCRequest request)
      throws IOException {
    try (var answer = new HttpAnswer(http, response, json)) {
      ModernRequest modern = ModernRequest.of(request);
      ModernHeaders.check(http, modern);
      if (modern.method().equals(ModernSubscription.METHOD)) {
        listen(http, response, answer, modern);
      } else {
        reply(answer, modern, methods.answer(modern, client(AgentGate.key(http), modern, answer)));
      }
    } catch (ModernFault fault) {
      write(response, fault.status(), error(request.id(), fault.error()));
    }
  }

  private void listen(
      HttpServletRequest http,
      HttpServletResponse response,
      HttpAnswer answer,
      ModernRequest request)
      throws IOException, ModernFault {
    Optional<ModernSubscription> subscription = ModernSubscription.of(request);
    if (subscription.isPresent()) {
      listening.listen(
          http, response, subscription.get(), client(AgentGate.key(http), request, WayBack.NONE));
    } else {
      reply(answer, request, ModernSubscription.unclear());
    }
  }

  /// Each request is a conversation of its own: ids that two clients chose alike do not meet.
  private Presented client(Secret key, ModernRequest request, WayBack back) {
    String exchange = "exchange_" + exchanges.incrementAndGet();
    return new Presented(key, exchange, "http", request.clientName(), back);
  }

  private static void reply(HttpAnswer answer, ModernRequest request, RpcReply reply)
      throws IOException {
    switch (reply) {
      case RpcReply.Result(var value) ->
          answer.end(200, JSONRPCResponse.result(request.id(), value));
      case RpcReply.Failure(var error) -> answer.end(200, error(request.id(), error));
      case RpcReply.Silence() -> answer.end();
    }
  }

  private static JSONRPCResponse error(Object id, JSONRPCError error) {
    return JSONRPCResponse.error(id, error);
  }

  /// An error of a message whose id could not be read has none.
  private static ObjectNode unnamed(BadMessage bad) {
    return HttpProblem.body(bad.code(), bad.sentence()).without("id");
  }

  private void write(HttpServletResponse response, int status, Object message) throws IOException {
    byte[] body = json.writeValueAsBytes(message);
    response.setStatus(status);
    response.setContentType("application/json");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
