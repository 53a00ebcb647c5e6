package dev.keyward.server.credential.lease;

import dev.keyward.call.AgentId;
import dev.keyward.call.LeaseId;
import dev.keyward.call.RunId;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.server.credential.Minted;
import java.util.Optional;

/// What happened to a lease, for the audit.
public sealed interface LeaseChange {
  /// Which lease.
  ///
  /// @param reference what the catalog calls the credential
  record Of(LeaseId lease, RunId run, AgentId agent, CredentialRef reference) {}

  /// Its issuer made it.
  record Made(Of of, Minted minted) implements LeaseChange {}

  /// Its issuer was asked to take it back, for the first time, and did not.
  ///
  /// @param why as [Ended]
  record NotYetRevoked(Of of, String why) implements LeaseChange {}

  /// It is over.
  ///
  /// @param why it came to an end: `run_ended`, `orphaned`, `stopped` or `expired`
  /// @param revocation `done`, `failed`, `not_possible`, `expired` where nobody was asked, or
  ///   `lost` where it is not known whether anything was made
  /// @param attempts how often its issuer was asked to take it back
  /// @param fingerprint of its value; empty if that is not known
  record Ended(Of of, String why, String revocation, int attempts, Optional<String> fingerprint)
      implements LeaseChange {}
}
