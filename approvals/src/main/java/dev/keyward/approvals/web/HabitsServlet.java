package dev.keyward.approvals.web;

import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.Role;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;

/// `GET /habits`: how people have decided in the last 30 days, for administrators. There is nothing
/// to change here.
@SuppressWarnings("serial") // servlets are not serialized
final class HabitsServlet extends SignedInServlet {
  private static final int DAYS = 30;

  private final Approvals approvals;
  private final InstantSource clock;

  HabitsServlet(Approvals approvals, Sessions sessions, Pages pages, InstantSource clock) {
    super(sessions, pages);
    this.approvals = approvals;
    this.clock = clock;
  }

  @Override
  boolean admits(Session session) {
    return session.person().is(Role.ADMINISTRATOR);
  }

  @Override
  void show(Visit visit) throws IOException {
    var habits = approvals.habits(clock.instant().minus(Duration.ofDays(DAYS)));
    var page = new HabitsPage(Visitor.of(visit.session()), DAYS, habits);
    visit.pages().habits(visit.response(), page);
  }

  @Override
  void take(Visit visit, Form form) throws IOException {
    visit.problem(Problem.METHOD);
  }
}
