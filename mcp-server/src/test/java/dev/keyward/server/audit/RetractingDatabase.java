package dev.keyward.server.audit;

import dev.keyward.store.Database;
import dev.keyward.store.StoreUnavailable;
import dev.keyward.store.Tx;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// A database whose commits fail when asked to: it groups the units of work queued until [#commit].
final class RetractingDatabase implements Database {
  private final Handle handle;
  private final List<Unit> group = new ArrayList<>();

  RetractingDatabase(Connection connection) {
    handle = Jdbi.create(connection).open();
    handle.begin();
  }

  /// What one unit wants to hear of its end.
  private record Unit(Handle sql, List<Runnable> committed, List<Runnable> undone) implements Tx {
    @Override
    public void lock(String name) {
      // nobody else is there
    }

    @Override
    public void hint(String text) {
      // nobody else is there
    }

    @Override
    public void afterCommit(Runnable action) {
      committed.add(action);
    }

    @Override
    public void afterRollback(Runnable action) {
      undone.addFirst(action);
    }
  }

  /// Runs `work` in the open group; nothing is durable yet.
  void queue(Work<?> work) {
    var unit = new Unit(handle, new ArrayList<>(), new ArrayList<>());
    group.add(unit);
    work.in(unit);
  }

  void commit() {
    handle.commit();
    group.forEach(unit -> unit.committed().forEach(Runnable::run));
    group.clear();
    handle.begin();
  }

  /// Fails the group: the units are undone, the first one first if `forwards`.
  void failCommit(boolean forwards) {
    handle.rollback();
    List<Unit> order = forwards ? group : group.reversed();
    order.forEach(unit -> unit.undone().forEach(Runnable::run));
    group.clear();
    handle.begin();
  }

  @Override
  public <T> T write(Work<T> work) {
    var unit = new Unit(handle, new ArrayList<>(), new ArrayList<>());
    group.add(unit);
    T result = work.in(unit);
    commit();
    return result;
  }

  @Override
  public <T> CompletableFuture<T> submit(Work<T> work) {
    throw new StoreUnavailable("use queue");
  }

  @Override
  public <T> T read(Work<T> work) {
    return work.in(new Unit(handle, new ArrayList<>(), new ArrayList<>()));
  }

  @Override
  public void close() {
    handle.rollback();
    handle.close();
  }
}
