package dev.keyward.server.control;

import dev.keyward.call.AgentId;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.run.RunDesk;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// `run.open`, `run.list`, `run.show`, `run.end`.
final class RunCommands {
  private final RunDesk desk;

  RunCommands(OperatorCommands.Parts parts) {
    this.desk = parts.runs();
  }

  void offer(Map<String, OperatorCommands.Command> commands) {
    commands.put("run.open", this::open);
    commands.put("run.list", fields -> desk.list(fields.optional("agent", AgentId::new)));
    commands.put("run.show", fields -> desk.show(fields.text("run")));
    commands.put("run.end", this::end);
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
    return JsonNodeFactory.instance.objectNode().put("run", run);
  }
}
