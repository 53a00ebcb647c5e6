package dev.keyward.store;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The writer: one thread that runs units of work one after another and commits what has queued up
/// meanwhile together, behind one fsync.
///
/// A unit that throws undoes itself alone: the transaction is undone, and its units are run again,
/// each within a savepoint of its own. That is rare, and a savepoint costs as much as a row, so the
/// first time there are none. Nobody hears of success before the commit. A unit that another
/// process is in the way of is undone and run again in the next transaction. When the engine fails,
/// all units of the transaction fail, and the next transaction starts afresh.
final class GroupCommit {
  private static final Logger LOG = System.getLogger(GroupCommit.class.getName());

  /// Bounds how long the first unit of a transaction waits for the last.
  private static final int MAX_UNITS = 256;

  /// How long a unit is run again and again while another process holds what it needs.
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final WriterConnection connection;
  private final UnitQueue queue = new UnitQueue();
  private final Unit<Boolean> last = new Unit<>(_ -> true);
  private final AtomicLong commits = new AtomicLong();
  private final Object door = new Object();
  private final Thread thread;
  private boolean closed; // guarded by door
  private boolean ending; // the writer's own
  private boolean failing; // the writer's own
  private final ArrayDeque<Unit<?>> again = new ArrayDeque<>(); // the writer's own: run with care

  GroupCommit(WriterConnection connection) {
    this.connection = connection;
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
    while (!ending || !again.isEmpty()) {
      if (!again.isEmpty()) {
        transact(this::runOneByOne);
        continue;
      }
      Unit<?> first = first();
      if (first != null) {
        transact(units -> runTogether(first, units));
      }
    }
    connection.close();
    last.succeed();
  }

  /// Runs some units within a transaction, and adds those to `units` that are to be committed.
  @FunctionalInterface
  private interface Running {
    /// {@return whether there is something to commit}
    boolean run(List<Unit<?>> units) throws SQLException;
  }

  private void transact(Running running) {
    var units = new ArrayList<Unit<?>>();
    try {
      connection.begin();
      if (!running.run(units)) {
        return;
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

  /// Runs what is queued. If a unit throws, all are undone, to be run again one by one.
  private boolean runTogether(Unit<?> first, List<Unit<?>> units) throws SQLException {
    for (Unit<?> unit = first; unit != null; unit = more(units)) {
      units.add(unit);
      @Nullable Throwable thrown = run(unit);
      if (thrown != null) {
        giveUp(units, thrown);
        return false;
      }
    }
    return true;
  }

  /// Undoes a group whose last unit threw. One that was alone need not be run again to know that.
  private void giveUp(List<Unit<?>> units, Throwable thrown) throws SQLException {
    boolean done = units.size() == 1 && !connection.mustWait();
    connection.undo();
    if (done) {
      units.removeFirst().fail(thrown);
    } else {
      units.reversed().forEach(Unit::takeBack);
      again.addAll(units);
    }
  }

  private boolean runOneByOne(List<Unit<?>> units) throws SQLException {
    boolean free = true;
    while (free && !again.isEmpty()) {
      units.add(again.remove());
      free = runAlone(units.getLast(), units);
    }
    return true;
  }

  /// Runs the unit, the last of `units`, within its savepoint. If it throws it is undone, told so,
  /// and taken out.
  ///
  /// @return false if another process is in the way: then the group ends, so that what it has
  ///   locked is free, and the unit runs first in the next
  /// @throws SQLException if the transaction as a whole is lost
  private boolean runAlone(Unit<?> unit, List<Unit<?>> units) throws SQLException {
    connection.savepoint();
    @Nullable Throwable thrown = run(unit);
    if (thrown == null) {
      connection.release();
      return true;
    }
    boolean mustWait = connection.mustWait();
    connection.undoToSavepoint();
    units.removeLast();
    if (!mustWait) {
      unit.fail(thrown);
      return true;
    }
    if (unit.age() > PATIENCE.toNanos()) {
      unit.fail(new StoreUnavailable("another process holds what this needs", thrown));
    } else {
      unit.takeBack();
      again.addFirst(unit);
    }
    return false;
  }

  private @Nullable Throwable run(Unit<?> unit) throws SQLException {
    @Nullable Throwable thrown = connection.run(unit);
    if (connection.broken()) {
      throw new SQLException("the engine failed in a unit of work", thrown);
    }
    return thrown;
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
    try {
      return unlessLast(queue.take());
    } catch (InterruptedException _) {
      return null; // nobody has a reason to interrupt this thread: it ends by close()
    }
  }

  private @Nullable Unit<?> more(List<Unit<?>> units) {
    return units.size() < MAX_UNITS ? unlessLast(queue.poll()) : null;
  }

  private @Nullable Unit<?> unlessLast(@Nullable Unit<?> unit) {
    if (unit == last) {
      ending = true;
      return null;
    }
    return unit;
  }
}
