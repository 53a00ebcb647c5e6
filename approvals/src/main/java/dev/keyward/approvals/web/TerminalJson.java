package dev.keyward.approvals.web;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The pages' models as terminals get them: the same words, as JSON.
final class TerminalJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private TerminalJson() {}

  /// {@return the queue}
  static ObjectNode queue(QueuePage page) {
    ObjectNode queue = JSON.objectNode().put("seen", page.changes());
    ArrayNode requests = queue.putArray("requests");
    page.yours().forEach(run -> add(run.rows(), "you", requests));
    page.others().forEach(run -> add(run.rows(), "others", requests));
    add(page.decided(), "", requests);
    return queue;
  }

  private static void add(List<QueuePage.Row> rows, String waitsFor, ArrayNode out) {
    rows.forEach(row -> out.add(row(row).put("waits_for", waitsFor)));
  }

  private static ObjectNode row(QueuePage.Row row) {
    ObjectNode json = JSON.objectNode();
    if (!row.placeUsed().isEmpty()) {
      json.put("note", row.placeUsed());
    }
    return json.put("approval", row.id())
        .put("state", row.stands())
        .put("open", row.open())
        .put("tier", row.tier().words())
        .put("title", row.title())
        .put("tool", row.tool())
        .put("agent", row.agent())
        .put("owner", row.owner())
        .put("behalf", row.behalf())
        .put("run", row.run())
        .put("summary", Piece.text(row.summary()))
        .put("kind", row.kind())
        .put("agreed", row.agreed())
        .put("asked", row.asked().iso())
        .put("expires", row.expires().iso());
  }

  /// {@return one request: `document` is all that a decision is bound to, and `view` its digest}
  ///
  /// @param url the page of the request
  static ObjectNode detail(DetailPage page, String url) {
    ObjectNode detail = row(page.row());
    detail.put("page", url);
    detail.set("document", page.shown().document());
    detail.put("view", page.shown().digest());
    detail.put("digest", page.digest());
    detail.put("reach", page.reach());
    detail.put("credential", page.credential());
    detail.put("claim", page.claim());
    ArrayNode notices = detail.putArray("notices");
    page.notices().forEach(notice -> notices.add(notice.title() + ". " + notice.text()));
    ArrayNode decisions = detail.putArray("decisions");
    page.decisions().forEach(answer -> decisions.add(answer(answer)));
    Optional<String> objection = objection(page);
    detail.put("may_approve", objection.isEmpty());
    detail.put("may_deny", page.choice() instanceof DetailPage.Choice.Open);
    detail.put("why_not", objection.orElse(""));
    page.longer().ifPresent(until -> detail.put("may_prolong_until", until.iso()));
    return detail;
  }

  private static ObjectNode answer(DetailPage.Answer answer) {
    return JSON.objectNode()
        .put("person", answer.person())
        .put("role", answer.role())
        .put("verdict", answer.verdict().words())
        .put("reason", Piece.text(answer.reason()))
        .put("at", answer.at().iso())
        .put("independence", answer.independence())
        .put("step_up", answer.stepUp());
  }

  /// Why this person cannot approve this at a terminal, as a sentence.
  private static Optional<String> objection(DetailPage page) {
    return switch (page.choice()) {
      case DetailPage.Choice.Closed(var why) -> Optional.of(why);
      case DetailPage.Choice.Open _ when !page.shown().inspectable() ->
          Optional.of("What cannot be inspected cannot be approved.");
      case DetailPage.Choice.Open(var _, var _, var _, DetailPage.Signature.None()) ->
          Optional.empty();
      case DetailPage.Choice.Open _ -> Optional.of(TerminalServlet.PASSKEY);
    };
  }
}
