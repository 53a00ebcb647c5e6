package dev.keyward.approvals.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.util.Objects;
import java.util.Optional;

/// Sessions as browsers carry them: one cookie, which no script can read and no other site can send
/// with a form. Nothing else signs anybody in; an `Authorization` header is not looked at.
final class Sessions implements Visitors {
  /// A page that refreshes itself says so, lest an open window keep its session alive for ever.
  private static final String BY_ITSELF = "Keyward-Refresh";

  private final SqlPeople people;
  private final TokenCookie cookie;

  /// @param origin decides whether the cookie is bound to https and to this very host
  Sessions(SqlPeople people, URI origin) {
    this.people = people;
    this.cookie = new TokenCookie(origin, "keyward_session", "Lax");
  }

  /// {@return the live session of this request}
  Optional<Session> of(HttpServletRequest request) {
    boolean byItself = request.getHeader(BY_ITSELF) != null;
    return byItself ? at(request) : cookie.in(request).flatMap(people::session);
  }

  @Override
  public Optional<Session> at(HttpServletRequest request) {
    return cookie.in(request).flatMap(people::glance);
  }

  /// {@return what this browser calls itself}
  static String browser(HttpServletRequest request) {
    return Objects.requireNonNullElse(request.getHeader("User-Agent"), "");
  }

  @Override
  public boolean lives(Session session) {
    return people.glance(session.token()).isPresent();
  }

  /// Hands the browser the cookie of a new session; the one that it had has ended.
  void begin(HttpServletRequest request, HttpServletResponse response, Session session) {
    of(request).ifPresent(old -> people.signOut(old.token()));
    cookie.give(response, session.token());
  }

  /// Ends the request's session, if it has one, and takes the cookie back.
  void end(HttpServletRequest request, HttpServletResponse response) {
    cookie.in(request).ifPresent(people::signOut);
    cookie.takeBack(response);
  }
}
