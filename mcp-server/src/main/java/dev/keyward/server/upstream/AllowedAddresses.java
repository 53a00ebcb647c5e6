package dev.keyward.server.upstream;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/// Looks a host up and checks every address that it has: public ones, and those of origins that the
/// operator lists. Whoever connects does so to these very addresses, so that nothing looks the name
/// up again between check and connect.
///
/// One address that is not allowed refuses the whole answer: a mixed one is how rebinding looks.
public final class AllowedAddresses {
  private final Resolution resolution;
  private final Set<String> allowedPrivate;

  /// @param allowedPrivate origins whose host may have a private or loopback address
  public AllowedAddresses(Resolution resolution, Set<URI> allowedPrivate) {
    this.resolution = resolution;
    this.allowedPrivate =
        allowedPrivate.stream().map(AllowedAddresses::origin).collect(Collectors.toSet());
  }

  /// {@return the addresses of an origin's host, at least one}
  ///
  /// @throws AddressRefused if one of them is not allowed
  public List<InetAddress> of(URI origin) throws UnknownHostException, AddressRefused {
    return of(origin.getScheme(), origin.getHost(), port(origin));
  }

  List<InetAddress> of(String scheme, String bracketed, int port)
      throws UnknownHostException, AddressRefused {
    String host = bare(bracketed);
    String origin = origin(scheme, host, port);
    List<InetAddress> found = resolution.resolve(host);
    if (found.isEmpty()) {
      throw new UnknownHostException(host);
    }
    for (InetAddress address : found) {
      if (!AddressRules.isPublic(address) && !isListed(origin, host, address)) {
        throw new AddressRefused(origin);
      }
    }
    return List.copyOf(found);
  }

  /// {@return the port of an origin, stated or its scheme's own}
  public static int port(URI origin) {
    if (origin.getPort() >= 0) {
      return origin.getPort();
    }
    return switch (origin.getScheme().toLowerCase(Locale.ROOT)) {
      case "https" -> 443;
      case "postgresql" -> 5432;
      default -> 80;
    };
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

  /// {@return scheme, host and port in one spelling}
  static String origin(URI uri) {
    if (uri.getHost() == null) { // no host that Java knows as one; the resolver judges it
      return uri.toString().toLowerCase(Locale.ROOT);
    }
    return origin(uri.getScheme(), uri.getHost(), port(uri));
  }

  private static String origin(String scheme, String host, int port) {
    return (scheme + "://" + bare(host) + ":" + port).toLowerCase(Locale.ROOT);
  }
}
