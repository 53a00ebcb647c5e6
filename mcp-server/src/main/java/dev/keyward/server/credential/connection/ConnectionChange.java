package dev.keyward.server.credential.connection;

import dev.keyward.call.PersonId;
import java.util.Optional;

/// What happened to a connected account, for the audit.
public sealed interface ConnectionChange {
  /// {@return what the settings call its credential}
  String name();

  /// Somebody has connected it.
  ///
  /// @param scope what was given
  /// @param by who; absent: the operator
  record Made(String name, String scope, Optional<PersonId> by) implements ConnectionChange {}

  /// Its issuer takes its refresh token no more.
  record Lost(String name) implements ConnectionChange {}

  /// The operator has removed it.
  ///
  /// @param revocation what became of it at its issuer: `done`, `failed` or `not_possible`
  record Removed(String name, String revocation) implements ConnectionChange {}
}
