package dev.keyward.server.upstream.sql;

import dev.keyward.catalog.Placement;
import dev.keyward.catalog.SqlBinding;
import dev.keyward.catalog.Tool;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.upstream.AllowedAddresses;
import java.net.InetAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;

/// The way into one tool's database. Nothing is read from the environment or the user's home: no
/// password file, no certificates, no service file.
final class SqlDoor {
  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(10);

  /// An answer is read in pieces; one row larger than this many times the limit breaks off.
  private static final int ROOM = 4;

  private final Tool tool;
  private final SqlBinding sql;
  private final Path home;

  SqlDoor(Tool tool, SqlBinding sql, Path home) {
    this.tool = tool;
    this.sql = sql;
    this.home = home;
  }

  /// Connects to `address` and logs in.
  ///
  /// @param left until the call's deadline
  @TouchesSecret
  Connection open(InetAddress address, Optional<Secret> login, Duration left) throws SQLException {
    PGSimpleDataSource source = source(address, left);
    Optional<String> user =
        tool.credential()
            .flatMap(
                use ->
                    use.placement() instanceof Placement.Login(var name) ? name : Optional.empty());
    String value = login.<String>map(secret -> secret.use(text -> text)).orElse("");
    int colon = value.indexOf(':');
    if (user.isEmpty() && colon < 1) {
      throw new SQLException("the credential is not user:password", "28000");
    }
    return user.isPresent()
        ? source.getConnection(user.get(), value)
        : source.getConnection(value.substring(0, colon), value.substring(colon + 1));
  }

  private PGSimpleDataSource source(InetAddress address, Duration left) throws SQLException {
    var source = new PGSimpleDataSource();
    String host = tool.target().origin().getHost().replaceAll("[\\[\\]]", "");
    source.setServerNames(new String[] {host});
    source.setPortNumbers(new int[] {AllowedAddresses.port(tool.target().origin())});
    source.setDatabaseName(sql.database());
    source.setApplicationName("keyward");
    source.setSocketFactory(PinnedSockets.class.getName());
    source.setSocketFactoryArg(address.getHostAddress());
    source.setGssEncMode("disable");
    source.setSslMode(sql.tls().wire());
    source.setSslCert(""); // else those of the user's home would be shown
    source.setSslKey("");
    if (sql.tls() != SqlBinding.Tls.DISABLE) {
      sql.authorities()
          .ifPresentOrElse(
              file -> source.setSslRootCert(home.resolve(file).toString()),
              () -> source.setSslfactory("org.postgresql.ssl.DefaultJavaSSLFactory"));
    }
    int seconds = (int) Math.max(1, left.plusMillis(999).toSeconds());
    source.setConnectTimeout((int) Math.min(seconds, LONGEST_CONNECT.toSeconds()));
    source.setSocketTimeout(seconds + 1);
    source.setOptions(
        "-c statement_timeout="
            + Math.max(1, left.toMillis())
            + " -c idle_in_transaction_session_timeout=30s -c client_min_messages=error"
            + " -c TimeZone=UTC -c DateStyle=ISO");
    source.setPrepareThreshold(0);
    long most = (long) tool.limits().maxResponseBytes() * ROOM + (1 << 16);
    source.setProperty(PGProperty.MAX_RESULT_BUFFER, Long.toString(most));
    source.setLogServerErrorDetail(false);
    return source;
  }
}
