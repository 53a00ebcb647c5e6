package dev.keyward.server.notice;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Subject;
import dev.keyward.call.ApprovalId;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The body of a message: words of the operator's, names, and a link for each request.
final class NoticeJson {
  private NoticeJson() {}

  /// {@return the message that these requests wait}
  ///
  /// @param page where people decide on a request
  /// @param more how many others wait and are not listed
  static String waiting(
      List<ApprovalRequest> requests, int more, Instant at, Function<ApprovalId, URI> page) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("type", "approvals.waiting");
    body.put("timestamp", time(at));
    ObjectNode data = body.putObject("data");
    ArrayNode list = data.putArray("requests");
    requests.forEach(request -> add(request, page, list.addObject()));
    data.put("more", more);
    return body.toString();
  }

  private static void add(ApprovalRequest request, Function<ApprovalId, URI> page, ObjectNode out) {
    Subject.Call call = request.subject().shown();
    out.put("approval", request.id().value());
    out.put("url", page.apply(request.id()).toString());
    out.put("title", call.title());
    out.put("tool", call.tool().value());
    out.put("tier", call.tier().wire());
    out.put("kind", request.kind().wire());
    out.put("agent", call.caller().agent().value());
    out.put("owner", call.caller().owner().value());
    out.put("run", call.caller().run().value());
    out.put("expires", time(request.expires()));
  }

  private static String time(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
