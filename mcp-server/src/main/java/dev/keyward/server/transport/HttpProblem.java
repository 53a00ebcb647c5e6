package dev.keyward.server.transport;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Why an HTTP request is turned away before it reaches a method. The body is a JSON-RPC error
/// without an id; nothing of the request is repeated in it.
enum HttpProblem {
  BAD_REQUEST(400, RpcReply.INVALID_REQUEST, "The request is not valid."),
  NOT_JSON(400, RpcReply.PARSE_ERROR, RpcReply.NOT_JSON),
  NOT_A_MESSAGE(400, RpcReply.INVALID_REQUEST, RpcReply.NOT_A_MESSAGE),
  VERSION(400, RpcReply.INVALID_REQUEST, "MCP-Protocol-Version names no revision spoken here."),
  SESSION_REQUIRED(400, RpcReply.INVALID_REQUEST, RpcReply.NO_SESSION),
  UNAUTHENTICATED(401, RpcReply.UNAUTHENTICATED, "The agent key is missing or not accepted."),
  SCOPE(
      403, RpcReply.REFUSED, "The token's scope names no tools. Ask for one with the scope tools."),
  ORIGIN(403, RpcReply.REFUSED, "Web pages of this origin may not call the broker."),
  NOT_FOUND(404, RpcReply.REFUSED, "There is nothing here; MCP is spoken at /mcp and /sse."),
  SESSION_UNKNOWN(404, RpcReply.REFUSED, "There is no such session. Initialize a new one."),
  METHOD(405, RpcReply.INVALID_REQUEST, "Use POST, GET or DELETE."),
  GET_ONLY(
      405, RpcReply.INVALID_REQUEST, "Open the stream with GET; or speak Streamable HTTP at /mcp."),
  READ_ONLY(405, RpcReply.INVALID_REQUEST, "This can only be read."),
  POST_ONLY(405, RpcReply.INVALID_REQUEST, "Send messages with POST."),
  NOT_ACCEPTABLE(
      406,
      RpcReply.INVALID_REQUEST,
      "Accept must name text/event-stream, and for POST application/json too."),
  TOO_LARGE(413, RpcReply.INVALID_REQUEST, "The message is too large."),
  MEDIA_TYPE(415, RpcReply.INVALID_REQUEST, "Content-Type must be application/json."),
  HOST(421, RpcReply.REFUSED, "The broker does not answer under this host name."),
  SESSIONS(429, RpcReply.REFUSED, "This agent has too many sessions in use. Close one first."),
  REQUESTS(429, RpcReply.REFUSED, "Too many requests are open. Await some first."),
  BROKEN(500, RpcReply.INTERNAL_ERROR, "The broker failed. Its operator can see why in its log."),
  UNAVAILABLE(503, RpcReply.REFUSED, "The broker is stopping or not ready. Try again.");

  /// The header that tells how to authenticate.
  static final String CHALLENGE = "WWW-Authenticate";

  private final int status;
  private final int code;
  private final String sentence;

  HttpProblem(int status, int code, String sentence) {
    this.status = status;
    this.code = code;
    this.sentence = sentence;
  }

  /// {@return the problem that stands for a status that a library chose}
  static HttpProblem of(int status) {
    return Arrays.stream(values())
        .filter(problem -> problem.status == status)
        .findFirst()
        .orElse(status < 500 ? BAD_REQUEST : BROKEN);
  }

  /// {@return the problem that `bad` is}
  static HttpProblem of(BadMessage bad) {
    return bad.code() == RpcReply.PARSE_ERROR ? NOT_JSON : NOT_A_MESSAGE;
  }

  /// {@return a JSON-RPC error without an id}
  static ObjectNode body(int code, String sentence) {
    var body = JsonNodeFactory.instance.objectNode().put("jsonrpc", "2.0").putNull("id");
    body.putObject("error").put("code", code).put("message", sentence);
    return body;
  }

  /// {@return the body}
  String body() {
    return body(code, sentence).toString();
  }

  /// {@return the header that must go with it, if any}
  Optional<Header> header() {
    return switch (this) {
      case UNAUTHENTICATED, SCOPE -> Optional.of(new Header(CHALLENGE, "Bearer"));
      case METHOD -> Optional.of(new Header("Allow", "POST, GET, DELETE"));
      case GET_ONLY, READ_ONLY -> Optional.of(new Header("Allow", "GET"));
      case POST_ONLY -> Optional.of(new Header("Allow", "POST"));
      case UNAVAILABLE -> Optional.of(new Header("Connection", "close")); // the body is unread
      default -> Optional.empty();
    };
  }

  /// Answers with it. A header that is set already, as one that says more, stays.
  void write(HttpServletResponse response) throws IOException {
    write(response, body());
  }

  /// Answers with it where no JSON-RPC is spoken: `{"error": {"code": …, "message": …}}`.
  void writePlain(HttpServletResponse response) throws IOException {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.putObject("error").put("code", name().toLowerCase(Locale.ROOT)).put("message", sentence);
    write(response, body.toString());
  }

  private void write(HttpServletResponse response, String body) throws IOException {
    response.setStatus(status);
    header()
        .filter(header -> !response.containsHeader(header.name))
        .ifPresent(header -> response.setHeader(header.name, header.value));
    response.setContentType("application/json");
    response.setCharacterEncoding("UTF-8");
    response.getWriter().write(body);
    response.getWriter().flush();
  }

  /// A header of the answer.
  record Header(String name, String value) {}
}
