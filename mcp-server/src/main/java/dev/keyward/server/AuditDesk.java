package dev.keyward.server;

import dev.keyward.approvals.web.AuditTrail;
import dev.keyward.call.AgentId;
import dev.keyward.call.CallId;
import dev.keyward.call.RunId;
import dev.keyward.call.ToolName;
import dev.keyward.server.audit.AuditFilter;
import dev.keyward.server.audit.AuditRecord;
import dev.keyward.server.audit.AuditRecords;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The record as auditors read it on their page.
record AuditDesk(AuditRecords records) implements AuditTrail {
  private static final int NEWEST = 200;

  @Override
  public List<Line> newest(Question question) {
    var filter =
        new AuditFilter(
            given(question.run(), RunId::new),
            given(question.agent(), AgentId::new),
            given(question.tool(), ToolName::new),
            given(question.call(), CallId::new),
            given(question.type(), Function.identity()),
            Optional.empty(),
            NEWEST);
    return records.list(filter).stream().map(AuditDesk::line).toList();
  }

  private static <T> Optional<T> given(String text, Function<String, T> parsed) {
    return text.isEmpty() ? Optional.empty() : Optional.of(parsed.apply(text));
  }

  private static Line line(AuditRecord record) {
    JsonNode event = JsonMapper.shared().readTree(record.body());
    return new Line(
        record.chain(),
        record.seq(),
        record.at(),
        record.type(),
        event.path("agent").asString(""),
        event.path("tool").asString(""),
        event.path("call").asString(""),
        event.toPrettyString());
  }
}
