package dev.keyward.approvals.web;

import dev.keyward.redaction.Secret;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/// Sessions as terminals carry them: `Authorization: Bearer …`. No cookie is looked at, and a
/// browser's session is none here.
final class Terminals implements Visitors {
  private static final String BEARER = "Bearer ";

  private final SqlPeople people;

  Terminals(SqlPeople people) {
    this.people = people;
  }

  /// {@return the live session of this request, which keeps it alive}
  Optional<Session> of(HttpServletRequest request) {
    return token(request).flatMap(people::terminalSession);
  }

  @Override
  public Optional<Session> at(HttpServletRequest request) {
    return token(request).flatMap(people::glanceTerminal);
  }

  @Override
  public boolean lives(Session session) {
    return people.glanceTerminal(session.token()).isPresent();
  }

  /// {@return the token of a request, whether or not it opens anything}
  static Optional<Secret> token(HttpServletRequest request) {
    return Optional.ofNullable(request.getHeader("Authorization"))
        .filter(header -> header.startsWith(BEARER) && header.length() > BEARER.length())
        .map(header -> Secret.of(header.substring(BEARER.length())));
  }
}
