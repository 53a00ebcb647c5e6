package dev.keyward.server.upstream;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.eclipse.jetty.client.Destination;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.SocketAddressResolver;

/// Hands Jetty the addresses that are allowed, for each new connection.
final class PinnedResolver implements SocketAddressResolver {
  private final AllowedAddresses allowed;
  private final Executor executor;

  /// @param allowedPrivate origins whose host may have a private or loopback address
  PinnedResolver(Resolution resolution, Set<URI> allowedPrivate, Executor executor) {
    this.allowed = new AllowedAddresses(resolution, allowedPrivate);
    this.executor = executor;
  }

  @Override
  public void resolve(
      String host,
      int port,
      Map<String, Object> context,
      Promise<List<InetSocketAddress>> promise) {
    String scheme = scheme(context);
    executor.execute(
        () -> {
          List<InetSocketAddress> checked;
          try {
            checked = named(allowed.of(scheme, host, port), host, port);
          } catch (IOException | AddressRefused | RuntimeException e) {
            promise.failed(e);
            return;
          }
          promise.succeeded(checked);
        });
  }

  /// With the name in it, which TLS needs for SNI and to check the certificate.
  private static List<InetSocketAddress> named(
      List<InetAddress> addresses, String bracketed, int port) throws IOException {
    String host =
        bracketed.startsWith("[") ? bracketed.substring(1, bracketed.length() - 1) : bracketed;
    List<InetSocketAddress> named = new ArrayList<>();
    for (InetAddress address : addresses) {
      named.add(new InetSocketAddress(InetAddress.getByAddress(host, address.getAddress()), port));
    }
    return named;
  }

  private static String scheme(Map<String, Object> context) {
    if (!(context.get(Destination.CONTEXT_KEY) instanceof Destination destination)) {
      throw new IllegalStateException("the client says for which destination it resolves");
    }
    return destination.getOrigin().getScheme();
  }
}
