package dev.keyward.demo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// What stands between a client and a broker: carries bytes, remembers those for the client, and
/// can break every connection at once, as when the client's computer is gone.
final class Relay implements AutoCloseable {
  private final ServerSocket door;
  private final InetSocketAddress to;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final ByteArrayOutputStream seen = new ByteArrayOutputStream(); // synchronizes itself

  private Relay(ServerSocket door, InetSocketAddress to) {
    this.door = door;
    this.to = to;
  }

  static Relay before(URI server) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    var relay =
        new Relay(
            new ServerSocket(0, 50, loopback), new InetSocketAddress(loopback, server.getPort()));
    Thread.startVirtualThread(relay::accept);
    return relay;
  }

  /// {@return lets an HTTP client go this way, under the server's own name}
  ProxySelector proxy() {
    return ProxySelector.of(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), door.getLocalPort()));
  }

  /// {@return everything that the client has been sent}
  String seen() {
    return seen.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    cut();
  }

  /// Breaks all connections, and takes no more.
  void cut() {
    close(door);
    open.forEach(Relay::close);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = door.accept();
        var server = new Socket(to.getAddress(), to.getPort());
        open.addAll(List.of(client, server));
        Thread.startVirtualThread(() -> carry(client, server, OutputStream.nullOutputStream()));
        Thread.startVirtualThread(() -> carry(server, client, seen));
      }
    } catch (IOException closed) {
      cut();
    }
  }

  private static void carry(Socket from, Socket to, OutputStream copy) {
    byte[] buffer = new byte[8192];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        copy.write(buffer, 0, count);
        to.getOutputStream().write(buffer, 0, count);
      }
    } catch (IOException broken) {
      // one of the two has gone, and so the other goes
    }
  }

  private static void close(AutoCloseable closing) {
    try {
      closing.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
