package dev.keyward.approvals.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/// Who is signed in, for what goes on by itself and is no sign of their life.
interface Visitors {
  /// {@return the live session of this request}
  Optional<Session> at(HttpServletRequest request);

  /// {@return whether this session goes on}
  boolean lives(Session session);
}
