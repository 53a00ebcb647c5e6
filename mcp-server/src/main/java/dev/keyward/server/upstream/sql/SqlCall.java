package dev.keyward.server.upstream.sql;

import dev.keyward.call.Arguments;
import dev.keyward.catalog.Limits;
import dev.keyward.catalog.SqlBinding;
import dev.keyward.catalog.Tool;
import dev.keyward.redaction.Secret;
import dev.keyward.server.upstream.AddressRefused;
import dev.keyward.server.upstream.AllowedAddresses;
import dev.keyward.server.upstream.Failure;
import dev.keyward.server.upstream.Sending;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// One call of a statement: a connection, one transaction, and the proof whether a byte of the
/// statement may have left.
///
/// The work is done on a thread of its own, which no interrupt of the caller reaches: a write that
/// has begun runs on to its end. The stage leaves WAITING once, for LEAVING just before the first
/// byte, or for OVER by whoever cancels; what ended in OVER has sent nothing and never will.
final class SqlCall {
  private static final int OK = 200;
  private static final int MOST_FETCHED = 100;

  private final Tool tool;
  private final SqlBinding sql;
  private final Arguments arguments;
  private final AllowedAddresses allowed;
  private final Path home;
  private final Sending sending;
  private final long started = System.nanoTime();
  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);
  private final AtomicReference<@Nullable Connection> open = new AtomicReference<>();

  private enum Stage {
    WAITING,
    LEAVING,
    OVER
  }

  SqlCall(
      Tool tool,
      SqlBinding sql,
      Arguments arguments,
      AllowedAddresses allowed,
      Path home,
      Sending sending) {
    this.tool = tool;
    this.sql = sql;
    this.arguments = arguments;
    this.allowed = allowed;
    this.home = home;
    this.sending = sending;
  }

  /// Connects, logs in, and runs the statement; may be called again where it has not begun.
  ///
  /// What [Sending#firstByte] throws is thrown on.
  SqlEnding run(Optional<Secret> login) {
    var ending = new CompletableFuture<SqlEnding>();
    try (var _ = sending.cancellation().onCancel(this::cancel)) {
      Thread.ofVirtual()
          .name("statement")
          .start(
              () -> {
                try {
                  ending.complete(work(login));
                } catch (Throwable e) { // an Error too: the caller must not wait for ever
                  ending.completeExceptionally(e);
                }
              });
      return await(ending);
    }
  }

  private SqlEnding await(CompletableFuture<SqlEnding> ending) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return ending.get();
        } catch (InterruptedException e) {
          interrupted = true;
          cancel();
        } catch (ExecutionException e) {
          throw thrown(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RuntimeException thrown(@Nullable Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
  }

  /// What may have left of a write runs on; its outcome would be unknown otherwise.
  private void cancel() {
    boolean before = stage.compareAndSet(Stage.WAITING, Stage.OVER);
    if (before || !tool.tier().changes()) {
      stage.set(Stage.OVER);
      abort();
    }
  }

  private void abort() {
    Connection connection = open.get();
    if (connection != null) {
      try {
        connection.abort(Runnable::run);
      } catch (SQLException e) {
        // it is over either way
      }
    }
  }

  private SqlEnding work(Optional<Secret> login) {
    List<InetAddress> addresses;
    try {
      addresses = allowed.of(tool.target().origin());
    } catch (AddressRefused e) {
      return new SqlEnding.NotBegun(Failure.ADDRESS_REFUSED, "");
    } catch (UnknownHostException e) {
      return new SqlEnding.NotBegun(Failure.UNREACHABLE, "unknown host");
    }
    var door = new SqlDoor(tool, sql, home);
    for (InetAddress address : addresses) {
      boolean last = address.equals(addresses.getLast());
      try (Connection connection = door.open(address, login, left())) {
        open.set(connection);
        return transaction(connection);
      } catch (SQLException e) {
        if (last || stage.get() != Stage.WAITING || !SqlStates.category(e).equals("08")) {
          return failed(e);
        }
      }
    }
    throw new IllegalStateException("a host has an address");
  }

  private SqlEnding transaction(Connection connection) throws SQLException {
    boolean changes = tool.tier().changes();
    connection.setAutoCommit(false);
    connection.setReadOnly(!changes);
    try (PreparedStatement statement = connection.prepareStatement(SqlArguments.text(sql))) {
      SqlArguments.bind(connection, statement, sql, arguments);
      statement.setFetchSize(Math.min(sql.mostRows() + 1, MOST_FETCHED));
      if (!stage.compareAndSet(Stage.WAITING, Stage.LEAVING)) {
        return new SqlEnding.NotBegun(Failure.CANCELLED, "");
      }
      sending.firstByte();
      ObjectNode answer = answer(statement);
      if (changes) {
        connection.commit();
      } else {
        connection.rollback();
      }
      return new SqlEnding.Answered(OK, answer, took());
    }
  }

  private ObjectNode answer(PreparedStatement statement) throws SQLException {
    if (!statement.execute()) {
      return SqlRows.changed(Math.max(0, statement.getLargeUpdateCount()));
    }
    Limits limits = tool.limits();
    try (ResultSet rows = statement.getResultSet()) {
      return new SqlRows(sql.mostRows(), limits.maxResponseBytes()).read(rows);
    }
  }

  private SqlEnding failed(SQLException e) {
    String state = state(e);
    if (stage.get() == Stage.WAITING) {
      return new SqlEnding.NotBegun(
          SqlStates.loginRefused(e) ? Failure.LOGIN_REFUSED : Failure.UNREACHABLE, state);
    }
    if (stage.get() == Stage.OVER && sending.cancellation().cancelled()) {
      return new SqlEnding.Broke(Failure.CANCELLED, state, took());
    }
    if (SqlStates.refused(e)) {
      ObjectNode body = JsonNodeFactory.instance.objectNode();
      body.put("sqlstate_class", SqlStates.category(e));
      return new SqlEnding.Answered(SqlStates.status(e), body, took());
    }
    Failure why = left().isPositive() ? Failure.BROKEN_OFF : Failure.TIMED_OUT;
    return new SqlEnding.Broke(why, state, took());
  }

  private static String state(SQLException e) {
    String state = SqlStates.state(e);
    return state.isEmpty() ? e.getClass().getName() : state;
  }

  private Duration left() {
    return tool.limits().timeout().minus(took());
  }

  private Duration took() {
    return Duration.ofNanos(System.nanoTime() - started);
  }
}
