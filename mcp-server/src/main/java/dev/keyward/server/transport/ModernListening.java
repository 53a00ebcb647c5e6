package dev.keyward.server.transport;

import dev.keyward.call.AgentId;
import dev.keyward.call.RandomName;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Serves `subscriptions/listen` over HTTP: a stream of notices that ends when its client leaves,
/// when the key that opened it opens nothing any more, or when the broker stops.
final class ModernListening {
  private final AgentSessions sessions;
  private final Liveness liveness;
  private final ModernMethods methods;
  private final RandomGenerator random;
  private final McpJson json;
  private final EventChannel.Limits limits;

  ModernListening(
      AgentSessions sessions,
      Liveness liveness,
      ModernMethods methods,
      RandomGenerator random,
      McpJson json,
      EventChannel.Limits limits) {
    this.sessions = sessions;
    this.liveness = liveness;
    this.methods = methods;
    this.random = random;
    this.json = json;
    this.limits = limits;
  }

  /// Is the stream, until it ends. The request's thread writes.
  ///
  /// @param asks the client, with the key that it has shown
  void listen(
      HttpServletRequest request,
      HttpServletResponse response,
      ModernSubscription wanted,
      Presented asks)
      throws IOException {
    Optional<ListeningClient> opened = open(request, wanted, asks);
    if (opened.isEmpty()) {
      HttpProblem.SESSIONS.write(response);
      return;
    }
    ListeningClient client = opened.get();
    try {
      stream(client, request, response);
    } catch (IOException left) {
      // the client has left, or the stream was ended while it was written to
    } finally {
      client.close();
    }
  }

  private Optional<ListeningClient> open(
      HttpServletRequest request, ModernSubscription wanted, Presented asks) {
    AgentId agent = AgentGate.agent(request);
    Optional<AgentSessions.Seat> free = sessions.seat(agent);
    if (free.isEmpty()) {
      return Optional.empty();
    }
    try (var seat = free.get()) {
      var client =
          new ListeningClient(
              RandomName.of("listening_", random),
              agent,
              wanted,
              task -> methods.task(task, asks),
              json,
              new EventChannel(ClientConnection.of(request), limits),
              id -> sessions.forget(agent, id));
      client.acknowledge();
      sessions.admit(seat, client);
      return Optional.of(client);
    }
  }

  private void stream(
      ListeningClient client, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    var key = AgentGate.key(request);
    if (!liveness.lives(key)) { // revoked between the gate and the stream's registration
      HttpProblem.UNAUTHENTICATED.write(response);
      return;
    }
    response.setContentType("text/event-stream");
    response.setHeader("X-Accel-Buffering", "no");
    response.setHeader("Connection", "close");
    client.serve(response.getOutputStream(), () -> liveness.lives(key));
  }
}
