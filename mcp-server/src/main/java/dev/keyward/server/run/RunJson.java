package dev.keyward.server.run;

import dev.keyward.call.AgentId;
import dev.keyward.call.PersonId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Maps requests for runs from JSON, and runs to JSON.
final class RunJson {
  private static final Set<String> FIELDS =
      Set.of("agent", "delegator", "purpose", "workflow", "mode", "minutes", "given", "grants");
  private static final int MOST_MINUTES = 8 * 60;
  private static final int MOST_GRANTS = 32;
  private static final int MOST_CONDITIONS = 16; // each is a compiled program
  private static final int MOST_KINDS = 32;
  private static final int MOST_ID = 256;
  private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9_]{0,31}");

  private RunJson() {}

  /// {@return the request that `json` describes}
  ///
  /// @throws IllegalArgumentException naming the field and the rule
  static RunRequest read(JsonNode json) {
    var fields = new RunFields(json, "a request for a run", FIELDS);
    return new RunRequest(
        fields.text("agent").map(AgentId::new),
        fields.text("delegator").map(PersonId::new),
        fields.text("purpose").orElse(""),
        fields.text("workflow"),
        fields.text("mode").map(RunMode::parse),
        fields.number("minutes", MOST_MINUTES).map(Duration::ofMinutes),
        given(json.path("given")),
        grants(json.path("grants")));
  }

  private static Map<String, Set<String>> given(JsonNode json) {
    Map<String, Set<String>> given = new HashMap<>();
    if (json.size() > MOST_KINDS) {
      throw new IllegalArgumentException("given must name " + MOST_KINDS + " kinds of ids at most");
    }
    for (String kind : json.propertyNames()) {
      if (!KIND.matcher(kind).matches()) {
        throw new IllegalArgumentException("given must name kinds of ids, which match " + KIND);
      }
      List<String> ids = RunFields.texts("given", json.path(kind));
      if (ids.stream().anyMatch(id -> id.isEmpty() || id.length() > MOST_ID)) {
        throw new IllegalArgumentException("given must hold ids of 1 to 256 characters");
      }
      given.put(kind, new LinkedHashSet<>(ids));
    }
    if (!json.isMissingNode() && !json.isObject()) {
      throw new IllegalArgumentException("given must be an object of lists, by kind of id");
    }
    return given;
  }

  private static List<Grant> grants(JsonNode json) {
    if (json.isMissingNode()) {
      return List.of();
    }
    if (!json.isArray() || json.isEmpty() || json.size() > MOST_GRANTS) {
      throw new IllegalArgumentException("grants must be a list of 1 to " + MOST_GRANTS);
    }
    int conditions = 0;
    for (JsonNode grant : json) {
      conditions += grant.path("where").size();
    }
    checkConditions(conditions);
    List<Grant> grants = new ArrayList<>();
    json.forEach(grant -> grants.add(GrantJson.read(grant)));
    return grants;
  }

  /// {@return the run for people and openers; its token is not known here}
  static ObjectNode write(JobRun run) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("run", run.id().value());
    json.put("agent", run.agent().value());
    run.parent().ifPresent(parent -> json.put("parent", parent.value()));
    run.opener().ifPresent(opener -> json.put("opener", opener.value()));
    json.put("purpose", run.purpose());
    run.workflow().ifPresent(workflow -> json.put("workflow", workflow));
    json.put("mode", run.mode().wire());
    run.delegator()
        .ifPresent(
            delegator ->
                json.putObject("delegator")
                    .put("person", delegator.person().value())
                    .put("verified", delegator.verified()));
    json.put("opened", run.opened().toString());
    json.put("expires", run.expires().toString());
    json.set("grants", GrantJson.write(run.granted()));
    return json;
  }

  /// @throws IllegalArgumentException if these are too many to compile
  static void checkConditions(int conditions) {
    if (conditions > MOST_CONDITIONS) {
      throw new IllegalArgumentException(
          "where must have " + MOST_CONDITIONS + " conditions at most, all together");
    }
  }
}
