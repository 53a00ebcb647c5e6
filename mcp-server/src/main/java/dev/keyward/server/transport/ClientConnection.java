package dev.keyward.server.transport;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/// The connection of a client that has sent its request and only listens from then on.
///
/// Jetty does not read from such a connection, and learns that the client has left from a write
/// that fails, the second one at the earliest. Here the end is read as soon as it comes. The
/// request must be the last one on its connection (`Connection: close`).
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
    ByteBuffer buffer = BufferUtil.allocate(1);
    try {
      return endPoint.fill(buffer) == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
