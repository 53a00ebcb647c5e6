package dev.keyward.store;

import dev.keyward.redaction.TouchesSecret;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/// The server at one address: how to connect to it, and what its complaints mean.
///
/// @param settings where and as whom
record PostgresServer(PostgresSettings settings) {
  /// Older ones lack `CREATE OR REPLACE TRIGGER`, and their makers no longer mend them.
  static final int OLDEST = 14;

  /// Errors that a statement can be blamed for, by the first two characters of SQLSTATE; everything
  /// else is the engine's trouble. `P0` are triggers that refuse.
  private static final Set<String> BLAMELESS = Set.of("21", "22", "23", "42", "44", "0A", "P0");

  /// Another transaction holds a lock, or both hold what the other wants.
  private static final Set<String> IN_THE_WAY = Set.of("55P03", "40P01", "40001");

  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration ANSWER = Duration.ofSeconds(10);

  /// What keeps a broker that is gone from holding anything for long, and this one from waiting for
  /// long: the server notices a dead peer within half a minute.
  private static final List<String> SESSION =
      List.of(
          "-c lock_timeout=250ms",
          "-c idle_in_transaction_session_timeout=30s",
          "-c tcp_keepalives_idle=10",
          "-c tcp_keepalives_interval=5",
          "-c tcp_keepalives_count=3",
          "-c client_min_messages=warning");

  /// {@return connections for everyday work: whatever takes longer than ten seconds has failed}
  PGSimpleDataSource everyday(String purpose) {
    PGSimpleDataSource source = source(purpose);
    source.setSocketTimeout((int) ANSWER.toSeconds());
    source.setOptions(String.join(" ", SESSION));
    return source;
  }

  /// {@return connections for what may take as long as it takes}
  @TouchesSecret
  PGSimpleDataSource source(String purpose) {
    PostgresAddress address = settings.address();
    var source = new PGSimpleDataSource();
    source.setServerNames(new String[] {address.host()});
    source.setPortNumbers(new int[] {address.port()});
    source.setDatabaseName(address.database());
    source.setApplicationName("keyward " + purpose);
    settings.user().or(address::user).ifPresent(source::setUser);
    settings.password().ifPresent(password -> password.use(text -> given(source, text)));
    source.setSslMode(address.tls().wire());
    if (address.tls() != PostgresSettings.Tls.DISABLE) {
      address.ca().map(Path::toString).ifPresentOrElse(source::setSslRootCert, () -> java(source));
    }
    source.setConnectTimeout((int) CONNECT.toSeconds());
    source.setTcpKeepAlive(true);
    return source;
  }

  /// {@return why there is no connection, as a sentence for the operator}
  String complaint(SQLException e) {
    String where = settings.address().hostPort();
    String state = state(e);
    if (state.startsWith("28")) {
      return "the database at " + where + " refuses this user or password";
    }
    if (noTrust(e)) {
      return "no trusted TLS connection to the database at "
          + where
          + ": is database.tls_ca the right one, and its certificate for this host?";
    }
    return switch (state) {
      case "08004" -> "the database at " + where + offersOther();
      case "3D000" -> "the server at " + where + " has no database of this name";
      case "42501" -> "the user may not connect to the database at " + where;
      case "53300" -> "the database at " + where + " takes no more connections";
      case "57P03" -> "the database at " + where + " is starting or stopping";
      case "08006", "08001" -> "the database at " + where + " cannot be reached";
      default -> "the database at " + where + " cannot be used (SQLSTATE " + state + ")";
    };
  }

  /// What the driver itself gives up for: the server wants a password that it has not, or has no
  /// TLS.
  private String offersOther() {
    boolean passwordless = settings.password().isEmpty();
    if (settings.address().tls() == PostgresSettings.Tls.DISABLE) {
      return passwordless ? " asks for a password" : " refuses this connection";
    }
    return passwordless ? " asks for a password, or offers no TLS" : " offers no TLS";
  }

  /// The driver reports a certificate for another name as a lost connection without a cause.
  private boolean noTrust(SQLException e) {
    boolean tls = settings.address().tls() != PostgresSettings.Tls.DISABLE;
    if (!tls || !state(e).equals("08006")) {
      return false;
    }
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException || cause instanceof GeneralSecurityException) {
        return true;
      }
    }
    return e.getCause() == null;
  }

  static boolean blameless(SQLException e) {
    String state = state(e);
    return (state.length() == 5 && BLAMELESS.contains(state.substring(0, 2)))
        || IN_THE_WAY.contains(state);
  }

  static boolean inTheWay(SQLException e) {
    return IN_THE_WAY.contains(state(e));
  }

  /// {@return the exception of the engine behind `thrown`, if there is one}
  static Optional<SQLException> sqlException(@Nullable Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException e) {
        return Optional.of(e);
      }
    }
    return Optional.empty();
  }

  static String state(SQLException e) {
    String state = e.getSQLState();
    return state == null ? "" : state;
  }

  private static boolean given(PGSimpleDataSource source, String password) {
    source.setPassword(password);
    return true;
  }

  /// Without it the driver looks for a file in the user's home.
  private static void java(PGSimpleDataSource source) {
    source.setSslfactory("org.postgresql.ssl.DefaultJavaSSLFactory");
  }
}
