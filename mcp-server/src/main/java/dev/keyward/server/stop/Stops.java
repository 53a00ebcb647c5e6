package dev.keyward.server.stop;

import dev.keyward.call.AgentId;
import dev.keyward.call.Caller;
import dev.keyward.call.PersonId;
import dev.keyward.call.RunId;
import dev.keyward.call.ToolName;
import dev.keyward.catalog.Target;
import dev.keyward.server.identity.AgentSession;
import dev.keyward.server.identity.Epoch;
import dev.keyward.server.run.Runs;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The stops in force: rows of the database and, for speed, one immutable picture of them.
///
/// Each change advances the [Epoch], so that every process over the database knows within a second,
/// or refuses everything. Whoever asks has asked the epoch to confirm, as [Identity] does.
/// Thread-safe.
///
/// [Identity]: dev.keyward.server.identity.Identity
public final class Stops {
  private static final int MOST_WHY = 200;
  private static final String BROKER = ":broker";

  private final Database database;
  private final InstantSource clock;
  private final StopListener listener;
  private final Object showing = new Object();
  private volatile Picture picture;

  /// What is told of each change, inside its transaction.
  @FunctionalInterface
  public interface StopListener {
    void append(Tx tx, StopChange change);
  }

  /// Reads what is in force.
  public Stops(Database database, InstantSource clock, StopListener listener, Epoch epoch) {
    this.database = database;
    this.clock = clock;
    this.listener = listener;
    this.picture = database.read(tx -> read(tx, Epoch.read(tx)));
    epoch.add(this::reread);
  }

  /// {@return what stops this agent, whatever it calls}
  public Optional<Stop> of(AgentId agent) {
    return first(scope -> scope.coversAgent(agent));
  }

  /// {@return what stops whoever acts in this session, whatever is called: an agent that is stopped
  /// does not go on as another in a run that it has opened, nor a run that is paused in one within
  /// it}
  public Optional<Stop> of(AgentSession session, Runs runs) {
    if (picture.stops.isEmpty()) {
      return Optional.empty();
    }
    return runs.agents(session).stream()
        .flatMap(agent -> of(agent.id()).stream())
        .findFirst()
        .or(() -> runs.nested(session).stream().flatMap(run -> of(run).stream()).findFirst());
  }

  /// {@return whether this run waits to be resumed}
  public boolean paused(RunId run) {
    return of(run).isPresent();
  }

  private Optional<Stop> of(RunId run) {
    return first(scope -> scope.equals(new StopScope.OfRun(run)));
  }

  /// {@return what stops this caller, whatever it calls}
  public Optional<Stop> of(Caller caller) {
    return first(scope -> scope.covers(caller));
  }

  /// {@return what stops this call}
  public Optional<Stop> of(Caller caller, ToolName tool, Target target) {
    return first(scope -> scope.covers(caller, tool, target));
  }

  /// {@return all in force, the oldest first}
  public List<Stop> list() {
    return database.read(Stops::inForce);
  }

  /// Orders a stop; one that is in force already stays as it is.
  ///
  /// @param lasts whether there is something to resume
  /// @param with done in the same transaction
  void order(StopScope scope, boolean lasts, String why, By by, Consumer<Tx> with) {
    String line = line(why);
    database.write(
        tx -> {
          lock(tx);
          boolean known = inForce(tx).stream().anyMatch(stop -> stop.scope().equals(scope));
          if (lasts && !known) {
            insert(tx, scope, line, by);
          }
          if (!lasts || !known) {
            listener.append(tx, new StopChange.Ordered(scope, line, by));
          }
          with.accept(tx);
          return scope;
        });
  }

  /// Lifts a stop.
  ///
  /// @throws IllegalArgumentException if it is not in force
  void lift(StopScope scope, By by) {
    database.write(
        tx -> {
          lock(tx);
          if (lifted(tx, scope, by) == 0) {
            throw new IllegalArgumentException("that is not stopped; see: keyward stop --list");
          }
          listener.append(tx, new StopChange.Lifted(scope, by));
          showAfterCommit(tx, Epoch.advance(tx));
          return scope;
        });
  }

  /// Forgets the pause of a run that has ended, in the transaction of its end.
  public void ended(Tx tx, RunId run) {
    var scope = new StopScope.OfRun(run);
    if (lifted(tx, scope, new By.Broker()) > 0) {
      listener.append(tx, new StopChange.Lifted(scope, new By.Broker()));
      showAfterCommit(tx, Epoch.advance(tx));
    }
  }

  private Optional<Stop> first(Predicate<StopScope> covers) {
    for (Stop stop : picture.stops) {
      if (covers.test(stop.scope())) {
        return Optional.of(stop);
      }
    }
    return Optional.empty();
  }

  private int lifted(Tx tx, StopScope scope, By by) {
    return tx.sql()
        .execute(
            "UPDATE stops SET lifted_at = ?, lifted_by = ?"
                + " WHERE kind = ? AND name = ? AND lifted_at IS NULL",
            clock.millis(),
            stored(by),
            scope.kind(),
            scope.name());
  }

  private void insert(Tx tx, StopScope scope, String why, By by) {
    long epoch = Epoch.advance(tx);
    tx.sql()
        .execute(
            "INSERT INTO stops (epoch, kind, name, why, ordered_by, ordered_at)"
                + " VALUES (?, ?, ?, ?, ?, ?)",
            epoch,
            scope.kind(),
            scope.name(),
            why,
            stored(by),
            clock.millis());
    showAfterCommit(tx, epoch);
  }

  private static String stored(By by) {
    return switch (by) {
      case By.Operator() -> "";
      case By.Broker() -> BROKER;
      case By.Person(var id) -> id.value();
    };
  }

  /// No person's name has a colon.
  private static By by(String stored) {
    return switch (stored) {
      case "" -> new By.Operator();
      case BROKER -> new By.Broker();
      default -> new By.Person(new PersonId(stored));
    };
  }

  /// Whoever is in a hurry need not be told about line breaks.
  private static String line(String why) {
    String line = why.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return line.length() <= MOST_WHY ? line : line.substring(0, MOST_WHY);
  }

  private static void lock(Tx tx) {
    tx.lock("stops");
  }

  private void showAfterCommit(Tx tx, long epoch) {
    Picture next = read(tx, epoch);
    tx.afterCommit(() -> show(next));
  }

  private Runnable reread(Tx tx, long epoch) {
    Picture next = read(tx, epoch);
    return () -> show(next);
  }

  /// Pictures never go back in time.
  private void show(Picture next) {
    synchronized (showing) {
      if (next.epoch > picture.epoch) {
        picture = next;
      }
    }
  }

  private static Picture read(Tx tx, long epoch) {
    return new Picture(epoch, inForce(tx));
  }

  private static List<Stop> inForce(Tx tx) {
    return tx.sql()
        .createQuery("SELECT * FROM stops WHERE lifted_at IS NULL ORDER BY epoch")
        .map((row, _) -> stop(row))
        .list();
  }

  private static Stop stop(ResultSet row) throws SQLException {
    return new Stop(
        StopScope.of(row.getString("kind"), row.getString("name")),
        Instant.ofEpochMilli(row.getLong("ordered_at")),
        by(row.getString("ordered_by")),
        row.getString("why"));
  }

  private record Picture(long epoch, List<Stop> stops) {}
}
