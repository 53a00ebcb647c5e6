package dev.keyward.approvals.web;

import dev.keyward.approvals.Role;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;

/// `GET /audit`: the newest records, for auditors. What is looked for stands in the address, so
/// that it can be kept. There is nothing to change here.
@SuppressWarnings("serial") // servlets are not serialized
final class AuditServlet extends SignedInServlet {
  private static final int UNFIT = 422;

  private final AuditTrail trail;
  private final Scrubbed scrubbed;
  private final InstantSource clock;

  AuditServlet(
      AuditTrail trail, Sessions sessions, Scrubbed scrubbed, Pages pages, InstantSource clock) {
    super(sessions, pages);
    this.trail = trail;
    this.scrubbed = scrubbed;
    this.clock = clock;
  }

  @Override
  boolean admits(Session session) {
    return session.person().is(Role.AUDITOR);
  }

  @Override
  void show(Visit visit) throws IOException {
    AuditTrail.Question asked = question(visit.request());
    try {
      show(visit, HttpServletResponse.SC_OK, asked, List.of(), trail.newest(asked));
    } catch (IllegalArgumentException e) {
      var notice = Notice.wrong("That cannot be looked for", String.valueOf(e.getMessage()));
      show(visit, UNFIT, asked, List.of(notice), List.of());
    }
  }

  @Override
  void take(Visit visit, Form form) throws IOException {
    visit.problem(Problem.METHOD);
  }

  private void show(
      Visit visit,
      int status,
      AuditTrail.Question asked,
      List<Notice> notices,
      List<AuditTrail.Line> lines)
      throws IOException {
    Instant now = clock.instant();
    var rows = lines.stream().map(line -> row(line, now)).toList();
    var page = new AuditPage(Visitor.of(visit.session()), asked, notices, rows);
    visit.pages().audit(visit.response(), status, page);
  }

  private AuditPage.Row row(AuditTrail.Line line, Instant now) {
    return new AuditPage.Row(
        line.chain() + " " + line.seq(),
        Moment.of(line.at(), now),
        line.type(),
        line.agent(),
        line.tool(),
        line.call(),
        scrubbed.pieces(line.text()).stream().map(AuditServlet::laidOut).toList());
  }

  /// A line feed in indented JSON is our own: those of strings are escaped.
  private static Piece laidOut(Piece piece) {
    return piece instanceof Piece.Break ? new Piece.Plain("\n") : piece;
  }

  private static AuditTrail.Question question(HttpServletRequest request) {
    return new AuditTrail.Question(
        one(request, "agent"),
        one(request, "run"),
        one(request, "tool"),
        one(request, "call"),
        one(request, "type"));
  }

  private static String one(HttpServletRequest request, String name) {
    return Objects.requireNonNullElse(request.getParameter(name), "").strip();
  }
}
