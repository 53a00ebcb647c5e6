package dev.keyward.server.policy;

import dev.keyward.store.Database;
import java.util.concurrent.CompletableFuture;

/// A database that nobody may ask: what rules decide without looking back costs none.
final class NoHistory implements Database {
  @Override
  public <T> T write(Work<T> work) {
    throw new AssertionError("nothing is written to decide");
  }

  @Override
  public <T> CompletableFuture<T> submit(Work<T> work) {
    throw new AssertionError("nothing is written to decide");
  }

  @Override
  public <T> T read(Work<T> work) {
    throw new AssertionError("no rule looks back");
  }

  @Override
  public void close() {
    // there is nothing to close
  }
}
