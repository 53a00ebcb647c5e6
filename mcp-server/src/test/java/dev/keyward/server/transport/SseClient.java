package dev.keyward.server.transport;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A client of HTTP+SSE on a socket of its own, which takes the stream apart byte by byte and
/// accepts nothing but whole frames.
final class SseClient implements AutoCloseable {
  private final URI listener;
  private final String key;
  private final Socket socket;
  private final InputStream in;
  private final String head;
  private final String endpoint;

  /// One frame of the stream; of a comment, what it says.
  sealed interface Frame {
    record Event(String name, String data) implements Frame {}

    record Comment(String text) implements Frame {}
  }

  private SseClient(URI listener, String key, Socket socket) throws IOException {
    this.listener = listener;
    this.key = key;
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
    this.head = head();
    this.endpoint = head.startsWith("HTTP/1.1 200 ") ? firstEvent() : "";
  }

  /// Asks for a stream; returns once the headers are there, and of a stream the first event.
  static SseClient open(URI listener, String key) throws IOException {
    return open(listener, key, new Socket());
  }

  static SseClient open(URI listener, String key, Socket socket) throws IOException {
    socket.connect(
        new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), port(listener)));
    String request =
        "GET /sse HTTP/1.1\r\nHost: localhost:%d\r\nAccept: text/event-stream\r\n"
                .formatted(port(listener))
            + "Authorization: Bearer "
            + key
            + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    return new SseClient(listener, key, socket);
  }

  /// Opens a session and goes through the handshake.
  static SseClient ready(URI listener, String key) throws IOException, InterruptedException {
    var client = open(listener, key);
    client.post(RawClient.INITIALIZE);
    client.message();
    client.post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    return client;
  }

  /// {@return the HTTP status}
  int status() {
    return Integer.parseInt(head.split(" ", 3)[1]);
  }

  /// {@return status line and headers}
  String headers() {
    return head;
  }

  /// {@return where messages go}
  URI endpoint() {
    return listener.resolve(endpoint);
  }

  /// {@return the session's id}
  String session() {
    return endpoint.substring(endpoint.indexOf('=') + 1);
  }

  /// {@return the answer to a message posted to this session}
  HttpResponse<String> post(String body, String... headers)
      throws IOException, InterruptedException {
    return post(key, endpoint(), body, headers);
  }

  /// {@return the answer to a message posted with any key, to anywhere}
  static HttpResponse<String> post(String key, URI to, String body, String... headers)
      throws IOException, InterruptedException {
    try (var client = new RawClient(to, key)) {
      return client.post(body, headers);
    }
  }

  /// {@return the next message, comments left out}
  JsonNode message() throws IOException {
    while (true) {
      switch (frame().orElseThrow(() -> new EOFException("the stream has ended"))) {
        case Frame.Event(var name, var data) -> {
          if (!name.equals("message")) {
            throw new IOException("an event of name " + name);
          }
          return JsonMapper.shared().readTree(data);
        }
        case Frame.Comment _ -> {}
      }
    }
  }

  /// {@return the next frame; empty at the end of the stream}
  ///
  /// @throws IOException if what comes is no whole frame
  Optional<Frame> frame() throws IOException {
    Optional<String> first = line();
    if (first.isEmpty()) {
      return Optional.empty();
    }
    if (first.get().startsWith(": ")) {
      expect("", line());
      return Optional.of(new Frame.Comment(first.get().substring(2)));
    }
    String name = after("event: ", first);
    String data = after("data: ", line());
    expect("", line());
    return Optional.of(new Frame.Event(name, data));
  }

  /// Reads on until the server ends the stream.
  void awaitEnd() throws IOException {
    try {
      while (frame().isPresent()) {}
    } catch (java.net.SocketException e) {
      // reset: an end too
    }
  }

  /// Sends what no client may send once it listens.
  void send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  /// Leaves without a word: the server's next packet is answered with a reset.
  void vanish() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private static int port(URI listener) {
    return listener.getPort();
  }

  private String head() throws IOException {
    var text = new StringBuilder();
    for (Optional<String> line = line(); !line.orElse("").isEmpty(); line = line()) {
      text.append(line.get()).append('\n');
    }
    return text.toString();
  }

  private String firstEvent() throws IOException {
    if (frame().orElseThrow() instanceof Frame.Event(var name, var data)
        && name.equals("endpoint")) {
      return data;
    }
    throw new IOException("the first event is not the endpoint");
  }

  private Optional<String> line() throws IOException {
    var bytes = new java.io.ByteArrayOutputStream();
    for (int read = in.read(); read != '\n'; read = in.read()) {
      if (read < 0) {
        expect("", Optional.of(bytes.toString(StandardCharsets.UTF_8)));
        return Optional.empty();
      }
      bytes.write(read);
    }
    return Optional.of(bytes.toString(StandardCharsets.UTF_8).replaceFirst("\r$", ""));
  }

  private static String after(String prefix, Optional<String> line) throws IOException {
    if (!line.orElse("").startsWith(prefix)) {
      throw new IOException("where " + prefix + "should stand: " + line);
    }
    return line.get().substring(prefix.length());
  }

  private static void expect(String wanted, Optional<String> line) throws IOException {
    if (!line.equals(Optional.of(wanted))) {
      throw new IOException("a frame is not whole: " + line);
    }
  }
}
