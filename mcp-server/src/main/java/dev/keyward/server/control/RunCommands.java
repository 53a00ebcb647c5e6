package dev.keyward.server.control;

import dev.keyward.call.AgentId;
import dev.keyward.call.CallId;
import dev.keyward.call.Refusal;
import dev.keyward.call.RunId;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.audit.AuditFilter;
import dev.keyward.server.audit.AuditRecord;
import dev.keyward.server.audit.StoredArguments;
import dev.keyward.server.run.RunDesk;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `run.open`, `run.list`, `run.show`, `run.end`, `run.proposals`.
final class RunCommands {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String PROPOSED = new Refusal.Proposed().code();
  private static final int MOST = 1_000;

  private final OperatorCommands.Parts parts;
  private final RunDesk desk;

  RunCommands(OperatorCommands.Parts parts) {
    this.parts = parts;
    this.desk = parts.runs();
  }

  void offer(Map<String, OperatorCommands.Command> commands) {
    commands.put("run.open", this::open);
    commands.put("run.list", fields -> desk.list(fields.optional("agent", AgentId::new)));
    commands.put("run.show", fields -> desk.show(fields.text("run")));
    commands.put("run.end", this::end);
    commands.put("run.proposals", this::proposals);
  }

  /// The token is shown here, once, to the operator who asked for it.
  @TouchesSecret
  private JsonNode open(Fields fields) {
    RunDesk.OpenedRun opened = desk.open(fields.json());
    return opened.run().put("token", opened.token().<String>use(text -> text));
  }

  private JsonNode end(Fields fields) {
    String run = fields.text("run");
    desk.end(run);
    return JSON.objectNode().put("run", run);
  }

  /// What an advisory run would have done, newest first; the run may have ended.
  private JsonNode proposals(Fields fields) {
    Optional<RunId> run = Optional.of(fields.parsed("run", RunId::new));
    var filter =
        new AuditFilter(
            run,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of("call.refused"),
            Optional.empty(),
            MOST);
    ArrayNode list = JSON.arrayNode();
    for (AuditRecord record : parts.records().list(filter)) {
      JsonNode event = JsonMapper.shared().readTree(record.body());
      if (event.at("/refusal/code").asString("").equals(PROPOSED)) {
        list.add(proposal(record, event));
      }
    }
    return list;
  }

  private ObjectNode proposal(AuditRecord record, JsonNode event) {
    var call = new CallId(event.path("call").stringValue());
    ObjectNode row = JSON.objectNode().put("at", record.at().toString());
    row.put("call", call.value()).put("tool", event.path("tool").asString(""));
    switch (parts.database().<StoredArguments>read(tx -> parts.arguments().open(tx, call))) {
      case StoredArguments.Held held ->
          row.set("arguments", JsonMapper.shared().readTree(held.canonical()));
      case StoredArguments.Erased _ -> row.put("arguments", "erased");
      case StoredArguments.Damaged _, StoredArguments.Absent _ ->
          row.put("arguments", "cannot be read");
    }
    return row;
  }
}
