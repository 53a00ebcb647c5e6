package dev.keyward.demo.bench;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// The upstream, a process of its own: answers `GET` with 2 KB of JSON to whoever sends its key,
/// and with 401 to others; at `/leak` the answer holds the key, and at `/slow` it comes after ten
/// minutes.
///
/// As little HTTP as the callers here need, so that it costs next to nothing. Its standard input
/// gives it the key, and its end ends it.
public final class Upstream {
  private static final int BACKLOG = 4096;
  private static final Duration SLOW = Duration.ofMinutes(10);

  private final String authorization;
  private final byte[] item;
  private final byte[] leak;

  private Upstream(String key) {
    this.authorization = "authorization: bearer " + key;
    this.item = answer("200 OK", Item.json("Nothing else is known."));
    this.leak = answer("200 OK", Item.json("Called with " + key));
  }

  /// Prints the port and serves.
  public static void main(String[] arguments) throws IOException {
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var upstream = new Upstream(String.valueOf(input.readLine()));
    try (var server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress())) {
      System.out.println("port " + server.getLocalPort());
      Thread.ofPlatform().daemon().start(() -> upstream.serve(server));
      while (input.read() >= 0) {
        // until whoever started this is gone
      }
    }
  }

  private void serve(ServerSocket server) {
    while (true) {
      try {
        Socket connection = server.accept();
        connection.setTcpNoDelay(true);
        Thread.startVirtualThread(() -> talk(connection));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void talk(Socket connection) {
    try (connection) {
      var in = new BufferedInputStream(connection.getInputStream());
      for (String head = head(in); !head.isEmpty(); head = head(in)) {
        if (head.startsWith("GET /slow")) {
          Thread.sleep(SLOW);
        }
        connection.getOutputStream().write(answer(head));
      }
    } catch (IOException | InterruptedException gone) {
      // the other side has had enough
    }
  }

  private byte[] answer(String head) {
    if (head.lines().noneMatch(line -> line.equalsIgnoreCase(authorization))) {
      return answer("401 Unauthorized", "{}");
    }
    return head.startsWith("GET /leak") ? leak : item;
  }

  /// {@return a request's lines; empty at the end}
  private static String head(InputStream in) throws IOException {
    var head = new StringBuilder(512);
    while (head.length() < 4 || head.indexOf("\r\n\r\n", head.length() - 4) < 0) {
      int next = in.read();
      if (next < 0) {
        return "";
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static byte[] answer(String status, String body) {
    String head =
        "HTTP/1.1 "
            + status
            + "\r\nContent-Type: application/json\r\nContent-Length: "
            + body.getBytes(StandardCharsets.UTF_8).length
            + "\r\n\r\n";
    return (head + body).getBytes(StandardCharsets.UTF_8);
  }
}
