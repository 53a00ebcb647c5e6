package dev.keyward.server.run;

import dev.keyward.call.PersonId;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolPattern;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Maps grants from and to JSON: in requests, in the store, and for the digest.
final class GrantJson {
  private static final Set<String> FIELDS =
      Set.of(
          "agent_types",
          "workspaces",
          "delegators",
          "tools",
          "tiers",
          "where",
          "from",
          "until",
          "calls",
          "budget");
  private static final int MOST_CALLS = 1_000_000;

  private GrantJson() {}

  /// {@return the grant that `json` describes}
  ///
  /// @throws IllegalArgumentException naming the field and the rule
  static Grant read(JsonNode json) {
    var fields = new RunFields(json, "grants", FIELDS);
    return new Grant(
        Set.copyOf(fields.texts("agent_types")),
        Set.copyOf(fields.texts("workspaces")),
        Set.copyOf(fields.texts("delegators").stream().map(PersonId::new).toList()),
        fields.texts("tools").stream().map(ToolPattern::new).toList(),
        Set.copyOf(fields.texts("tiers").stream().map(GrantJson::tier).toList()),
        fields.texts("where").stream().map(RecordCondition::read).toList(),
        fields.time("from"),
        fields.time("until"),
        fields.number("calls", MOST_CALLS),
        fields.object("budget").map(GrantJson::budget));
  }

  private static Budget budget(JsonNode json) {
    var fields = new RunFields(json, "budget", Set.of("sum", "at_most"));
    JsonNode most = json.path("at_most");
    if (!most.isNumber()) {
      throw new IllegalArgumentException("budget.at_most must be a number above 0");
    }
    return new Budget(fields.text("sum").orElse(""), most.decimalValue());
  }

  private static Tier tier(String wire) {
    return Stream.of(Tier.values())
        .filter(tier -> tier.wire().equals(wire))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("tiers must be read, write or dangerous_write"));
  }

  static ArrayNode write(List<Grant> grants) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    grants.forEach(grant -> list.add(write(grant)));
    return list;
  }

  /// {@return the grant with the dimensions that bound something}
  static ObjectNode write(Grant grant) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    texts(json, "agent_types", grant.agentTypes().stream().sorted().toList());
    texts(json, "workspaces", grant.workspaces().stream().sorted().toList());
    texts(json, "delegators", grant.delegators().stream().map(PersonId::value).sorted().toList());
    texts(json, "tools", grant.tools().stream().map(ToolPattern::value).toList());
    texts(json, "tiers", grant.tiers().stream().sorted().map(Tier::wire).toList());
    texts(json, "where", grant.where().stream().map(RecordCondition::text).toList());
    grant.from().ifPresent(from -> json.put("from", from.toString()));
    grant.until().ifPresent(until -> json.put("until", until.toString()));
    grant.calls().ifPresent(calls -> json.put("calls", calls));
    grant
        .budget()
        .ifPresent(
            budget ->
                json.putObject("budget").put("sum", budget.sum()).put("at_most", budget.atMost()));
    return json;
  }

  private static void texts(ObjectNode json, String field, Collection<String> texts) {
    if (!texts.isEmpty()) {
      ArrayNode list = json.putArray(field);
      texts.forEach(list::add);
    }
  }
}
