package dev.keyward.server.config;

import dev.keyward.server.unusual.Detector;
import dev.keyward.server.unusual.Reaction;
import dev.keyward.server.unusual.UnusualSettings;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Reads the section `unusual` of the settings, whose shape the schema has checked.
final class UnusualSection {
  private UnusualSection() {}

  /// {@return the section, with the defaults of what it does not set}
  static UnusualSettings read(JsonNode unusual) {
    UnusualSettings standard = UnusualSettings.DEFAULT;
    JsonNode burst = unusual.path("write_burst");
    JsonNode volume = unusual.path("volume");
    JsonNode streak = unusual.path("denied_streak");
    return new UnusualSettings(
        Duration.ofHours(
            unusual.path("settled_after_hours").asInt((int) standard.settledAfter().toHours())),
        reactions(unusual),
        burst.path("writes").asInt(standard.burst()),
        Duration.ofMinutes(burst.path("minutes").asInt((int) standard.burstWithin().toMinutes())),
        volume.path("times").asInt(standard.times()),
        volume.path("at_least").asInt(standard.volume()),
        streak.path("calls").asInt(standard.streak()));
  }

  /// A detector is set to a reaction, or to an object with one.
  private static Map<Detector, Reaction> reactions(JsonNode unusual) {
    Map<Detector, Reaction> reactions = new EnumMap<>(Detector.class);
    for (Detector detector : Detector.values()) {
      JsonNode of = unusual.path(detector.wire());
      JsonNode word = of.isObject() ? of.path("reaction") : of;
      if (word.isString()) {
        reactions.put(detector, Reaction.parse(word.stringValue()));
      }
    }
    return reactions;
  }
}
