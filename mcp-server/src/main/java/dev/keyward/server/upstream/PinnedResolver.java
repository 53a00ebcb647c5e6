package dev.keyward.server.upstream;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.eclipse.jetty.client.Destination;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.SocketAddressResolver;

/// Looks a host up once for each new connection, checks every address, and hands on those very
/// addresses, so that nothing looks the name up again between check and connect.
///
/// One address that is not allowed refuses the whole answer: a mixed one is how rebinding looks.
final class PinnedResolver implements SocketAddressResolver {
  private final Resolution resolution;
  private final Set<String> allowedPrivate;
  private final Executor executor;

  /// @param allowedPrivate origins whose host may have a private or loopback address
  PinnedResolver(Resolution resolution, Set<URI> allowedPrivate, Executor executor) {
    this.resolution = resolution;
    this.allowedPrivate =
        allowedPrivate.stream().map(PinnedResolver::origin).collect(Collectors.toSet());
    this.executor = executor;
  }

  @Override
  public void resolve(
      String host,
      int port,
      Map<String, Object> context,
      Promise<List<InetSocketAddress>> promise) {
    String origin = origin(context, host, port);
    executor.execute(
        () -> {
          List<InetSocketAddress> checked;
          try {
            checked = checked(bare(host), port, origin);
          } catch (IOException | AddressRefused | RuntimeException e) {
            promise.failed(e);
            return;
          }
          promise.succeeded(checked);
        });
  }

  private List<InetSocketAddress> checked(String host, int port, String origin)
      throws IOException, AddressRefused {
    List<InetSocketAddress> checked = new ArrayList<>();
    for (InetAddress address : resolution.resolve(host)) {
      if (!AddressRules.isPublic(address) && !isListed(origin, host, address)) {
        throw new AddressRefused(origin);
      }
      // With the name in it, which TLS needs for SNI and to check the certificate.
      var named = InetAddress.getByAddress(host, address.getAddress());
      checked.add(new InetSocketAddress(named, port));
    }
    if (checked.isEmpty()) {
      throw new UnknownHostException(host);
    }
    return checked;
  }

  private boolean isListed(String origin, String host, InetAddress address) {
    return allowedPrivate.contains(origin)
        && (AddressRules.mayBeListedByName(address) || isLiteral(host));
  }

  private static boolean isLiteral(String host) {
    return host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
  }

  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private static String origin(Map<String, Object> context, String host, int port) {
    if (!(context.get(Destination.CONTEXT_KEY) instanceof Destination destination)) {
      throw new IllegalStateException("the client says for which destination it resolves");
    }
    return origin(destination.getOrigin().getScheme(), host, port);
  }

  /// {@return scheme, host and port in one spelling}
  static String origin(URI uri) {
    int standard = uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    return origin(uri.getScheme(), uri.getHost(), uri.getPort() < 0 ? standard : uri.getPort());
  }

  private static String origin(String scheme, String host, int port) {
    return (scheme + "://" + bare(host) + ":" + port).toLowerCase(Locale.ROOT);
  }
}
