package dev.keyward.server.unusual;

import java.time.Duration;
import java.util.Map;

/// What counts as unusual, and what comes of it.
///
/// @param settledAfter for how long an agent must have worked before its history says anything
/// @param reactions by detector; what is not named is only recorded
/// @param burst so many writes within `burstWithin`
/// @param burstWithin 1 to 60 minutes
/// @param times so many times the busiest hour before
/// @param volume and so many calls in the hour at least
/// @param streak so many denied calls in a row
public record UnusualSettings(
    Duration settledAfter,
    Map<Detector, Reaction> reactions,
    int burst,
    Duration burstWithin,
    int times,
    int volume,
    int streak) {

  /// Everything is looked for and recorded; nobody is asked.
  public static final UnusualSettings DEFAULT =
      new UnusualSettings(Duration.ofHours(24), Map.of(), 30, Duration.ofMinutes(5), 3, 300, 20);

  /// Copies the reactions.
  public UnusualSettings {
    reactions = Map.copyOf(reactions);
  }

  Reaction reaction(Detector detector) {
    return reactions.getOrDefault(detector, Reaction.RECORD);
  }
}
