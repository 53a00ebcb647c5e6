package dev.keyward.server.transport;

import dev.keyward.call.AgentId;
import dev.keyward.call.RandomName;
import dev.keyward.redaction.Secret;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// `GET /sse`: opens a session of the HTTP+SSE transport, and is its stream until it ends.
///
/// The first event, `endpoint`, says where the client's messages go; each answer is an event
/// `message`. The request's thread is the one that writes. Answers 405 to other methods, 429 when
/// the agent holds all the sessions that it may.
@SuppressWarnings("serial") // servlets are not serialized
final class SseStreams extends HttpServlet {
  static final String PATH = "/sse";

  private final Liveness liveness;
  private final AgentSessions sessions;
  private final McpMethods methods;
  private final RandomGenerator random;
  private final EventChannel.Limits limits;
  private final McpJson json = new McpJson();

  SseStreams(
      Liveness liveness,
      AgentSessions sessions,
      McpMethods methods,
      RandomGenerator random,
      EventChannel.Limits limits) {
    this.liveness = liveness;
    this.sessions = sessions;
    this.methods = methods;
    this.random = random;
    this.limits = limits;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!request.getMethod().equals("GET")) {
      HttpProblem.GET_ONLY.write(response);
      return;
    }
    Optional<SseSession> opened = open(request);
    if (opened.isEmpty()) {
      HttpProblem.SESSIONS.write(response);
      return;
    }
    SseSession session = opened.get();
    try {
      stream(session, AgentGate.key(request), response);
    } finally {
      session.close();
    }
  }

  private Optional<SseSession> open(HttpServletRequest request) {
    AgentId agent = AgentGate.agent(request);
    Optional<AgentSessions.Seat> free = sessions.seat(agent);
    if (free.isEmpty()) {
      return Optional.empty();
    }
    try (var seat = free.get()) {
      var session =
          new SseSession(
              RandomName.of("session_", random),
              agent,
              AgentGate.key(request),
              methods,
              json,
              new EventChannel(ClientConnection.of(request), limits),
              id -> sessions.forget(agent, id));
      sessions.admit(seat, session);
      return Optional.of(session);
    }
  }

  private void stream(SseSession session, Secret key, HttpServletResponse response)
      throws IOException {
    if (!liveness.lives(key)) { // revoked between the gate and the session's registration
      HttpProblem.UNAUTHENTICATED.write(response);
      return;
    }
    response.setContentType("text/event-stream");
    response.setHeader("X-Accel-Buffering", "no");
    response.setHeader("Connection", "close");
    String endpoint = SseMessages.PATH + "?" + SseMessages.SESSION + "=" + session.getId();
    try {
      session.serve(endpoint, response.getOutputStream(), () -> liveness.lives(key));
    } catch (IOException left) {
      // the client has left, or the session was ended while it was written to
    }
  }
}
