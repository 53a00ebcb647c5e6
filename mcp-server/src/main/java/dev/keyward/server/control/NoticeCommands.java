package dev.keyward.server.control;

import dev.keyward.call.PersonId;
import dev.keyward.server.notice.Notices;
import dev.keyward.server.notice.Undelivered;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// `notify.test`: a message that tells of nothing, by one of the ways to people.
final class NoticeCommands {
  private final OperatorCommands.Parts parts;

  NoticeCommands(OperatorCommands.Parts parts) {
    this.parts = parts;
  }

  void offer(Map<String, OperatorCommands.Command> commands) {
    commands.put("notify.test", this::test);
  }

  private JsonNode test(Fields fields) {
    String way = fields.text("way");
    Notices notices =
        parts
            .notices()
            .orElseThrow(() -> new OperatorError("config.yaml says by no way how people are told"));
    try {
      notices.test(way, fields.optional("person", PersonId::new));
    } catch (Undelivered e) {
      throw new OperatorError("the message did not arrive: " + e.why());
    }
    return JsonNodeFactory.instance.objectNode().put("way", way).put("arrived", true);
  }
}
