package dev.keyward.server.control;

import dev.keyward.server.stop.By;
import dev.keyward.server.stop.Stop;
import dev.keyward.server.stop.StopScope;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `stop`, `resume`, `stop.list`.
final class StopCommands {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final OperatorCommands.Parts parts;

  StopCommands(OperatorCommands.Parts parts) {
    this.parts = parts;
  }

  void offer(Map<String, OperatorCommands.Command> commands) {
    commands.put("stop", this::stop);
    commands.put("resume", this::resume);
    commands.put("stop.list", _ -> list());
  }

  /// What is stopped although nothing is known of it may be a slip of the pen; it is stopped all
  /// the same, and said.
  private JsonNode stop(Fields fields) {
    StopScope scope = scope(fields);
    parts.killSwitch().stop(scope, fields.optional("why").orElse(""), new By.Operator());
    ObjectNode stopped = scoped(scope);
    if (!known(scope)) {
      stopped.put("warning", "nothing of that name is known here; is it spelled right?");
    }
    return stopped;
  }

  private JsonNode resume(Fields fields) {
    StopScope scope = scope(fields);
    parts.killSwitch().resume(scope, new By.Operator());
    return scoped(scope);
  }

  private JsonNode list() {
    ArrayNode list = JSON.arrayNode();
    for (Stop stop : parts.killSwitch().list()) {
      list.add(
          scoped(stop.scope())
              .put("since", stop.since().truncatedTo(ChronoUnit.SECONDS).toString())
              .put("by", stop.by().words())
              .put("why", stop.why()));
    }
    return list;
  }

  /// {@return what is stopped, as the command line names it}
  static String words(Stop stop) {
    return (stop.scope().kind() + " " + stop.scope().name()).strip();
  }

  /// {@return since when, by whom, why, and how to lift it}
  static String detail(Stop stop) {
    return "since "
        + stop.since().truncatedTo(ChronoUnit.SECONDS)
        + " by "
        + stop.by().words()
        + (stop.why().isEmpty() ? "" : " (" + stop.why() + ")")
        + "; calls are refused until: keyward resume --"
        + words(stop);
  }

  private static StopScope scope(Fields fields) {
    return StopScope.of(fields.text("kind"), fields.optional("name").orElse(""));
  }

  private static ObjectNode scoped(StopScope scope) {
    ObjectNode json = JSON.objectNode().put("kind", scope.kind());
    return scope.name().isEmpty() ? json : json.put("name", scope.name());
  }

  private boolean known(StopScope scope) {
    return switch (scope) {
      case StopScope.All _, StopScope.OfRun _ -> true;
      case StopScope.OfAgent(var agent) ->
          parts.agents().list().stream().anyMatch(listed -> listed.agent().id().equals(agent));
      case StopScope.OfTool(var pattern) -> parts.catalog().current().has(pattern);
      case StopScope.OfTarget(var target) ->
          parts.catalog().current().tools().stream()
              .map(tool -> tool.target())
              .anyMatch(of -> target.equals(of.system()) || target.equals(of.origin().toString()));
    };
  }
}
