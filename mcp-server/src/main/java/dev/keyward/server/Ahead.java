package dev.keyward.server;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// Something that is made on a thread of its own while the broker starts with what does not need
/// it.
///
/// Closing it waits, and closes what was made.
final class Ahead<T> implements AutoCloseable {
  private final FutureTask<T> task;

  private Ahead(FutureTask<T> task) {
    this.task = task;
  }

  /// Begins.
  static <T> Ahead<T> of(String name, Callable<T> making) {
    var task = new FutureTask<T>(making);
    Thread.ofPlatform().daemon().name("keyward-start-" + name).start(task);
    return new Ahead<>(task);
  }

  /// {@return what was made}
  ///
  /// @throws IOException if that is what making it threw
  T get() throws IOException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException cause -> throw cause;
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IllegalStateException(e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while starting", e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      if (made() instanceof AutoCloseable made) {
        made.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while closing", e);
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  private @Nullable Object made() throws InterruptedException {
    try {
      return task.get();
    } catch (ExecutionException _) {
      return null; // whoever wanted it was told
    }
  }
}
