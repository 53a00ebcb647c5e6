package dev.keyward.approvals.web;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.ApprovalState;
import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.DecisionResult;
import dev.keyward.approvals.Edits;
import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// `GET /approvals`: the queue, by pages (`page`). `GET /approvals/{id}`: one request. `POST
/// /approvals/{id}`: a signed-in person decides on it; nothing else ever decides.
///
/// With the decision `edit` the form carries other arguments, which nobody has agreed to yet; with
/// `prolong` the request stays open for longer, which decides nothing.
///
/// The form carries the CSRF token, the decision, a reason, the digest of the call and that of all
/// that the page showed, and where a passkey signs, what it made of them. Answers 303 to the
/// request, 401 not signed in, 403 wrong token or not this person's to decide, 404 no such request
/// or not for this person, 409 somebody was first or it has changed, 413 or 422 no such form.
@SuppressWarnings("serial") // servlets are not serialized
final class ApprovalsServlet extends SignedInServlet {
  private static final int UNFIT = 422;
  private static final Pattern PAGE = Pattern.compile("[0-9]{1,4}");

  private final Approvals approvals;
  private final Edits edits;
  private final Views views;
  private final Passkeys passkeys;
  private final Scrubbed scrubbed;
  private final DecisionDesk desk;

  ApprovalsServlet(
      Approvals approvals,
      Edits edits,
      Sessions sessions,
      Views views,
      Passkeys passkeys,
      Scrubbed scrubbed,
      Pages pages,
      DecisionDesk desk) {
    super(sessions, pages);
    this.approvals = approvals;
    this.edits = edits;
    this.views = views;
    this.passkeys = passkeys;
    this.scrubbed = scrubbed;
    this.desk = desk;
  }

  @Override
  void show(Visit visit) throws IOException {
    if (visit.rest().isEmpty()) {
      visit.pages().queue(visit.response(), views.queue(visit.session(), page(visit)));
      return;
    }
    Optional<ApprovalRequest> found = find(visit);
    if (found.isEmpty()) {
      visit.problem(Problem.NOT_FOUND);
      return;
    }
    DetailPage page = views.detail(found.get(), visit.session());
    visit.pages().detail(visit.response(), HttpServletResponse.SC_OK, page);
  }

  private static int page(Visit visit) {
    String page = visit.request().getParameter("page");
    return page != null && PAGE.matcher(page).matches() ? Integer.parseInt(page) : 1;
  }

  @Override
  void take(Visit visit, Form form) throws IOException {
    Optional<ApprovalRequest> found = find(visit);
    if (found.isEmpty()) {
      visit.problem(Problem.NOT_FOUND);
      return;
    }
    switch (form.one("decision").orElse("")) {
      case "edit" -> edit(visit, found.get(), form);
      case "prolong" -> prolong(visit, found.get(), form);
      case "end_further" -> endFurther(visit, found.get());
      default -> decide(visit, found.get(), form);
    }
  }

  private void decide(Visit visit, ApprovalRequest request, Form form) throws IOException {
    Optional<DecisionForm> decision = DecisionForm.of(form, scrubbed);
    if (decision.isEmpty()) {
      visit.problem(Problem.MALFORMED);
    } else {
      decide(visit, request, decision.get());
    }
  }

  private void decide(Visit visit, ApprovalRequest request, DecisionForm form) throws IOException {
    Session session = visit.session();
    switch (desk.decide(request, session, form, passkeys.receipt(form, session))) {
      case DecisionResult.Recorded(var now) ->
          Redirect.to(visit.response(), "/approvals/" + now.id());
      case DecisionResult.AlreadyDecided(var now) -> conflict(visit, now, form.reason(), tooLate());
      case DecisionResult.Changed(var now) -> conflict(visit, now, form.reason(), changed());
      case DecisionResult.Unknown() -> visit.problem(Problem.NOT_FOUND);
      case DecisionResult.NotAllowed(var why) ->
          show(
              visit,
              HttpServletResponse.SC_FORBIDDEN,
              request,
              List.of(notYours(why)),
              form.reason());
    }
  }

  private void edit(Visit visit, ApprovalRequest request, Form form) throws IOException {
    Optional<CallDigest> digest = DecisionForm.digest(form, "digest");
    Shown shown = views.shown(request, visit.session());
    Optional<Editing> editing = views.editing(request, shown, visit.session(), Optional.empty());
    if (digest.isEmpty() || form.one("view").isEmpty()) {
      visit.problem(Problem.MALFORMED);
    } else if (form.one("view").filter(shown.digest()::equals).isEmpty()) {
      conflict(visit, request, "", changed());
    } else if (request.state() != ApprovalState.PENDING) {
      conflict(visit, request, "", tooLate());
    } else if (editing.isEmpty()) {
      String why = why(visit, request);
      show(visit, HttpServletResponse.SC_FORBIDDEN, request, List.of(notYours(why)), "");
    } else {
      switch (EditableJson.read(request, editing.get().fields(), form)) {
        case EditableJson.Read.Not(var why) -> unfit(visit, request, form, why);
        case EditableJson.Read.Changed(var arguments) ->
            edit(visit, request, form, digest.get(), arguments);
      }
    }
  }

  private String why(Visit visit, ApprovalRequest request) {
    return approvals
        .objectionToEdit(request, visit.session().person().id())
        .orElse("Nothing in this call can be changed any more.");
  }

  private void edit(
      Visit visit, ApprovalRequest request, Form form, CallDigest shown, Arguments arguments)
      throws IOException {
    switch (edits.fit(request, arguments)) {
      case Edits.Fit.Not(var why) -> unfit(visit, request, form, why);
      case Edits.Fit.Fits(var summary) ->
          answer(
              visit,
              request,
              approvals.edit(request.id(), visit.session().person(), shown, arguments, summary));
    }
  }

  private void answer(Visit visit, ApprovalRequest request, DecisionResult result)
      throws IOException {
    switch (result) {
      case DecisionResult.Recorded(var now) ->
          Redirect.to(visit.response(), "/approvals/" + now.id());
      case DecisionResult.AlreadyDecided(var now) -> conflict(visit, now, "", tooLate());
      case DecisionResult.Changed(var now) -> conflict(visit, now, "", changed());
      case DecisionResult.Unknown() -> visit.problem(Problem.NOT_FOUND);
      case DecisionResult.NotAllowed(var why) ->
          show(visit, HttpServletResponse.SC_FORBIDDEN, request, List.of(notYours(why)), "");
    }
  }

  private void unfit(Visit visit, ApprovalRequest request, Form form, String why)
      throws IOException {
    var notice = Notice.refused("Nothing was changed", why);
    show(visit, UNFIT, request, List.of(notice), new Views.Typed("", Optional.of(form)));
  }

  private void endFurther(Visit visit, ApprovalRequest request) throws IOException {
    switch (approvals.endAllowance(request.id(), visit.session().person())) {
      case DecisionResult.Recorded _, DecisionResult.AlreadyDecided _, DecisionResult.Changed _ ->
          Redirect.to(visit.response(), "/approvals/" + request.id());
      case DecisionResult.Unknown() -> visit.problem(Problem.NOT_FOUND);
      case DecisionResult.NotAllowed(var why) ->
          show(visit, HttpServletResponse.SC_FORBIDDEN, request, List.of(notYours(why)), "");
    }
  }

  /// The page comes at once, with what the person had begun to write.
  private void prolong(Visit visit, ApprovalRequest request, Form form) throws IOException {
    switch (approvals.prolong(request.id(), visit.session().person())) {
      case DecisionResult.Recorded(var now) ->
          showLonger(visit, HttpServletResponse.SC_OK, now, form, stays());
      case DecisionResult.AlreadyDecided(var now) ->
          showLonger(visit, HttpServletResponse.SC_CONFLICT, now, form, notOpen());
      case DecisionResult.Changed(var now) ->
          showLonger(visit, HttpServletResponse.SC_CONFLICT, now, form, notOpen());
      case DecisionResult.Unknown() -> visit.problem(Problem.NOT_FOUND);
      case DecisionResult.NotAllowed(var why) ->
          showLonger(
              visit,
              HttpServletResponse.SC_FORBIDDEN,
              request,
              form,
              Notice.refused("It was not kept open longer", why));
    }
  }

  /// With what was typed, into the form for decisions or that for changes, and whether what it was
  /// typed for has changed since.
  private void showLonger(Visit visit, int status, ApprovalRequest now, Form form, Notice notice)
      throws IOException {
    List<Notice> notices = new ArrayList<>(List.of(notice));
    String shown = views.shown(now, visit.session()).digest();
    if (form.one("view").filter(read -> !read.equals(shown)).isPresent()) {
      notices.add(Notice.beware("This has changed", "Read it again before you decide."));
    }
    Optional<Form> changes = form.one("reason").isPresent() ? Optional.empty() : Optional.of(form);
    var typed = new Views.Typed(scrubbed.typed(form, "reason").orElse(""), changes);
    show(visit, status, now, notices, typed);
  }

  private void conflict(Visit visit, ApprovalRequest now, String reason, Notice notice)
      throws IOException {
    show(visit, HttpServletResponse.SC_CONFLICT, now, List.of(notice), reason);
  }

  private void show(
      Visit visit, int status, ApprovalRequest request, List<Notice> notices, String reason)
      throws IOException {
    show(visit, status, request, notices, new Views.Typed(reason, Optional.empty()));
  }

  private void show(
      Visit visit, int status, ApprovalRequest request, List<Notice> notices, Views.Typed typed)
      throws IOException {
    DetailPage page = views.detail(request, visit.session(), notices, typed);
    visit.pages().detail(visit.response(), status, page);
  }

  private Optional<ApprovalRequest> find(Visit visit) {
    return visit.approval().flatMap(id -> approvals.findFor(visit.session().person(), id));
  }

  private static Notice tooLate() {
    return Notice.beware(
        "Your decision was not recorded",
        "The request had been decided, or had ended, before your answer came. This is how it stands"
            + " now.");
  }

  private static Notice changed() {
    return Notice.beware(
        "Your decision was not recorded",
        "What you were shown is not what is asked. This is what is asked now: read it before you"
            + " decide.");
  }

  private static Notice stays() {
    return new Notice("good", "✓", "It stays open longer", "Nothing is decided by that.", false);
  }

  private static Notice notOpen() {
    return Notice.beware(
        "It was not kept open longer",
        "The request had been decided, or had ended, before you asked for that. This is how it"
            + " stands now.");
  }

  private static Notice notYours(String why) {
    return Notice.refused("Your decision was not recorded", why);
  }
}
