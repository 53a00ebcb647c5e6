package dev.keyward.catalog;

import java.time.Duration;
import java.util.Optional;

/// What one call of a tool may cost.
///
/// @param timeout for the whole exchange with the system, 100 ms to 10 min
/// @param maxResponseBytes of the decoded body, 1 byte to 64 MiB
/// @param concurrentCalls of this tool at a time, over all agents, 1 to 10000
/// @param perMinute calls of this tool in a minute, over all agents, 1 to 1000000; absent: as many
///   as the broker's settings say
public record Limits(
    Duration timeout, int maxResponseBytes, int concurrentCalls, Optional<Integer> perMinute) {
  private static final Duration MIN_TIMEOUT = Duration.ofMillis(100);
  private static final Duration MAX_TIMEOUT = Duration.ofMinutes(10);
  private static final int MAX_RESPONSE_BYTES = 64 << 20;
  private static final int MAX_CONCURRENT_CALLS = 10_000;
  private static final int MAX_PER_MINUTE = 1_000_000;

  /// What holds where a catalog file says nothing: 10 s, 1 MiB, 16 calls. It stands after the
  /// bounds, which its constructor reads.
  public static final Limits DEFAULT = new Limits(Duration.ofSeconds(10), 1 << 20, 16);

  /// Checks the ranges.
  ///
  /// @throws IllegalArgumentException if one is out of range
  public Limits {
    if (timeout.compareTo(MIN_TIMEOUT) < 0 || timeout.compareTo(MAX_TIMEOUT) > 0) {
      throw new IllegalArgumentException("timeout must be between 100ms and 10m");
    }
    if (maxResponseBytes < 1 || maxResponseBytes > MAX_RESPONSE_BYTES) {
      throw new IllegalArgumentException("max_response_bytes must be between 1 and 67108864");
    }
    if (concurrentCalls < 1 || concurrentCalls > MAX_CONCURRENT_CALLS) {
      throw new IllegalArgumentException("concurrent_calls must be between 1 and 10000");
    }
    if (perMinute.filter(calls -> calls < 1 || calls > MAX_PER_MINUTE).isPresent()) {
      throw new IllegalArgumentException("per_minute must be between 1 and 1000000");
    }
  }

  /// Limits without a rate of their own.
  public Limits(Duration timeout, int maxResponseBytes, int concurrentCalls) {
    this(timeout, maxResponseBytes, concurrentCalls, Optional.empty());
  }
}
