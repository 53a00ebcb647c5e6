package dev.keyward.server.limits;

import java.time.Duration;

/// How much the operator lets through.
///
/// @param agent of each agent
/// @param run of each run
/// @param runsPerMinute runs that each agent opens in a minute
/// @param toolPerMinute calls of each tool in a minute, over all agents, where the catalog has none
/// @param target of each system behind the broker, over all agents and tools
/// @param breakerFailures after how many failures in a row a system is left alone
/// @param breakerOpen for how long, before one call tries again
public record LimitSettings(
    Most agent,
    Most run,
    int runsPerMinute,
    int toolPerMinute,
    Most target,
    int breakerFailures,
    Duration breakerOpen) {

  /// How many calls there may be.
  ///
  /// @param perMinute calls begun in a minute, and as many at once after a quiet one
  /// @param atOnce calls under way at a time
  public record Most(int perMinute, int atOnce) {}

  /// Room for every honest agent; what runs wild is slowed to a hundred calls in a second.
  public static final LimitSettings DEFAULT =
      new LimitSettings(
          new Most(6_000, 64),
          new Most(6_000, 64),
          120,
          12_000,
          new Most(24_000, 256),
          10,
          Duration.ofSeconds(10));
}
