package dev.keyward.approvals.web;

import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Sessions as browsers carry them: one cookie, which no script can read and no other site can send
/// with a form. Nothing else signs anybody in; an `Authorization` header is not looked at.
final class Sessions implements Visitors {
  private static final Cookie[] NONE = {};
  private static final String NAME = "keyward_session";

  /// A page that refreshes itself says so, lest an open window keep its session alive for ever.
  private static final String BY_ITSELF = "Keyward-Refresh";

  private final SqlPeople people;
  private final String name;
  private final String attributes;

  /// @param origin decides whether the cookie is bound to https and to this very host
  Sessions(SqlPeople people, URI origin) {
    boolean https = "https".equalsIgnoreCase(origin.getScheme());
    this.people = people;
    this.name = https ? "__Host-" + NAME : NAME;
    this.attributes = "; Path=/; HttpOnly; SameSite=Lax" + (https ? "; Secure" : "");
  }

  /// {@return the live session of this request; of two cookies of the name neither counts}
  Optional<Session> of(HttpServletRequest request) {
    boolean byItself = request.getHeader(BY_ITSELF) != null;
    return byItself ? at(request) : token(request).flatMap(people::session);
  }

  @Override
  public Optional<Session> at(HttpServletRequest request) {
    return token(request).flatMap(people::glance);
  }

  /// {@return what this browser calls itself}
  static String browser(HttpServletRequest request) {
    return Objects.requireNonNullElse(request.getHeader("User-Agent"), "");
  }

  @Override
  public boolean lives(Session session) {
    return people.glance(session.token()).isPresent();
  }

  /// Hands the browser the cookie of a new session.
  @TouchesSecret
  void begin(HttpServletResponse response, Session session) {
    String cookie = session.token().use(token -> name + "=" + token + attributes);
    response.addHeader("Set-Cookie", cookie);
  }

  /// Ends the request's session, if it has one, and takes the cookie back.
  void end(HttpServletRequest request, HttpServletResponse response) {
    token(request).ifPresent(people::signOut);
    response.addHeader("Set-Cookie", name + "=" + attributes + "; Max-Age=0");
  }

  private Optional<Secret> token(HttpServletRequest request) {
    Cookie[] cookies = Objects.requireNonNullElse(request.getCookies(), NONE);
    List<String> values =
        Arrays.stream(cookies)
            .filter(cookie -> cookie.getName().equals(name))
            .map(Cookie::getValue)
            .toList();
    boolean one = values.size() == 1 && !values.getFirst().isEmpty();
    return one ? Optional.of(Secret.of(values.getFirst())) : Optional.empty();
  }
}
