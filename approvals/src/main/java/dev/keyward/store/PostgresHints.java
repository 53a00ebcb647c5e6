package dev.keyward.store;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/// One connection that listens for the hints of all processes, on a thread of its own.
final class PostgresHints implements AutoCloseable {
  private static final Logger LOG = System.getLogger(PostgresHints.class.getName());
  private static final Duration LISTEN = Duration.ofSeconds(1);
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final PostgresServer server;
  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private final Thread thread;
  private volatile boolean closing;
  private volatile @Nullable Connection listening;

  PostgresHints(PostgresServer server) {
    this.server = server;
    this.thread = Thread.ofPlatform().name("keyward-store-hints").daemon().unstarted(this::work);
  }

  void start() {
    thread.start();
  }

  void add(Consumer<String> listener) {
    listeners.add(listener);
  }

  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    try {
      Connection waiting = listening;
      if (waiting != null) {
        waiting.abort(Runnable::run); // it would else listen to the end of its second
      }
      thread.join();
    } catch (SQLException e) {
      LOG.log(Level.DEBUG, "the connection for hints did not end cleanly", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    boolean failing = false;
    while (!closing) {
      try (Connection connection = server.everyday("hints").getConnection()) {
        listening = connection;
        subscribe(connection);
        failing = false;
        tell(Database.HINTS_LOST);
        listen(connection.unwrap(PGConnection.class));
      } catch (SQLException e) {
        if (!failing && !closing) {
          LOG.log(Level.WARNING, "no hints from other brokers: " + server.complaint(e));
        }
        failing = true;
        pause();
      }
    }
  }

  private static void subscribe(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("LISTEN " + PostgresDialect.CHANNEL);
    }
  }

  private void listen(PGConnection connection) throws SQLException {
    while (!closing) {
      @Nullable PGNotification @Nullable [] heard =
          connection.getNotifications((int) LISTEN.toMillis());
      if (heard != null) {
        for (@Nullable PGNotification one : heard) {
          if (one != null) {
            tell(one.getParameter());
          }
        }
      }
    }
  }

  private void tell(String hint) {
    for (Consumer<String> listener : listeners) {
      try {
        listener.accept(hint);
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "what listens for hints failed", e);
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      // asked to close: the loop looks
    }
  }
}
