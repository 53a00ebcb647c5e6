package dev.keyward.approvals.web;

import dev.keyward.call.PersonId;
import dev.keyward.redaction.Secret;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The accounts with which tools act, as an administrator's page connects them. Thread-safe;
/// blocks.
public interface ConnectedAccounts {
  /// One account.
  ///
  /// @param name what the settings call it
  /// @param page where somebody agrees that the broker acts with it
  /// @param scope what it was given, or, before that, will be asked for; may be empty
  /// @param connected since when; empty if it never was
  /// @param lost whether its issuer takes it no more
  record Account(String name, URI page, String scope, Optional<Instant> connected, boolean lost) {}

  /// {@return all that the settings describe, by name}
  List<Account> accounts();

  /// {@return the page on which to agree; it sends the browser to `/accounts/connected`}
  ///
  /// @param session names the browser's session, which alone can finish it
  /// @throws IllegalArgumentException if there is no such account; the message is for the person
  URI begin(String name, String session);

  /// Connects the account with what came back, once.
  ///
  /// @param state as it came back
  /// @param session as in [#begin]
  /// @throws IllegalArgumentException if it is not connected; the message is for the person
  void finish(String state, Secret code, String session, PersonId by);
}
