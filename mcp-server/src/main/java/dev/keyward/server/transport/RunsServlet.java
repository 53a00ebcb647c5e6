package dev.keyward.server.transport;

import dev.keyward.redaction.TouchesSecret;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `POST /v1/runs` opens a run, `GET /v1/runs/{id}` shows an open one, `DELETE /v1/runs/{id}` ends
/// it.
///
/// Each request carries the opener's key or token. Answers 201 with the run and its token, 200 with
/// the run, 204; 400 to what breaks a rule, 403 to what is more than the opener may do, 404 for no
/// such run of the opener's, 413 above the size limit, 415 to what is not JSON, 429 when too many
/// are open or were opened within the minute, then with `Retry-After`. Bodies of these errors are
/// `{"error": {"code": …, "message": …}}`; a missing key and a foreign host are answered as at
/// `/mcp`.
@SuppressWarnings("serial") // servlets are not serialized
final class RunsServlet extends HttpServlet {
  static final String PATH = "/v1/runs";

  private final Broker broker;
  private final int maxBodyBytes;
  private final McpJson json = new McpJson();

  RunsServlet(Broker broker, int maxBodyBytes) {
    this.broker = broker;
    this.maxBodyBytes = maxBodyBytes;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String id =
        Optional.ofNullable(request.getPathInfo()).map(path -> path.substring(1)).orElse("");
    switch (request.getMethod()) {
      case "POST" -> open(request, response, id);
      case "GET" -> answer(request, response, new RunAsked.Show(id));
      case "DELETE" -> answer(request, response, new RunAsked.End(id));
      default -> HttpProblem.METHOD.writePlain(response);
    }
  }

  private void open(HttpServletRequest request, HttpServletResponse response, String id)
      throws IOException {
    if (!id.isEmpty()) {
      HttpProblem.NOT_FOUND.writePlain(response);
      return;
    }
    if (!AgentGate.isJson(request.getContentType())) {
      HttpProblem.MEDIA_TYPE.writePlain(response);
      return;
    }
    byte[] body = request.getInputStream().readNBytes(maxBodyBytes + 1);
    if (body.length > maxBodyBytes) {
      HttpProblem.TOO_LARGE.writePlain(response);
      return;
    }
    JsonNode wanted;
    try {
      wanted = json.tree(text(body));
    } catch (BadMessage bad) {
      HttpProblem.of(bad).writePlain(response);
      return;
    }
    answer(request, response, new RunAsked.Open(wanted));
  }

  private static String text(byte[] body) throws BadMessage {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw BadMessage.notJson();
    }
  }

  /// The one place where a run's token is shown, to whoever opened it.
  @TouchesSecret
  private void answer(HttpServletRequest request, HttpServletResponse response, RunAsked asked)
      throws IOException {
    RunAnswer answer = broker.run(AgentGate.key(request), asked);
    response.setStatus(answer.status());
    if (answer.retryAfter() > 0) {
      response.setHeader("Retry-After", Integer.toString(answer.retryAfter()));
    }
    if (answer.status() == HttpServletResponse.SC_NO_CONTENT) {
      return;
    }
    response.setContentType("application/json");
    response.setCharacterEncoding("UTF-8");
    ObjectNode body = (ObjectNode) answer.body().json().deepCopy();
    answer.token().ifPresent(token -> body.put("token", token.<String>use(text -> text)));
    response.getWriter().write(json.line(body));
  }
}
