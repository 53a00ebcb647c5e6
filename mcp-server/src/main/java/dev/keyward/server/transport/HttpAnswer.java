package dev.keyward.server.transport;

import dev.keyward.call.Cancellation;
import dev.keyward.call.Refusal;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The answer to one request over HTTP: one JSON body where it comes soon, and an event stream
/// where it does not, so that neither the client nor what stands between takes it for dead. A
/// client that leaves before it has its answer takes the request back. Thread-safe; blocks.
final class HttpAnswer implements WayBack, AutoCloseable {
  private static final byte[] KEEP_ALIVE = ": keep-alive\n\n".getBytes(StandardCharsets.US_ASCII);

  private final ClientConnection connection;
  private final HttpServletResponse response;
  private final McpJson json;
  private Optional<ClientConnection.Departure> watch = Optional.empty();
  private boolean streaming;
  private boolean over;

  HttpAnswer(HttpServletRequest request, HttpServletResponse response, McpJson json) {
    this.connection = ClientConnection.of(request);
    this.response = response;
    this.json = json;
  }

  @Override
  public synchronized void lasts(Cancellation cancellation) {
    if (!over) {
      watch = Optional.of(connection.departure(() -> cancellation.cancel(new Refusal.Cancelled())));
    }
  }

  @Override
  public void send(Object message, Cancellation cancellation) {
    tell(frame(message), cancellation);
  }

  @Override
  public void beat(Optional<JSONRPCNotification> progress, Cancellation cancellation) {
    tell(progress.map(this::frame).orElse(KEEP_ALIVE), cancellation);
  }

  private synchronized void tell(byte[] frame, Cancellation cancellation) {
    if (over) {
      return;
    }
    try {
      begin();
      write(frame);
    } catch (IOException left) {
      over = true;
      cancellation.cancel(new Refusal.Cancelled());
    }
  }

  /// Gives the answer, in whichever form it has come to.
  ///
  /// @param status where it is one JSON body
  synchronized void end(int status, Object message) throws IOException {
    if (over) {
      return; // the client has left
    }
    unwatch();
    if (streaming) {
      write(frame(message));
    } else {
      byte[] body = json.writeValueAsBytes(message);
      response.setStatus(status);
      response.setContentType("application/json");
      response.setContentLength(body.length);
      response.getOutputStream().write(body);
    }
  }

  /// Ends without an answer: the client has taken the request back.
  synchronized void end() {
    unwatch();
    if (!streaming) {
      response.setContentType("text/event-stream"); // without events
    }
  }

  /// Leaves request and response to their server.
  @Override
  public synchronized void close() {
    unwatch();
  }

  private void unwatch() {
    over = true;
    watch.ifPresent(ClientConnection.Departure::close);
    if (watch.filter(ClientConnection.Departure::spoke).isPresent() && !streaming) {
      response.setHeader("Connection", "close");
    }
  }

  private void begin() {
    if (!streaming) {
      streaming = true;
      response.setContentType("text/event-stream");
      response.setHeader("X-Accel-Buffering", "no");
      response.setHeader("Connection", "close"); // what else the client sends is not looked at
    }
  }

  private byte[] frame(Object message) {
    return ("event: message\ndata: " + json.line(message) + "\n\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private void write(byte[] frame) throws IOException {
    response.getOutputStream().write(frame);
    response.getOutputStream().flush();
  }
}
