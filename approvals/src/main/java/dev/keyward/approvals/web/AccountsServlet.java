package dev.keyward.approvals.web;

import dev.keyward.approvals.Role;
import dev.keyward.redaction.Secret;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `GET /accounts`: the accounts with which tools act, for administrators. `POST /accounts`: begins
/// to connect one, and shows where to agree. `GET /accounts/connected`: takes the browser back.
///
/// The form carries the CSRF token and the account's name. The way back needs no form: its state
/// belongs to the session that began, and counts once. Answers 303 to the page when it is
/// connected, 403 wrong token, 404 no administrator, 409 it is not connected, 413 or 422 no such
/// form.
@SuppressWarnings("serial") // servlets are not serialized
final class AccountsServlet extends SignedInServlet {
  private static final String BACK = "connected";
  private static final String NOT_CONNECTED = "The account is not connected";

  private final ConnectedAccounts accounts;
  private final Scrubbed scrubbed;
  private final InstantSource clock;

  AccountsServlet(
      ConnectedAccounts accounts,
      Sessions sessions,
      Scrubbed scrubbed,
      Pages pages,
      InstantSource clock) {
    super(sessions, pages);
    this.accounts = accounts;
    this.scrubbed = scrubbed;
    this.clock = clock;
  }

  @Override
  boolean admits(Session session) {
    return session.person().is(Role.ADMINISTRATOR);
  }

  @Override
  void show(Visit visit) throws IOException {
    Optional<String> rest = visit.rest().filter(path -> !path.isEmpty());
    if (rest.isEmpty()) {
      show(visit, HttpServletResponse.SC_OK, List.of(), Map.of());
    } else if (rest.get().equals(BACK)) {
      takeBack(visit);
    } else {
      visit.problem(Problem.NOT_FOUND);
    }
  }

  @Override
  void take(Visit visit, Form form) throws IOException {
    Optional<String> name = form.one("name");
    if (name.isEmpty()) {
      visit.problem(Problem.MALFORMED);
      return;
    }
    try {
      URI there = accounts.begin(name.get(), of(visit.session()));
      show(visit, HttpServletResponse.SC_OK, List.of(), Map.of(name.get(), there.toString()));
    } catch (IllegalArgumentException e) {
      refuse(visit, String.valueOf(e.getMessage()));
    }
  }

  private void takeBack(Visit visit) throws IOException {
    Optional<String> code = one(visit.request(), "code");
    Optional<String> state = one(visit.request(), "state");
    if (code.isEmpty() || state.isEmpty()) {
      refuse(visit, "nobody agreed on the page of its issuer.");
      return;
    }
    try {
      Session session = visit.session();
      accounts.finish(state.get(), Secret.of(code.get()), of(session), session.person().id());
    } catch (IllegalArgumentException e) {
      refuse(visit, String.valueOf(e.getMessage()));
      return;
    }
    Redirect.to(visit.response(), "/accounts");
  }

  /// What names a session to the desk, and opens nothing.
  private static String of(Session session) {
    return Tokens.derived(session.token(), "keyward accounts 1");
  }

  private void refuse(Visit visit, String why) throws IOException {
    var notice = Notice.wrong(NOT_CONNECTED + ":", why);
    show(visit, HttpServletResponse.SC_CONFLICT, List.of(notice), Map.of());
  }

  private void show(Visit visit, int status, List<Notice> notices, Map<String, String> begun)
      throws IOException {
    Instant now = clock.instant();
    List<AccountsPage.Row> rows =
        accounts.accounts().stream()
            .map(one -> row(one, now, Optional.ofNullable(begun.get(one.name()))))
            .toList();
    var page = new AccountsPage(Visitor.of(visit.session()), notices, rows);
    visit.pages().accounts(visit.response(), status, page);
  }

  private AccountsPage.Row row(
      ConnectedAccounts.Account account, Instant now, Optional<String> there) {
    boolean connected = account.connected().isPresent() && !account.lost();
    return new AccountsPage.Row(
        account.name(),
        account.page().getRawAuthority(),
        scrubbed.pieces(account.scope()),
        state(account),
        account.connected().filter(_ -> connected).map(since -> Moment.of(since, now)),
        there);
  }

  private static Badge state(ConnectedAccounts.Account account) {
    if (account.lost()) {
      return new Badge("bad", "✕", "Refused by its issuer");
    }
    return account.connected().isPresent()
        ? new Badge("good", "✓", "Connected")
        : new Badge("over", "–", "Not connected");
  }

  private static Optional<String> one(HttpServletRequest request, String name) {
    String[] values = request.getParameterValues(name);
    return values != null && values.length == 1 && !values[0].isEmpty()
        ? Optional.of(values[0])
        : Optional.empty();
  }
}
