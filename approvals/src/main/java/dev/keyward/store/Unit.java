package dev.keyward.store;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// One unit of work on its way: what to do, who waits for it, and whom to tell how it went.
///
/// Run and settled by the writer thread alone.
final class Unit<T> implements Tx {
  private static final Logger LOG = System.getLogger(Unit.class.getName());

  private final Database.Work<T> work;
  private final CompletableFuture<T> done = new CompletableFuture<>();
  private final List<Runnable> afterCommit = new ArrayList<>(2);
  private final List<Runnable> afterRollback = new ArrayList<>(2);
  private final long since = System.nanoTime();
  private @Nullable Handle handle;
  private Dialect dialect = Dialect.ALONE;
  private @Nullable T result;

  Unit(Database.Work<T> work) {
    this.work = work;
  }

  CompletableFuture<T> done() {
    return done;
  }

  /// Does the work and returns what it threw, if it threw.
  @SuppressWarnings("CatchingUnchecked") // whatever it is, it ends this unit and no other
  @Nullable Throwable run(Handle sql, Dialect engine) {
    handle = sql;
    dialect = engine;
    try {
      result = work.in(this);
      return null;
    } catch (Throwable thrown) {
      return thrown;
    } finally {
      handle = null;
    }
  }

  /// Tells everybody that the work is durable: hooks first, so that who waited finds them done.
  void succeed() {
    afterCommit.forEach(Unit::quietly);
    complete();
  }

  /// Tells everybody that the work is undone.
  void fail(Throwable why) {
    takeBack();
    done.completeExceptionally(why);
  }

  /// Puts back what the undone work had kept in memory, so that it can be run again.
  void takeBack() {
    afterRollback.reversed().forEach(Unit::quietly);
    afterRollback.clear();
    afterCommit.clear();
  }

  /// {@return how many nanoseconds ago it was queued}
  long age() {
    return System.nanoTime() - since;
  }

  @Override
  public Handle sql() {
    if (handle == null) {
      throw new IllegalStateException("a transaction ends when its unit of work returns");
    }
    return handle;
  }

  @Override
  public int update(String statement, @Nullable Object... values) {
    return sql().getStatementBuilder() instanceof ReusedStatements reused
        ? reused.update(sql().getConnection(), statement, values)
        : Tx.super.update(statement, values);
  }

  @Override
  public void lock(String name) {
    dialect.lock(sql(), name);
  }

  @Override
  public void hint(String text) {
    dialect.hint(sql(), text);
  }

  @Override
  public void afterCommit(Runnable action) {
    afterCommit.add(action);
  }

  @Override
  public void afterRollback(Runnable action) {
    afterRollback.add(action);
  }

  @SuppressWarnings("NullAway") // a work may return null where T allows it
  private void complete() {
    done.complete(result);
  }

  private static void quietly(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "an action after a transaction failed", e);
    }
  }
}
