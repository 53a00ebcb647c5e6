package dev.keyward.store;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The writer: one thread that runs units of work one after another and commits what has queued up
/// meanwhile together, behind one fsync.
///
/// Within the transaction each unit has its own savepoint, so that one which throws undoes itself
/// alone. Nobody hears of success before the commit. A unit that another process is in the way of
/// is undone and run again in the next transaction, a moment later. When the engine fails, all
/// units of the transaction fail, and the next transaction starts afresh.
final class GroupCommit {
  private static final Logger LOG = System.getLogger(GroupCommit.class.getName());

  /// Bounds how long the first unit of a transaction waits for the last.
  private static final int MAX_UNITS = 256;

  /// How long a unit is run again and again while another process holds what it needs.
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /// At most so long a unit that gave way waits before it is run again: two processes that give way
  /// to each other would else come back in step.
  private static final Duration APART = Duration.ofMillis(50);

  private final WriterConnection connection;
  private final RandomGenerator random;
  private final UnitQueue queue = new UnitQueue();
  private final Unit<Boolean> last = new Unit<>(_ -> true);
  private final AtomicLong commits = new AtomicLong();
  private final Object door = new Object();
  private final Thread thread;
  private boolean closed; // guarded by door
  private boolean ending; // the writer's own
  private boolean failing; // the writer's own
  private @Nullable Unit<?> again; // the writer's own: what another process was in the way of

  GroupCommit(WriterConnection connection, RandomGenerator random) {
    this.connection = connection;
    this.random = random;
    this.thread = Thread.ofPlatform().name("keyward-store-writer").daemon().unstarted(this::work);
  }

  void start() {
    thread.start();
  }

  /// {@return how many transactions have been committed}
  long commits() {
    return commits.get();
  }

  boolean isCurrentThread() {
    return Thread.currentThread().equals(thread);
  }

  <T> CompletableFuture<T> submit(Database.Work<T> work) {
    return enter(new Unit<>(work), queue::add);
  }

  /// Like [#submit], for work that may wait a moment to share a commit.
  <T> CompletableFuture<T> submitPatiently(Database.Work<T> work) {
    return enter(new Unit<>(work), queue::addPatient);
  }

  private <T> CompletableFuture<T> enter(Unit<T> unit, Consumer<Unit<?>> in) {
    synchronized (door) {
      if (!closed) {
        in.accept(unit);
        return unit.done();
      }
    }
    unit.fail(new StoreUnavailable("database is closed"));
    return unit.done();
  }

  /// Finishes what is queued and releases the connection.
  void close() {
    synchronized (door) {
      if (!closed) {
        closed = true;
        queue.add(last);
      }
    }
    last.done().join();
  }

  private void work() {
    while (!ending || again != null) {
      Unit<?> first = first();
      if (first != null) {
        transact(first);
      }
    }
    connection.close();
    last.succeed();
  }

  private void transact(Unit<?> first) {
    var units = new ArrayList<Unit<?>>();
    try {
      units.add(first);
      connection.begin();
      runAlone(first, units);
      for (Unit<?> unit = more(units); unit != null; unit = more(units)) {
        units.add(unit);
        runAlone(unit, units);
      }
      connection.commit();
    } catch (SQLException | RuntimeException | Error e) {
      undo(units, e);
      return;
    }
    failing = false;
    commits.incrementAndGet();
    units.forEach(Unit::succeed);
  }

  /// Runs the unit, the last of `units`, within its savepoint. If it throws it is undone, told so,
  /// and taken out.
  ///
  /// @throws SQLException if the transaction as a whole is lost
  private void runAlone(Unit<?> unit, List<Unit<?>> units) throws SQLException {
    connection.savepoint();
    @Nullable Throwable thrown = connection.run(unit);
    if (connection.broken()) {
      throw new SQLException("the engine failed in a unit of work", thrown);
    }
    if (thrown == null) {
      connection.release();
      return;
    }
    boolean mustWait = connection.mustWait();
    connection.undoToSavepoint();
    units.removeLast();
    if (mustWait) {
      postpone(unit, thrown);
    } else {
      unit.fail(thrown);
    }
  }

  /// Ends the group, so that what it has locked is free, and has the unit run first in the next.
  private void postpone(Unit<?> unit, Throwable thrown) {
    if (unit.age() > PATIENCE.toNanos()) {
      unit.fail(new StoreUnavailable("another process holds what this needs", thrown));
    } else {
      unit.takeBack();
      again = unit;
    }
  }

  private void undo(List<Unit<?>> units, Throwable why) {
    connection.recover();
    if (!failing) {
      LOG.log(Level.ERROR, "a transaction failed and is undone", why);
      failing = true;
    }
    for (Unit<?> unit : units.reversed()) {
      unit.fail(new StoreUnavailable("database could not make this durable", why));
    }
  }

  private @Nullable Unit<?> first() {
    Unit<?> postponed = again;
    if (postponed != null) {
      again = null;
      LockSupport.parkNanos(random.nextLong(APART.toNanos()));
      return postponed;
    }
    try {
      return unlessLast(queue.take());
    } catch (InterruptedException _) {
      return null; // nobody has a reason to interrupt this thread: it ends by close()
    }
  }

  private @Nullable Unit<?> more(List<Unit<?>> units) {
    boolean full = again != null || units.size() >= MAX_UNITS;
    return full ? null : unlessLast(queue.poll());
  }

  private @Nullable Unit<?> unlessLast(@Nullable Unit<?> unit) {
    if (unit == last) {
      ending = true;
      return null;
    }
    return unit;
  }
}
