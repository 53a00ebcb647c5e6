package dev.keyward.server.transport;

import dev.keyward.redaction.Secret;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Answers the requests that come in a session, one JSON body for each, without the SDK.
///
/// The SDK answers with an event stream of one event, which costs as much as all stages of a call
/// together: a reactive pipeline, an asynchronous request, two writes. Clients must take both forms
/// (MCP 2025-11-25, "Sending Messages to the Server", 5). What is no such request, notifications
/// and bad messages among it, goes on to the SDK as it came. Thread-safe; blocks.
final class DirectAnswers {
  private final McpMethods methods;
  private final McpJson json;
  private final int maxBodyBytes;

  DirectAnswers(McpMethods methods, McpJson json, int maxBodyBytes) {
    this.methods = methods;
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
    if (!isUtf8(request.getCharacterEncoding())) {
      return Optional.of(request);
    }
    byte[] body = body(request);
    AgentGate.share(request).shrink(body.length);
    if (body.length > maxBodyBytes) {
      HttpProblem.TOO_LARGE.write(response);
      return Optional.empty();
    }
    Optional<JSONRPCRequest> read = read(body);
    if (read.isEmpty()) {
      return Optional.of(new Unread(request, body));
    }
    answer(read.get(), response, session, key);
    return Optional.empty();
  }

  /// A body without a length is read until it is too long; one with a length was looked at before.
  private byte[] body(HttpServletRequest request) throws IOException {
    int length = request.getContentLength();
    return request.getInputStream().readNBytes(length < 0 ? maxBodyBytes + 1 : length);
  }

  private Optional<JSONRPCRequest> read(byte[] body) {
    try {
      JSONRPCMessage message = json.message(new String(body, StandardCharsets.UTF_8));
      return message instanceof JSONRPCRequest request
              && McpMethods.NAMES.contains(request.method())
          ? Optional.of(request)
          : Optional.empty();
    } catch (BadMessage e) {
      return Optional.empty(); // the SDK finds out, too
    }
  }

  private void answer(
      JSONRPCRequest request, HttpServletResponse response, BoundSession session, Secret key)
      throws IOException {
    try (var _ = session.answering()) {
      var client = new Presented(key, session.getId(), "http");
      switch (methods.answer(request.method(), client, (Inbound) request.params())) {
        case RpcReply.Result(var value) ->
            write(response, JSONRPCResponse.result(request.id(), value));
        case RpcReply.Failure(var error) ->
            write(response, JSONRPCResponse.error(request.id(), error));
        case RpcReply.Silence() -> response.setContentType("text/event-stream"); // without events
      }
    }
  }

  private void write(HttpServletResponse response, JSONRPCResponse message) throws IOException {
    byte[] body = json.writeValueAsBytes(message);
    response.setContentType("application/json");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  private static boolean isUtf8(@Nullable String charset) {
    return charset == null || charset.equalsIgnoreCase("utf-8");
  }

  /// A request whose body has been read, and can be read again.
  private static final class Unread extends HttpServletRequestWrapper {
    private final byte[] body;

    Unread(HttpServletRequest request, byte[] body) {
      super(request);
      this.body = body;
    }

    @Override
    public ServletInputStream getInputStream() {
      return new Replay(new ByteArrayInputStream(body));
    }
  }

  private static final class Replay extends ServletInputStream {
    private final ByteArrayInputStream body;

    Replay(ByteArrayInputStream body) {
      this.body = body;
    }

    @Override
    public int read() {
      return body.read();
    }

    @Override
    public int read(byte[] bytes, int from, int count) {
      return body.read(bytes, from, count);
    }

    @Override
    public boolean isFinished() {
      return body.available() == 0;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setReadListener(ReadListener listener) {
      throw new UnsupportedOperationException("the body is here already");
    }
  }
}
