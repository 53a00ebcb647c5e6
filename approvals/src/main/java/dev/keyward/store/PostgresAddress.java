package dev.keyward.store;

import dev.keyward.store.PostgresSettings.Tls;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// Where a PostgreSQL database is.
///
/// @param host a name or address, without brackets
/// @param port 1 to 65535
/// @param database its name
/// @param user whom the address names
/// @param tls how the connection is protected
/// @param ca a file of certificates in PEM that vouch for the server; absent: those that Java knows
public record PostgresAddress(
    String host, int port, String database, Optional<String> user, Tls tls, Optional<Path> ca) {
  private static final int DEFAULT_PORT = 5432;
  private static final int MAX_PORT = 65_535;
  private static final String SHAPE =
      "must be postgresql://host:port/database, for example postgresql://db.example.com:5432/keyward";

  /// Reads `postgresql://[user@]host[:port]/database[?sslmode=…&sslrootcert=…]`, also with `jdbc:`
  /// before it or as `postgres://`.
  ///
  /// Without `sslmode` it is `disable` for loopback and `verify-full` for every other host.
  ///
  /// @throws IllegalArgumentException if it has another shape or holds a password; the message
  ///   names the rule and omits the text
  public static PostgresAddress parse(String text) {
    URI uri = uri(text.startsWith("jdbc:") ? text.substring("jdbc:".length()) : text);
    String path = uri.getPath() == null ? "" : uri.getPath();
    boolean known = "postgresql".equals(uri.getScheme()) || "postgres".equals(uri.getScheme());
    String host = uri.getHost();
    boolean shaped = known && host != null && path.matches("/[^/]+") && uri.getPort() <= MAX_PORT;
    if (!shaped || uri.getRawFragment() != null || uri.getPort() == 0) {
      throw new IllegalArgumentException(SHAPE);
    }
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    var address =
        new PostgresAddress(
            bare,
            uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(),
            path.substring(1),
            user(uri),
            loopback(bare) ? Tls.DISABLE : Tls.VERIFY_FULL,
            Optional.empty());
    return uri.getRawQuery() == null ? address : address.with(uri.getRawQuery());
  }

  /// The same place with TLS as told.
  public PostgresAddress with(Tls how, Optional<Path> vouching) {
    return new PostgresAddress(host, port, database, user, how, vouching);
  }

  /// {@return host and port as people write them}
  public String hostPort() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  private PostgresAddress with(String query) {
    PostgresAddress address = this;
    for (String parameter : query.split("&", -1)) {
      int equals = parameter.indexOf('=');
      String name = equals < 0 ? parameter : parameter.substring(0, equals);
      String value = URLDecoder.decode(parameter.substring(equals + 1), StandardCharsets.UTF_8);
      address =
          switch (name) {
            case "sslmode" -> address.with(Tls.parse(value), address.ca);
            case "sslrootcert" -> address.with(address.tls, Optional.of(Path.of(value)));
            default ->
                throw new IllegalArgumentException(
                    "may have sslmode and sslrootcert after the question mark, nothing else");
          };
    }
    return address;
  }

  private static Optional<String> user(URI uri) {
    Optional<String> user = Optional.ofNullable(uri.getUserInfo());
    if (user.filter(info -> info.contains(":")).isPresent()) {
      throw new IllegalArgumentException("must not hold a password");
    }
    return user;
  }

  private static boolean loopback(String host) {
    return host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
  }

  private static URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(SHAPE); // without the cause: it quotes the text
    }
  }
}
