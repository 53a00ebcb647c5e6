package dev.keyward.server.config;

import dev.keyward.server.config.ConfigFile.BadValue;
import java.net.InetAddress;
import java.net.URI;

/// URLs over which something is fetched or sent that nobody on the way may read or change.
public final class SafeUrl {
  private SafeUrl() {}

  /// {@return the URL: https, or http on this machine; no user, query or fragment}
  ///
  /// @throws BadValue naming the rule
  static URI parse(String text, String field) {
    try {
      URI url = URI.create(text);
      if (isSafe(url)) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new BadValue(
        field, "must be an https:// URL without a query (http:// only on this machine)");
  }

  /// {@return whether it is https, or http on this machine, with no user, query or fragment}
  public static boolean isSafe(URI url) {
    return isPrivate(url) && url.getRawQuery() == null;
  }

  /// {@return whether nobody on the way reads it: https, or http on this machine, with no user or
  /// fragment}
  public static boolean isPrivate(URI url) {
    boolean plain =
        url.getHost() != null && url.getRawUserInfo() == null && url.getRawFragment() == null;
    return plain
        && ("https".equals(url.getScheme())
            || ("http".equals(url.getScheme()) && loopback(url.getHost())));
  }

  static boolean loopback(String host) {
    try {
      return host.equals("localhost") || InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return false; // a name, of which nobody knows where it will point
    }
  }
}
