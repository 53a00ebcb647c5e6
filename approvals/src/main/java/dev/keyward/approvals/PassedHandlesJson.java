package dev.keyward.approvals;

import dev.keyward.call.PassedHandle;
import dev.keyward.call.ToolName;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// The handles of a call as they are stored with its request: a JSON array of objects.
final class PassedHandlesJson {
  private PassedHandlesJson() {}

  static String write(List<PassedHandle> handles) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (PassedHandle handle : handles) {
      list.addObject()
          .put("handle", handle.text())
          .put("kind", handle.kind())
          .put("from", handle.from().value())
          .put("given", handle.given().toString())
          .put("digest", handle.digest());
    }
    return list.toString();
  }

  static List<PassedHandle> read(String json) {
    return JsonMapper.shared().readTree(json).valueStream().map(PassedHandlesJson::handle).toList();
  }

  private static PassedHandle handle(JsonNode handle) {
    return new PassedHandle(
        handle.get("handle").stringValue(),
        handle.get("kind").stringValue(),
        new ToolName(handle.get("from").stringValue()),
        Instant.parse(handle.get("given").stringValue()),
        handle.get("digest").stringValue());
  }
}
