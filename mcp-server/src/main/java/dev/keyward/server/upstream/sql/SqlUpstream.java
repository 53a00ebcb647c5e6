package dev.keyward.server.upstream.sql;

import static java.lang.System.Logger.Level.TRACE;
import static java.lang.System.Logger.Level.WARNING;

import dev.keyward.catalog.SqlBinding;
import dev.keyward.catalog.Tool;
import dev.keyward.server.credential.Lease;
import dev.keyward.server.handle.Restored;
import dev.keyward.server.policy.PermittedCall;
import dev.keyward.server.upstream.AllowedAddresses;
import dev.keyward.server.upstream.Failure;
import dev.keyward.server.upstream.Reply;
import dev.keyward.server.upstream.Sending;
import dev.keyward.server.upstream.Trace;
import dev.keyward.server.upstream.Upstream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Runs the statements of tools at PostgreSQL databases, each call on a connection of its own.
///
/// Its first byte is that of the statement: a connection that is not had, or a login that is
/// refused, has done nothing, and is tried once more with a fresher credential where there is one.
/// Safe for all threads; callers wait.
public final class SqlUpstream implements Upstream {
  private static final System.Logger log = System.getLogger(SqlUpstream.class.getName());

  /// The driver's logger that writes the values of arguments out, at its finest level.
  private static final String TELLTALE = "org.postgresql.core.v3.QueryExecutorImpl";

  private final AllowedAddresses allowed;
  private final Path home;

  /// @param home where the files of authorities are that catalogs name
  /// @throws IllegalStateException if the driver would write arguments to its log
  public SqlUpstream(AllowedAddresses allowed, Path home) {
    if (System.getLogger(TELLTALE).isLoggable(TRACE)) {
      throw new IllegalStateException(
          "logger " + TELLTALE + " must not be at its finest level: it would write arguments out");
    }
    this.allowed = allowed;
    this.home = home;
  }

  @Override
  public Reply send(
      PermittedCall permitted,
      Restored restored,
      Lease lease,
      Optional<String> idempotencyKey,
      Sending sending) {
    Tool tool = permitted.call().tool();
    if (!(tool.binding() instanceof SqlBinding sql)) {
      throw new IllegalArgumentException("the tool has no statement");
    }
    if (restored.call() != permitted
        || !lease.ref().equals(tool.credential().map(use -> use.ref()))) {
      throw new IllegalArgumentException("arguments and lease must be of this very call");
    }
    var call = new SqlCall(tool, sql, restored.arguments(), allowed, home, sending);
    SqlEnding first = call.run(lease.secret());
    if (first instanceof SqlEnding.NotBegun(Failure why, var _) && why == Failure.LOGIN_REFUSED) {
      lease.rejected();
      return told(permitted, sql, again(call, lease, sending).orElse(first));
    }
    return told(permitted, sql, first);
  }

  private static Optional<SqlEnding> again(SqlCall call, Lease lease, Sending sending) {
    if (!sending.stillPermitted()) {
      return Optional.empty();
    }
    Optional<Lease> fresher = lease.fresher();
    if (fresher.isEmpty()) {
      return Optional.empty();
    }
    try (Lease fresh = fresher.get()) {
      return Optional.of(call.run(fresh.secret()));
    }
  }

  private static Reply told(PermittedCall permitted, SqlBinding sql, SqlEnding ending) {
    Tool tool = permitted.call().tool();
    return switch (ending) {
      case SqlEnding.Answered answered ->
          new Reply.Answered(
              answered.status(),
              answered.body(),
              trace(tool, sql, new Trace.Attempt(answered.status(), answered.took())));
      case SqlEnding.Broke broke -> {
        warn(permitted, broke.why(), broke.state());
        yield new Reply.Failed(
            broke.why(), true, trace(tool, sql, new Trace.Attempt(-1, broke.took())));
      }
      case SqlEnding.NotBegun notBegun -> {
        warn(permitted, notBegun.why(), notBegun.state());
        yield new Reply.NotSent(notBegun.why(), trace(tool, sql));
      }
    };
  }

  private static Trace trace(Tool tool, SqlBinding sql, Trace.Attempt... attempts) {
    String origin = tool.target().origin().toString();
    return new Trace("SQL", origin, "/" + sql.database(), List.of(attempts));
  }

  private static void warn(PermittedCall permitted, Failure why, String state) {
    log.log(
        WARNING,
        "call {0} of {1} at {2}: the answer {3}{4}",
        permitted.call().id(),
        permitted.call().tool().name(),
        permitted.call().tool().target().origin(),
        why.words(),
        state.isEmpty() ? "" : " (" + state + ")");
  }
}
