package dev.keyward.server.config;

import dev.keyward.server.limits.LimitSettings;
import java.time.Duration;
import tools.jackson.databind.JsonNode;

/// Reads the section `limits` of the settings, whose ranges the schema has checked.
final class LimitsSection {
  private LimitsSection() {}

  /// {@return the section, with the defaults of what it does not set}
  static LimitSettings read(JsonNode limits) {
    LimitSettings standard = LimitSettings.DEFAULT;
    JsonNode breaker = limits.path("breaker");
    int openSeconds = breaker.path("open_seconds").asInt((int) standard.breakerOpen().toSeconds());
    return new LimitSettings(
        most(limits.path("agent"), standard.agent()),
        most(limits.path("run"), standard.run()),
        limits.path("agent").path("runs_per_minute").asInt(standard.runsPerMinute()),
        limits.path("tool").path("per_minute").asInt(standard.toolPerMinute()),
        most(limits.path("target"), standard.target()),
        breaker.path("failures").asInt(standard.breakerFailures()),
        Duration.ofSeconds(openSeconds));
  }

  private static LimitSettings.Most most(JsonNode of, LimitSettings.Most standard) {
    return new LimitSettings.Most(
        of.path("per_minute").asInt(standard.perMinute()),
        of.path("at_once").asInt(standard.atOnce()));
  }
}
