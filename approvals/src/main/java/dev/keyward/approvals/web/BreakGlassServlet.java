package dev.keyward.approvals.web;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.DecisionResult;
import dev.keyward.approvals.GlassBreak;
import dev.keyward.approvals.Receipt;
import dev.keyward.approvals.Role;
import dev.keyward.call.CallDigest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// `GET /break-glass/{id}`: one request, for somebody who has the role break-glass. `POST` there:
/// shows what they would sign, and with their passkey's signature breaks the glass.
///
/// The form carries the CSRF token, a ticket, a reason, the digest of the call and that of all that
/// the page showed; the second time the signature, which is bound to all of them. Answers 200 the
/// next step, 303 to the request, 403 not theirs, 404 no such request or not for this person, 409
/// somebody was first or it has changed, 413 or 422 no such form, or no reason or ticket.
@SuppressWarnings("serial") // servlets are not serialized
final class BreakGlassServlet extends SignedInServlet {
  static final String PATH = "/break-glass";

  private static final int UNFIT = 422;

  private final Approvals approvals;
  private final Views views;
  private final Passkeys passkeys;
  private final Scrubbed scrubbed;

  BreakGlassServlet(
      Approvals approvals,
      Sessions sessions,
      Views views,
      Passkeys passkeys,
      Scrubbed scrubbed,
      Pages pages) {
    super(sessions, pages);
    this.approvals = approvals;
    this.views = views;
    this.passkeys = passkeys;
    this.scrubbed = scrubbed;
  }

  @Override
  boolean admits(Session session) {
    return session.person().is(Role.BREAK_GLASS);
  }

  @Override
  void show(Visit visit) throws IOException {
    Optional<ApprovalRequest> found = find(visit);
    if (found.isEmpty()) {
      visit.problem(Problem.NOT_FOUND);
      return;
    }
    show(visit, HttpServletResponse.SC_OK, found.get(), new Why("", ""), List.of());
  }

  /// What the person gives as their cause.
  private record Why(String ticket, String reason) {
    boolean said() {
      return GlassBreak.isTicket(ticket) && GlassBreak.isReason(reason);
    }
  }

  @Override
  void take(Visit visit, Form form) throws IOException {
    Optional<ApprovalRequest> found = find(visit);
    Optional<CallDigest> call = DecisionForm.digest(form, "digest");
    Optional<String> view = DecisionForm.digest(form, "view").map(CallDigest::value);
    Optional<String> ticket = form.one("ticket");
    Optional<String> reason = form.one("reason");
    if (found.isEmpty()) {
      visit.problem(Problem.NOT_FOUND);
    } else if (call.isEmpty() || view.isEmpty() || ticket.isEmpty() || reason.isEmpty()) {
      visit.problem(Problem.MALFORMED);
    } else {
      var why = new Why(ticket.get().strip(), GlassBreak.words(scrubbed.words(reason.get())));
      take(visit, found.get(), why, call.get(), view.get(), form.one("signature").orElse(""));
    }
  }

  private void take(
      Visit visit, ApprovalRequest request, Why why, CallDigest call, String view, String signature)
      throws IOException {
    Shown shown = views.shown(request, visit.session());
    if (!why.said()) {
      show(visit, UNFIT, request, why, List.of(notSaid()));
    } else if (!shown.digest().equals(view) || !request.running().equals(call)) {
      show(visit, HttpServletResponse.SC_CONFLICT, request, why, List.of(changed()));
    } else if (signature.isEmpty() || !shown.inspectable()) {
      sign(visit, request, shown, why);
    } else {
      breakIt(visit, request, why, call, view, signature);
    }
  }

  private void sign(Visit visit, ApprovalRequest request, Shown shown, Why why) throws IOException {
    byte[] challenge =
        Receipt.challenge(
            GlassBreak.document(
                request.id(),
                request.running(),
                shown.digest(),
                visit.session().person().id(),
                why.reason,
                why.ticket));
    BreakGlassPage.State state =
        closed(visit, request)
            .orElseGet(
                () ->
                    new BreakGlassPage.State.Signing(
                        why.ticket, why.reason, passkeys.signature(challenge, visit.session())));
    show(visit, HttpServletResponse.SC_OK, request, state, List.of());
  }

  private void breakIt(
      Visit visit, ApprovalRequest request, Why why, CallDigest call, String view, String signature)
      throws IOException {
    Optional<Receipt> receipt = passkeys.receipt(signature, visit.session());
    if (receipt.isEmpty()) {
      show(visit, HttpServletResponse.SC_FORBIDDEN, request, why, List.of());
      return;
    }
    var how = new GlassBreak(why.reason, why.ticket, call, view, receipt.get());
    switch (approvals.breakGlass(request.id(), visit.session().person(), how)) {
      case DecisionResult.Recorded(var now) ->
          Redirect.to(visit.response(), "/approvals/" + now.id());
      case DecisionResult.AlreadyDecided(var now) ->
          show(visit, HttpServletResponse.SC_CONFLICT, now, why, List.of());
      case DecisionResult.Changed(var now) ->
          show(visit, HttpServletResponse.SC_CONFLICT, now, why, List.of(changed()));
      case DecisionResult.Unknown() -> visit.problem(Problem.NOT_FOUND);
      case DecisionResult.NotAllowed(var because) ->
          show(
              visit,
              HttpServletResponse.SC_FORBIDDEN,
              request,
              why,
              List.of(Notice.refused("The glass was not broken", because)));
    }
  }

  private Optional<BreakGlassPage.State> closed(Visit visit, ApprovalRequest request) {
    Session session = visit.session();
    Optional<String> why =
        approvals
            .objectionToBreaking(request, session.person().id())
            .or(() -> views.over(request))
            .or(() -> uninspectable(request, session));
    return why.map(BreakGlassPage.State.Closed::new);
  }

  private Optional<String> uninspectable(ApprovalRequest request, Session session) {
    return views.shown(request, session).inspectable()
        ? Optional.empty()
        : Optional.of("What cannot be inspected cannot be approved.");
  }

  private void show(Visit visit, int status, ApprovalRequest request, Why why, List<Notice> notices)
      throws IOException {
    BreakGlassPage.State state =
        closed(visit, request)
            .orElseGet(() -> new BreakGlassPage.State.Asking(why.ticket, why.reason));
    show(visit, status, request, state, notices);
  }

  private void show(
      Visit visit,
      int status,
      ApprovalRequest request,
      BreakGlassPage.State state,
      List<Notice> notices)
      throws IOException {
    DetailPage detail = views.detail(request, visit.session());
    visit.pages().breakGlass(visit.response(), status, new BreakGlassPage(detail, state, notices));
  }

  private Optional<ApprovalRequest> find(Visit visit) {
    return visit.approval().flatMap(id -> approvals.findFor(visit.session().person(), id));
  }

  private static Notice notSaid() {
    return Notice.refused(
        "Nothing was done: say why",
        "Give a reason, and the name of a ticket: letters, digits and . _ / # : - without spaces.");
  }

  private static Notice changed() {
    return Notice.refused(
        "Nothing was done", "What you were shown is not what is asked. Read what is asked now.");
  }
}
