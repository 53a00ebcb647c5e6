package dev.keyward.approvals.web;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.Undecided;
import dev.keyward.approvals.Verdict;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.CallDigest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// `GET /together?pick=…&pick=…`, `?run=…` or `?agent=…`: up to fifty requests that wait for this
/// person, each in full. `POST /together`: one decision and one reason for those that the form
/// names.
///
/// Each is decided by itself, bound to what the page showed of it; what has changed, or somebody
/// else has decided, stays as it is and is told (409). All may be denied. Approved together are
/// only plain calls of one tool on one system, else nothing is decided (403).
@SuppressWarnings("serial") // servlets are not serialized
final class TogetherServlet extends SignedInServlet {
  static final String PATH = "/together";

  private static final int MOST = 50;
  private static final Map<String, Verdict> VERDICTS =
      Map.of("deny", Verdict.DENY, "approve", Verdict.APPROVE);

  private final Approvals approvals;
  private final Views views;
  private final Scrubbed scrubbed;
  private final DecisionDesk desk;

  TogetherServlet(
      Approvals approvals,
      Sessions sessions,
      Views views,
      Scrubbed scrubbed,
      Pages pages,
      DecisionDesk desk) {
    super(sessions, pages);
    this.approvals = approvals;
    this.views = views;
    this.scrubbed = scrubbed;
    this.desk = desk;
  }

  /// What a form says of one request.
  private record Picked(ApprovalId id, CallDigest shown, String view) {
    DecisionForm form(Verdict verdict, String reason) {
      return new DecisionForm(
          verdict, Consequence.NONE, reason, shown, view, Optional.empty(), Optional.empty());
    }

    static Optional<Picked> of(String text) {
      String[] parts = text.split(" ", -1);
      try {
        return parts.length == 3
            ? Optional.of(
                new Picked(
                    new ApprovalId(parts[0]),
                    new CallDigest(parts[1]),
                    new CallDigest(parts[2]).value()))
            : Optional.empty();
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }
  }

  @Override
  void show(Visit visit) throws IOException {
    List<Undecided> all = views.decidable(visit.session(), wanted(visit));
    if (all.isEmpty()) {
      Redirect.to(visit.response(), "/approvals");
      return;
    }
    page(visit, HttpServletResponse.SC_OK, all, List.of(), "");
  }

  @Override
  void take(Visit visit, Form form) throws IOException {
    Optional<Verdict> verdict = form.one("decision").map(VERDICTS::get);
    Optional<String> reason = scrubbed.typed(form, "reason");
    Map<ApprovalId, Picked> picked = picked(form.all("item"));
    if (verdict.isEmpty() || reason.isEmpty() || picked.isEmpty()) {
      visit.problem(Problem.MALFORMED);
      return;
    }
    List<ApprovalRequest> found =
        picked.keySet().stream()
            .flatMap(id -> approvals.findFor(visit.session().person(), id).stream())
            .toList();
    Optional<String> objection =
        verdict.get() == Verdict.APPROVE ? approvals.objectionToTogether(found) : Optional.empty();
    if (objection.isPresent()) {
      var notice = Notice.refused("Nothing was decided", objection.get());
      again(visit, HttpServletResponse.SC_FORBIDDEN, picked.keySet(), notice, reason.get());
      return;
    }
    Map<ApprovalRequest, DecisionForm> forms = new LinkedHashMap<>();
    for (ApprovalRequest request : found) {
      Picked one = picked.get(request.id());
      if (one != null) {
        forms.put(request, one.form(verdict.get(), reason.get()));
      }
    }
    int recorded = desk.decideEach(forms, visit.session());
    if (recorded == picked.size()) {
      Redirect.to(visit.response(), "/approvals");
    } else {
      var notice = left(recorded, picked.size() - recorded);
      again(visit, HttpServletResponse.SC_CONFLICT, picked.keySet(), notice, reason.get());
    }
  }

  private void again(Visit visit, int status, Set<ApprovalId> ids, Notice notice, String reason)
      throws IOException {
    List<Undecided> all = views.decidable(visit.session(), each -> ids.contains(each.id()));
    page(visit, status, all, List.of(notice), reason);
  }

  private void page(
      Visit visit, int status, List<Undecided> all, List<Notice> notices, String reason)
      throws IOException {
    List<Undecided> some = all.subList(0, Math.min(all.size(), MOST));
    visit
        .pages()
        .together(
            visit.response(),
            status,
            views.together(
                views.inFull(some), all.size() - some.size(), visit.session(), notices, reason));
  }

  private static Predicate<Undecided> wanted(Visit visit) {
    String run = visit.request().getParameter("run");
    String agent = visit.request().getParameter("agent");
    if (run != null) {
      return each -> each.quorum().caller().run().value().equals(run);
    }
    if (agent != null) {
      return each -> each.quorum().caller().agent().value().equals(agent);
    }
    String[] picks = visit.request().getParameterValues("pick");
    Set<String> ids = picks == null ? Set.of() : new HashSet<>(List.of(picks));
    return each -> ids.contains(each.id().value());
  }

  /// By name; empty if one has another shape or is there twice, or there are too many.
  private static Map<ApprovalId, Picked> picked(List<String> items) {
    List<Picked> all = new ArrayList<>();
    items.forEach(item -> Picked.of(item).ifPresent(all::add));
    Map<ApprovalId, Picked> byId = new LinkedHashMap<>();
    all.forEach(one -> byId.put(one.id(), one));
    return byId.size() == items.size() && items.size() <= MOST ? byId : Map.of();
  }

  private static Notice left(int recorded, int left) {
    return Notice.beware(
        recorded + " decided, " + left + " left as they were",
        "What was left had changed, had ended, or is not yours to decide. What still waits for you"
            + " is below: read it before you decide.");
  }
}
