package dev.keyward.server.run;

import dev.keyward.call.Refusal;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolPattern;
import dev.keyward.catalog.Tool;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// What an agent asks people to give its run.
///
/// @param grant without an end; it is set when people have agreed
/// @param lifetime from then on
public record AccessWanted(Grant grant, Duration lifetime) {
  /// The longest reason, in characters.
  public static final int MOST_REASON = 500;

  /// What a request may say.
  public static final Set<String> FIELDS =
      Set.of("tools", "tiers", "where", "calls", "budget", "minutes", "reason");

  private static final int MOST_MINUTES = 8 * 60;
  private static final int USUAL_MINUTES = 30;

  /// What came of it.
  ///
  /// @param until when it ends
  /// @param refusal why nothing was given
  public record Given(Instant until, Optional<Refusal> refusal) {
    /// {@return that nothing was given}
    public static Given not(Refusal why) {
      return new Given(Instant.EPOCH, Optional.of(why));
    }
  }

  /// {@return what the arguments of a request say}
  ///
  /// @throws IllegalArgumentException naming the field and the rule
  public static AccessWanted read(JsonNode json) {
    var fields = new RunFields(json, "a request for access", FIELDS);
    String reason = fields.text("reason").orElse("");
    if (reason.isBlank() || reason.length() > MOST_REASON) {
      throw new IllegalArgumentException("reason must have 1 to " + MOST_REASON + " characters");
    }
    RunJson.checkConditions(json.path("where").size());
    Grant grant = GrantJson.read(fields.without("minutes", "reason"));
    if (grant.tools().isEmpty()) {
      throw new IllegalArgumentException("tools must name the tools that are needed");
    }
    int minutes = fields.number("minutes", MOST_MINUTES).orElse(USUAL_MINUTES);
    return new AccessWanted(grant, Duration.ofMinutes(minutes));
  }

  /// {@return whether it names this tool}
  public boolean reaches(Tool tool) {
    return grant.tools().stream().anyMatch(pattern -> pattern.names(tool.name()))
        && (grant.tiers().isEmpty() || grant.tiers().contains(tool.tier()));
  }

  /// {@return what it would allow, for the person who decides}
  public String summary() {
    String tools = grant.tools().stream().map(ToolPattern::value).collect(Collectors.joining(", "));
    String calls = grant.calls().map(most -> ", at most " + most + " calls").orElse("");
    String budget =
        grant.budget().map(b -> ", " + b.sum() + " up to " + b.atMost() + " in all").orElse("");
    String tiers =
        grant.tiers().isEmpty()
            ? ""
            : grant.tiers().stream()
                .sorted()
                .map(Tier::wire)
                .collect(Collectors.joining(" and ", " (", " only)"));
    String where =
        grant.where().stream()
            .map(RecordCondition::text)
            .map(condition -> ", where " + condition)
            .collect(Collectors.joining());
    return "Let this run call "
        + tools
        + tiers
        + " for "
        + lifetime.toMinutes()
        + " min"
        + calls
        + budget
        + where;
  }
}
