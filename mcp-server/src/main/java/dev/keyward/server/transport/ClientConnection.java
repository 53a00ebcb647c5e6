package dev.keyward.server.transport;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/// The connection of a client that has sent its request and only listens from then on.
///
/// Jetty does not read from such a connection, and learns that the client has left from a write
/// that fails, the second one at the earliest. Here the end is read as soon as it comes. The
/// request of [#watch] must be the last one on its connection (`Connection: close`).
final class ClientConnection {
  private final EndPoint endPoint;

  private ClientConnection(EndPoint endPoint) {
    this.endPoint = endPoint;
  }

  /// {@return the connection on which `request` came}
  static ClientConnection of(HttpServletRequest request) {
    return new ClientConnection(
        ServletContextRequest.getServletContextRequest(request)
            .getConnectionMetaData()
            .getConnection()
            .getEndPoint());
  }

  /// Runs `gone` once the client has left, or sends what it must not, or [#cut] was called; on a
  /// thread of the listener's.
  void watch(Runnable gone) {
    endPoint.fillInterested(Callback.from(() -> readable(gone), _ -> gone.run()));
  }

  /// Watches the client of a request that is being answered, on a connection that more requests may
  /// come on. Until the result is closed, nobody else may read from the connection.
  ///
  /// @param gone run once if the client leaves; on a thread of the listener's
  Departure departure(Runnable gone) {
    var departure = new Departure(gone);
    departure.watch();
    return departure;
  }

  /// The watch over a client whose request is being answered. Thread-safe.
  final class Departure implements AutoCloseable {
    private final Runnable gone;
    private boolean closed;
    private boolean spoke;

    private Departure(Runnable gone) {
      this.gone = gone;
    }

    /// {@return whether the client sent something, which was lost with that: it may not send more
    /// on this connection, and has to be told so}
    synchronized boolean spoke() {
      return spoke;
    }

    /// Leaves the connection to its server again. Must come before the answer is complete.
    @Override
    public void close() {
      synchronized (this) {
        closed = true;
      }
      if (endPoint instanceof AbstractEndPoint watched) {
        watched.getFillInterest().onFail(new ClosedChannelException());
      }
    }

    private synchronized void watch() {
      if (!closed) {
        endPoint.tryFillInterested(Callback.from(this::readable, _ -> ended()));
      }
    }

    private void readable() {
      boolean left;
      synchronized (this) {
        if (closed) {
          return;
        }
        int count = read();
        spoke = count > 0;
        left = count < 0;
      }
      if (left) {
        gone.run();
      } else if (!spoke()) {
        watch();
      }
    }

    private void ended() {
      boolean mine;
      synchronized (this) {
        mine = closed;
      }
      if (!mine) {
        gone.run();
      }
    }
  }

  /// Closes the connection at once, whatever is being written.
  void cut() {
    endPoint.close();
  }

  private void readable(Runnable gone) {
    if (nothingCame()) {
      watch(gone);
    } else {
      gone.run();
    }
  }

  private boolean nothingCame() {
    return read() == 0;
  }

  /// {@return how many bytes were read, at most one; -1 at the end}
  private int read() {
    ByteBuffer buffer = BufferUtil.allocate(1);
    try {
      return endPoint.fill(buffer);
    } catch (IOException e) {
      return -1;
    }
  }
}
