package dev.keyward.server.credential.mint;

import dev.keyward.catalog.CredentialRef;
import java.util.Set;

/// One way to make a credential. Safe for all threads.
interface MintKind {
  /// Asks the issuer, once.
  Fresh make(Making making) throws MintFault;

  /// {@return what is shown to the issuer}
  CredentialRef base();

  /// {@return whether a tool may ask for `word` where the settings give `all`}
  default boolean within(Set<String> all, String word) {
    return all.contains(word);
  }
}
