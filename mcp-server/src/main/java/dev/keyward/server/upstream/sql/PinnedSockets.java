package dev.keyward.server.upstream.sql;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;

/// Sockets that connect to one address, whatever name they are asked for: the name has been looked
/// up and its address checked before. The driver makes it by its name, with the address as text.
public final class PinnedSockets extends SocketFactory {
  private final InetAddress address;

  /// @param literal an address, not a name
  public PinnedSockets(String literal) {
    this.address = InetAddress.ofLiteral(literal);
  }

  @Override
  public Socket createSocket() {
    return new Pinned(address);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected(port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return connected(port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected(port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return connected(port);
  }

  private Socket connected(int port) throws IOException {
    Socket socket = createSocket();
    socket.connect(new InetSocketAddress(address, port));
    return socket;
  }

  private static final class Pinned extends Socket {
    private final InetAddress address;

    Pinned(InetAddress address) {
      super(Proxy.NO_PROXY);
      this.address = address;
    }

    @Override
    public void connect(SocketAddress endpoint, int timeout) throws IOException {
      int port = ((InetSocketAddress) endpoint).getPort();
      super.connect(new InetSocketAddress(address, port), timeout);
    }
  }
}
