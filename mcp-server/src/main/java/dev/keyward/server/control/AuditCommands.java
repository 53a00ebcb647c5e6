package dev.keyward.server.control;

import dev.keyward.call.AgentId;
import dev.keyward.call.CallId;
import dev.keyward.call.RunId;
import dev.keyward.call.ToolName;
import dev.keyward.server.audit.AuditFilter;
import dev.keyward.server.audit.AuditRecord;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `audit.list`. Verifying needs no broker, only files, so it is not here.
final class AuditCommands {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /// Whom it happened to, or who has done it.
  private static final List<String> PEOPLE =
      List.of("/person", "/decision/person", "/allowance/person", "/edited/person");

  private static final int DEFAULT_LIMIT = 50;
  private static final int MOST = 10_000;

  private final OperatorCommands.Parts parts;

  AuditCommands(OperatorCommands.Parts parts) {
    this.parts = parts;
  }

  void offer(Map<String, OperatorCommands.Command> commands) {
    commands.put("audit.list", this::list);
  }

  private JsonNode list(Fields fields) {
    var filter =
        new AuditFilter(
            fields.optional("run", RunId::new),
            fields.optional("agent", AgentId::new),
            fields.optional("tool", ToolName::new),
            fields.optional("call", CallId::new),
            fields.optional("type"),
            fields.time("since"),
            fields.number("limit", DEFAULT_LIMIT, 1, MOST));
    ArrayNode list = JSON.arrayNode();
    parts.records().list(filter).forEach(record -> list.add(row(record)));
    return list;
  }

  private static JsonNode row(AuditRecord record) {
    JsonNode event = JsonMapper.shared().readTree(record.body());
    ObjectNode row = JSON.objectNode().put("at", record.at().toString()).put("type", record.type());
    copy(event.path("agent"), "agent", row);
    PEOPLE.forEach(person -> copy(event.at(person), "person", row));
    copy(event.path("to"), "to", row);
    copy(event.at("/permission/tool"), "tool", row);
    copy(event.path("tool"), "tool", row);
    copy(event.path("call"), "call", row);
    copy(event.at("/outcome/code"), "code", row);
    copy(event.at("/refusal/code"), "code", row);
    return row.put("chain", record.chain())
        .put("seq", record.seq())
        .put("hash", record.hash())
        .set("event", event);
  }

  private static void copy(JsonNode value, String field, ObjectNode row) {
    if (value.isString()) {
      row.set(field, value);
    }
  }
}
