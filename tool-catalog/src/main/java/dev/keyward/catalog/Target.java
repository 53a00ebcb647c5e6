package dev.keyward.catalog;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/// The system that a tool belongs to, and the only origin that its requests go to.
///
/// @param system the part of the tool's name before the dot, for example `crm`
/// @param origin `https://host`, `http://host` or `postgresql://host`, with a port where it is not
///   the scheme's own; lower case, no user info, no path, no query, no fragment
public record Target(String system, URI origin) {
  private static final Pattern SYSTEM = Pattern.compile("[a-z][a-z0-9_-]{0,38}");
  private static final Pattern ORIGIN =
      Pattern.compile(
          "(?:https?|postgresql)://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*"
              + "|\\[[0-9a-f:.]+])(?::[1-9][0-9]{0,4})?");
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!\\z)|\\z)){4}");
  private static final String BARE_ORIGIN =
      "must be a bare origin such as https://api.example.com or http://127.0.0.1:8080, without user"
          + " info, path, query or fragment";
  private static final int MAX_PORT = 65535;

  /// The scheme of databases.
  static final String DATABASE = "postgresql";

  /// Checks both shapes.
  ///
  /// @throws IllegalArgumentException if one has another shape; the message omits the value
  public Target {
    if (!SYSTEM.matcher(system).matches()) {
      throw new IllegalArgumentException("must be a system name that matches " + SYSTEM);
    }
    if (!isBareOrigin(origin)) {
      throw new IllegalArgumentException(BARE_ORIGIN);
    }
  }

  /// Reads an origin as the catalog writes it; letters of the host may be of either case.
  ///
  /// @throws IllegalArgumentException if either has another shape; the message omits the value
  public static Target of(String system, String origin) {
    String lower = origin.toLowerCase(Locale.ROOT);
    try {
      return new Target(system, new URI(lower));
    } catch (URISyntaxException _) {
      throw new IllegalArgumentException(BARE_ORIGIN);
    }
  }

  private static boolean isBareOrigin(URI origin) {
    return ORIGIN.matcher(origin.toString()).matches()
        && origin.getHost() != null
        && isPlainHost(origin.getHost())
        && origin.getPort() <= MAX_PORT;
  }

  /// Numbers alone are an address only in the usual form: `2130706433` and `127.1` are loopback to
  /// some resolvers.
  private static boolean isPlainHost(String host) {
    boolean numeric = Character.isDigit(host.charAt(host.lastIndexOf('.') + 1));
    return host.startsWith("[") || !numeric || IPV4.matcher(host).matches();
  }
}
