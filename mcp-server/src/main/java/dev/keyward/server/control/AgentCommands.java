package dev.keyward.server.control;

import dev.keyward.call.AgentId;
import dev.keyward.call.PersonId;
import dev.keyward.call.ToolPattern;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.identity.Agent;
import dev.keyward.server.identity.Agents;
import dev.keyward.server.identity.ToolNames;
import dev.keyward.server.identity.ToolScope;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `agent.add`, `agent.list`, `agent.rotate`, `agent.tools`, `agent.revoke`.
final class AgentCommands {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int DEFAULT_DAYS = 90;
  private static final int MOST_DAYS = 3_650;

  private final OperatorCommands.Parts parts;

  AgentCommands(OperatorCommands.Parts parts) {
    this.parts = parts;
  }

  void offer(Map<String, OperatorCommands.Command> commands) {
    commands.put("agent.add", this::add);
    commands.put("agent.list", _ -> list());
    commands.put("agent.rotate", this::rotate);
    commands.put("agent.tools", this::tools);
    commands.put("agent.revoke", this::revoke);
  }

  private JsonNode add(Fields fields) {
    PersonId owner = fields.parsed("owner", PersonId::new);
    if (parts.people().person(owner).isEmpty()) {
      throw new OperatorError(
          "there is no person named "
              + owner
              + " who could own the agent; add one with:"
              + " keyward person add "
              + owner);
    }
    Agent agent =
        new Agent(
            fields.parsed("name", AgentId::new),
            fields.optional("type").orElse("agent"),
            fields.optional("workspace").orElse("default"),
            owner,
            ToolScope.of(fields.list("tools")),
            ToolNames.parse(fields.optional("tool_names").orElse("canonical")));
    ObjectNode added = added(agent, fields);
    sightless(agent.tools()).ifPresent(warning -> added.put("warning", warning));
    return added;
  }

  private ObjectNode added(Agent agent, Fields fields) {
    if (!fields.flag("no_key")) {
      return key(agent.id(), parts.agents().add(agent, lifetime(fields)));
    }
    parts.agents().addWithoutKey(agent);
    return JSON.objectNode().put("name", agent.id().value());
  }

  private JsonNode rotate(Fields fields) {
    AgentId agent = fields.parsed("name", AgentId::new);
    return key(agent, parts.agents().rotate(agent, lifetime(fields)));
  }

  private JsonNode tools(Fields fields) {
    AgentId agent = fields.parsed("name", AgentId::new);
    ToolScope tools = ToolScope.of(fields.list("tools"));
    if (tools.patterns().isEmpty()) {
      throw new OperatorError("tools must be named; to leave an agent none, stop or revoke it");
    }
    parts.agents().changeTools(agent, tools);
    ObjectNode changed = JSON.objectNode().put("name", agent.value());
    tools.written().forEach(changed.putArray("tools")::add);
    sightless(tools).ifPresent(warning -> changed.put("warning", warning));
    return changed;
  }

  private JsonNode revoke(Fields fields) {
    AgentId agent = fields.parsed("name", AgentId::new);
    parts.agents().revoke(agent);
    return JSON.objectNode().put("name", agent.value());
  }

  private JsonNode list() {
    ArrayNode list = JSON.arrayNode();
    parts.agents().list().forEach(listed -> list.add(row(listed)));
    return list;
  }

  private static ObjectNode row(Agents.Listed listed) {
    Agent agent = listed.agent();
    ObjectNode row = JSON.objectNode();
    row.put("name", agent.id().value());
    row.put("type", agent.type());
    row.put("workspace", agent.workspace());
    row.put("owner", agent.owner().value());
    ArrayNode tools = row.putArray("tools");
    agent.tools().written().forEach(tools::add);
    row.put("tool_names", agent.toolNames().wire());
    row.put("created", listed.created().toString());
    row.put("revoked", listed.revoked());
    expires(listed).ifPresent(expires -> row.put("key_expires", expires));
    return row;
  }

  /// The one place where a key is shown, to the operator who asked for it.
  @TouchesSecret
  private ObjectNode key(AgentId agent, Secret key) {
    ObjectNode made =
        JSON.objectNode().put("name", agent.value()).put("key", key.<String>use(text -> text));
    expires(agent).ifPresent(expires -> made.put("expires", expires));
    return made;
  }

  private Optional<String> expires(AgentId agent) {
    return parts.agents().list().stream()
        .filter(listed -> listed.agent().id().equals(agent))
        .findFirst()
        .flatMap(AgentCommands::expires);
  }

  private static Optional<String> expires(Agents.Listed listed) {
    return listed.keyExpires().map(at -> at.truncatedTo(ChronoUnit.SECONDS).toString());
  }

  /// {@return what to say of patterns that name nothing}
  private Optional<String> sightless(ToolScope tools) {
    if (tools.patterns().isEmpty()) {
      return Optional.of("it sees no tool, since none was named with --tools");
    }
    List<String> idle =
        tools.patterns().stream()
            .filter(pattern -> !parts.catalog().current().has(pattern))
            .map(ToolPattern::value)
            .toList();
    return idle.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "the catalog has no tool that fits "
                + String.join(", ", idle)
                + "; see: keyward catalog list");
  }

  private static Duration lifetime(Fields fields) {
    return Duration.ofDays(fields.number("days", DEFAULT_DAYS, 1, MOST_DAYS));
  }
}
