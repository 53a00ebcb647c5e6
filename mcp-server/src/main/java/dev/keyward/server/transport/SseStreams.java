package dev.keyward.server.transport;

import static java.lang.System.Logger.Level.ERROR;

import dev.keyward.call.AgentId;
import dev.keyward.call.CallRefused;
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
  private static final System.Logger log = System.getLogger(SseStreams.class.getName());

  private final Broker broker;
  private final AgentSessions sessions;
  private final McpMethods methods;
  private final RandomGenerator random;
  private final SseSession.Limits limits;
  private final McpJson json = new McpJson();

  SseStreams(
      Broker broker,
      AgentSessions sessions,
      McpMethods methods,
      RandomGenerator random,
      SseSession.Limits limits) {
    this.broker = broker;
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
              limits,
              ClientConnection.of(request),
              id -> sessions.forget(agent, id));
      sessions.admit(seat, session);
      return Optional.of(session);
    }
  }

  private void stream(SseSession session, Secret key, HttpServletResponse response)
      throws IOException {
    if (!live(key)) { // revoked between the gate and the session's registration
      HttpProblem.UNAUTHENTICATED.write(response);
      return;
    }
    response.setContentType("text/event-stream");
    response.setHeader("X-Accel-Buffering", "no");
    response.setHeader("Connection", "close");
    String endpoint = SseMessages.PATH + "?" + SseMessages.SESSION + "=" + session.getId();
    try {
      session.serve(endpoint, response.getOutputStream(), () -> live(key));
    } catch (IOException left) {
      // the client has left, or the session was ended while it was written to
    }
  }

  private boolean live(Secret key) {
    try {
      broker.authenticate(key);
      return true;
    } catch (CallRefused refused) {
      return false;
    } catch (RuntimeException broken) {
      log.log(ERROR, "an agent could not be authenticated: {0}", Faults.describe(broken));
      return true; // nothing is served on this word: every message is authenticated by itself
    }
  }
}
