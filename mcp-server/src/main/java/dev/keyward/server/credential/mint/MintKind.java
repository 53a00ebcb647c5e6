package dev.keyward.server.credential.mint;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import java.util.Optional;
import java.util.Set;

/// One way to make a credential. Safe for all threads.
interface MintKind {
  /// Asks the issuer, once.
  Fresh make(Making making) throws MintFault;

  /// {@return whether the issuer takes back what it made}
  default boolean revokes() {
    return false;
  }

  /// Asks the issuer, once, to take `token` back, where [#revokes].
  default void revoke(Secret token, Making making) throws MintFault {
    throw new UnsupportedOperationException("nothing is taken back");
  }

  /// {@return the stored secret that is shown to the issuer, if any}
  Optional<CredentialRef> base();

  /// {@return whether what else it needs is there: an account that somebody has connected}
  default boolean connected() {
    return true;
  }

  /// {@return whether a tool may ask for `word` where the settings give `all`}
  default boolean within(Set<String> all, String word) {
    return all.contains(word);
  }
}
