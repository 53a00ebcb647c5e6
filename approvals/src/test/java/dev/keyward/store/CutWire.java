package dev.keyward.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The network between a broker and its PostgreSQL server, to be cut: all of it, or just before the
/// answer to one commit arrives. On loopback.
public final class CutWire implements AutoCloseable {
  private static final int CHUNK = 1 << 16;

  private final ServerSocket door;
  private final int server;
  private final Set<Line> lines = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;
  private volatile @Nullable String marker;

  /// Lays a wire to the server of `settings`.
  public CutWire(PostgresSettings settings) {
    this.server = settings.address().port();
    try {
      this.door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.startVirtualThread(this::accept);
  }

  /// {@return the same database at the other end of this wire}
  public PostgresSettings through(PostgresSettings settings) {
    PostgresAddress direct = settings.address();
    var address =
        new PostgresAddress(
            "127.0.0.1",
            door.getLocalPort(),
            direct.database(),
            direct.user(),
            direct.tls(),
            direct.ca());
    return new PostgresSettings(address, settings.user(), settings.password(), settings.writer());
  }

  /// Ends every connection and lets none through.
  public void cut() {
    cut = true;
    lines.forEach(Line::end);
  }

  /// Lets connections through again.
  public void mend() {
    cut = false;
  }

  /// Cuts the next connection that sends `text` and then commits, once the server has committed and
  /// before it can say so; once.
  public void loseAnswerToCommitOf(String text) {
    marker = text;
  }

  /// {@return whether that has happened}
  public boolean lost() {
    return marker == null;
  }

  @Override
  public void close() throws IOException {
    door.close();
    lines.forEach(Line::end);
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        connect(door.accept());
      } catch (IOException e) {
        // the server is down, or this is closed
      }
    }
  }

  /// Whoever cuts ends every line that is known, so a line is made known before it is looked
  /// whether it may be.
  private void connect(Socket client) throws IOException {
    Line line;
    try {
      line = new Line(client, new Socket(InetAddress.getLoopbackAddress(), server));
    } catch (IOException e) {
      client.close();
      throw e;
    }
    lines.add(line);
    if (cut || door.isClosed()) {
      line.end();
      return;
    }
    Thread.startVirtualThread(line::up);
    Thread.startVirtualThread(line::down);
  }

  /// One connection.
  private final class Line {
    private final Socket client;
    private final Socket backend;
    private volatile boolean marked;

    Line(Socket client, Socket backend) {
      this.client = client;
      this.backend = backend;
    }

    void up() {
      carry(
          client,
          backend,
          text -> {
            String wanted = marker;
            marked |= wanted != null && text.contains(wanted);
            return false;
          });
    }

    void down() {
      carry(
          backend,
          client,
          text -> {
            boolean lose = marked && text.contains("COMMIT\0");
            if (lose) {
              marker = null;
            }
            return lose;
          });
    }

    void end() {
      lines.remove(this);
      for (Socket socket : Set.of(client, backend)) {
        try {
          socket.close();
        } catch (IOException e) {
          // it is gone
        }
      }
    }

    private void carry(Socket from, Socket to, Predicate<String> loses) {
      var chunk = new byte[CHUNK];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
          if (loses.test(new String(chunk, 0, read, StandardCharsets.ISO_8859_1))) {
            break;
          }
          out.write(chunk, 0, read);
          out.flush();
        }
      } catch (IOException e) {
        // one end has gone
      }
      end();
    }
  }
}
