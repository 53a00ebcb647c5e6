package dev.keyward.server.upstream;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/// An upstream on loopback that does exactly what its script says with each connection.
final class ScriptedServer implements AutoCloseable {
  /// What to do with one connection; it is closed afterwards.
  interface Script {
    void on(Connection connection) throws IOException, InterruptedException;
  }

  private final ServerSocket socket;
  private final Script script;
  private final AtomicInteger connections = new AtomicInteger();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);

  ScriptedServer(Script script) {
    this(plain(), script);
  }

  ScriptedServer(ServerSocket socket, Script script) {
    this.socket = socket;
    this.script = script;
    Thread.ofVirtual().start(this::accept);
  }

  /// Answers every request of every connection with the same bytes.
  static ScriptedServer answering(String answer) {
    return answering(answer.getBytes(StandardCharsets.ISO_8859_1));
  }

  static ScriptedServer answering(byte[] answer) {
    return new ScriptedServer(
        connection -> {
          while (connection.readRequest()) {
            connection.write(answer);
          }
        });
  }

  static String json(String body) {
    return answer("200 OK", "application/json", body);
  }

  static String answer(String status, String type, String body) {
    int length = body.getBytes(StandardCharsets.ISO_8859_1).length;
    return "HTTP/1.1 "
        + status
        + "\r\nContent-Type: "
        + type
        + "\r\nContent-Length: "
        + length
        + "\r\n\r\n"
        + body;
  }

  private static ServerSocket plain() {
    try {
      return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  int port() {
    return socket.getLocalPort();
  }

  URI origin() {
    return URI.create("http://127.0.0.1:" + port());
  }

  int connections() {
    return connections.get();
  }

  /// {@return every request that came in whole, head and body}
  List<String> requests() {
    return new ArrayList<>(requests);
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket accepted = socket.accept();
        open.add(accepted);
        connections.incrementAndGet();
        Thread.ofVirtual().start(() -> serve(accepted));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket accepted) {
    try (accepted) {
      script.on(new Connection(accepted));
    } catch (IOException | InterruptedException e) {
      // The client went away, or the test is over.
    }
  }

  @Override
  public void close() throws IOException {
    closing.countDown();
    socket.close();
    for (Socket one : open) {
      one.close();
    }
  }

  /// One connection, from the server's side.
  final class Connection {
    private final Socket socket;
    private final InputStream in;
    private String last = "";

    Connection(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new BufferedInputStream(socket.getInputStream());
    }

    /// Reads head and body; false at the end of the connection.
    boolean readRequest() throws IOException {
      var head = new ByteArrayOutputStream();
      while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
        int next = in.read();
        if (next < 0) {
          return false;
        }
        head.write(next);
      }
      String text = head.toString(StandardCharsets.ISO_8859_1);
      byte[] body = in.readNBytes(length(text));
      last = text + new String(body, StandardCharsets.UTF_8);
      requests.add(last);
      return true;
    }

    private static int length(String head) {
      for (String line : head.split("\r\n", -1)) {
        if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
          return Integer.parseInt(line.substring(15).strip());
        }
      }
      return 0;
    }

    String lastRequest() {
      return last;
    }

    void write(String text) throws IOException {
      write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void write(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    }

    /// Ends the connection with a reset instead of a close.
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    /// Holds the connection open until the server is closed.
    void hold() throws InterruptedException {
      closing.await();
    }
  }
}
