package dev.keyward.server.credential.mint;

import dev.keyward.redaction.Secret;

/// How an issuer is asked to let what it made open nothing more. Safe for all threads.
@FunctionalInterface
interface TakeBack {
  /// Asks it, once, to take back what `shown` is the receipt of.
  void ask(Secret shown, Making making) throws MintFault;
}
