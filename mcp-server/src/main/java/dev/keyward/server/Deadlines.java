package dev.keyward.server;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Begins the time that a piece of work may take.
///
/// @param nanoTime a clock that only runs forward
record Deadlines(LongSupplier nanoTime, Duration atMost) implements Supplier<BooleanSupplier> {
  /// {@return what says whether it has been longer than that since now}
  @Override
  public BooleanSupplier get() {
    long began = nanoTime.getAsLong();
    return () -> nanoTime.getAsLong() - began > atMost.toNanos();
  }
}
