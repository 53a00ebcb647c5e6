package dev.keyward.server.credential;

import dev.keyward.call.LeaseId;
import dev.keyward.redaction.Secret;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/// Where each minted credential is written down: before it is asked for, and again before it is
/// used. So it is known, and can be given back at its issuer, after the broker that had it made is
/// gone. Safe for all threads.
public interface LeaseJournal {
  /// Notes that an issuer is about to be asked; durable on return.
  ///
  /// @param kind how it will be made
  /// @return empty if the run has ended, so that nobody may be asked
  Optional<LeaseId> begin(MintOrder order, String kind);

  /// Notes that nothing was made.
  void nothing(LeaseId lease);

  /// Notes what was made; durable on return.
  ///
  /// @param stated whether the issuer said when it ends
  /// @return false if the run has ended meanwhile: it must not be used, and is given back
  boolean made(LeaseId lease, Minted minted, boolean stated);

  /// Notes that an issuer is about to be asked to let a lease live on until `end`; durable on
  /// return.
  ///
  /// @return false if its run has ended, so that nobody may be asked
  boolean prolonged(LeaseId lease, Instant end);

  /// {@return the values of earlier starts and of other brokers that were opened here and may still
  /// work}
  Collection<Secret> held();

  /// Calls `listener` after each change of [#held], before a value is used.
  void onChange(Runnable listener);
}
