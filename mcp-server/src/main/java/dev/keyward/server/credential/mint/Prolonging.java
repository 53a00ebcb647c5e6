package dev.keyward.server.credential.mint;

import dev.keyward.server.credential.Minted;
import java.time.Duration;
import java.time.Instant;

/// How an issuer is asked to let what it made live on. Safe for all threads.
@FunctionalInterface
interface Prolonging {
  /// Asks it, once.
  ///
  /// @param minted whose receipt says that it may live on
  /// @param by how much longer it is wanted
  /// @return until when it does
  Instant ask(Minted minted, Duration by, Making making) throws MintFault;
}
