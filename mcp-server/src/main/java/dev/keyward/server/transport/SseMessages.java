package dev.keyward.server.transport;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// `POST /sse/message?session=…`: one message of a client of the HTTP+SSE transport.
///
/// Answers 202 at once; what the message comes to goes onto the session's stream. Answers 400 to
/// what is no message, 404 for a session that does not exist, is another agent's, or was opened
/// with another key, 405 to other methods, 413 above the size limit, 415 to what is not JSON, 429
/// when too many requests of the session, or of the agent, are open.
@SuppressWarnings("serial") // servlets are not serialized
final class SseMessages extends HttpServlet {
  static final String PATH = "/sse/message";
  static final String SESSION = "session";

  private final AgentSessions sessions;
  private final AgentLoad load;
  private final int maxBodyBytes;
  private final McpJson json = new McpJson();

  SseMessages(AgentSessions sessions, AgentLoad load, int maxBodyBytes) {
    this.sessions = sessions;
    this.load = load;
    this.maxBodyBytes = maxBodyBytes;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<HttpProblem> problem = form(request);
    if (problem.isEmpty()) {
      problem = take(request);
    }
    if (problem.isPresent()) {
      problem.get().write(response);
    } else {
      response.setStatus(HttpServletResponse.SC_ACCEPTED);
    }
  }

  private static Optional<HttpProblem> form(HttpServletRequest request) {
    if (!request.getMethod().equals("POST")) {
      return Optional.of(HttpProblem.POST_ONLY);
    }
    if (!AgentGate.isJson(request.getContentType())) {
      return Optional.of(HttpProblem.MEDIA_TYPE);
    }
    return AgentGate.spoken(request, SseSession.VERSIONS)
        ? Optional.empty()
        : Optional.of(HttpProblem.VERSION);
  }

  private Optional<HttpProblem> take(HttpServletRequest request) throws IOException {
    Optional<SseSession> session = session(request);
    if (session.isEmpty()) {
      request.getInputStream().skip(maxBodyBytes); // else the client writes on and hears nothing
      return Optional.of(HttpProblem.SESSION_UNKNOWN);
    }
    byte[] body = request.getInputStream().readNBytes(maxBodyBytes + 1);
    if (body.length > maxBodyBytes) {
      return Optional.of(HttpProblem.TOO_LARGE);
    }
    JSONRPCMessage message;
    try {
      message = json.message(text(body));
    } catch (BadMessage bad) {
      return Optional.of(HttpProblem.of(bad));
    }
    return take(session.get(), message, body.length);
  }

  /// The answer comes after this request has ended, so the message has a share of its own.
  private Optional<HttpProblem> take(SseSession session, JSONRPCMessage message, int bytes) {
    Optional<AgentLoad.Share> room = load.take(session.agent(), bytes);
    return room.isPresent() ? session.take(message, room.get()) : Optional.of(HttpProblem.REQUESTS);
  }

  /// By the query alone: a form parameter would read the body.
  private Optional<SseSession> session(HttpServletRequest request) {
    String query = Optional.ofNullable(request.getQueryString()).orElse("");
    return query.startsWith(SESSION + "=")
        ? sessions
            .sse(AgentGate.agent(request), query.substring(SESSION.length() + 1))
            .filter(session -> session.openedWith(AgentGate.key(request)))
        : Optional.empty();
  }

  private static String text(byte[] body) throws BadMessage {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw BadMessage.notJson();
    }
  }
}
