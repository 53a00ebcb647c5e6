package dev.keyward.server.notice;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Decision;
import dev.keyward.approvals.Subject;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.RunId;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The body of a message: words of the operator's, names, and a link for each request.
final class NoticeJson {
  static final String GLASS_BROKEN = "approvals.glass_broken";

  private static final int LISTED = 20;

  private NoticeJson() {}

  /// What is told together of many requests.
  private record Kind(String tool, String tier, String kind, String agent) {
    static Kind of(ApprovalRequest request) {
      Subject.Call call = request.subject().shown();
      return new Kind(
          call.tool().value(),
          call.tier().wire(),
          request.kind().wire(),
          call.caller().agent().value());
    }
  }

  /// {@return the message that these requests wait: the first twenty one by one, how many there are
  /// of each kind, and of how many runs}
  ///
  /// @param earlier how many wait beside them, of which the same readers were told before
  /// @param page where people decide on a request
  static String waiting(
      List<ApprovalRequest> requests, int earlier, Instant at, Function<ApprovalId, URI> page) {
    List<ApprovalRequest> listed = requests.subList(0, Math.min(requests.size(), LISTED));
    ObjectNode body = body("approvals.waiting", at);
    ObjectNode data = body.putObject("data");
    ArrayNode list = data.putArray("requests");
    listed.forEach(request -> add(request, page, list.addObject()));
    data.put("more", requests.size() - listed.size());
    data.put("earlier", earlier);
    data.put("runs", requests.stream().map(NoticeJson::run).distinct().count());
    ArrayNode kinds = data.putArray("kinds");
    counted(requests).forEach((kind, count) -> add(kind, count, kinds));
    data.put("url", page.apply(requests.getFirst().id()).resolve("/approvals").toString());
    return body.toString();
  }

  /// {@return the message that somebody has broken the glass; their words stay on the page}
  ///
  /// @param page where people decide on a request
  static String glassBroken(ApprovalRequest request, Instant at, Function<ApprovalId, URI> page) {
    Decision broke =
        request.decisions().stream().filter(Decision::brokeGlass).findFirst().orElseThrow();
    ObjectNode body = body(GLASS_BROKEN, at);
    ObjectNode data = body.putObject("data");
    add(request, page, data.putArray("requests").addObject());
    data.put("person", broke.person().value());
    data.put("ticket", broke.ticket().orElse(""));
    data.put("at", time(broke.at()));
    data.put("url", page.apply(request.id()).resolve("/reviews").toString());
    return body.toString();
  }

  /// {@return a message that tells of nothing}
  static String test(Instant at) {
    return body("test", at).toString();
  }

  private static ObjectNode body(String type, Instant at) {
    return JsonNodeFactory.instance.objectNode().put("type", type).put("timestamp", time(at));
  }

  private static Map<Kind, Integer> counted(List<ApprovalRequest> requests) {
    Map<Kind, Integer> counted = new LinkedHashMap<>();
    requests.forEach(request -> counted.merge(Kind.of(request), 1, Integer::sum));
    return counted;
  }

  private static RunId run(ApprovalRequest request) {
    return request.subject().caller().run();
  }

  private static void add(Kind kind, int count, ArrayNode out) {
    if (out.size() < LISTED) {
      out.addObject()
          .put("tool", kind.tool)
          .put("tier", kind.tier)
          .put("kind", kind.kind)
          .put("agent", kind.agent)
          .put("count", count);
    }
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
