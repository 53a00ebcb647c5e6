package dev.keyward.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;

/// Ports of 127.0.0.1 that nobody else takes while the server that is to listen there does not yet,
/// or not for a while: other tests run at the same time.
public final class TestPorts {
  private static final int FIRST = 10_000;

  /// From here on the system gives ports to whoever asks for any.
  private static final int END = 32_768;

  private static final int TRIES = 1000;

  private TestPorts() {}

  /// {@return a free port for a server that starts slowly, from those that nobody is given unasked}
  public static int free() {
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST, END);
      try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return port;
      } catch (IOException e) {
        // taken
      }
    }
    throw new IllegalStateException("no free port");
  }

  /// Keeps a port whose server is down: whoever connects is refused. A server can listen there
  /// again even before this is closed.
  public static Socket keep(int port) {
    var kept = new Socket();
    try {
      kept.setReuseAddress(true);
      kept.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return kept;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Gives a kept port back.
  public static void letGo(Socket kept) {
    try {
      kept.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
