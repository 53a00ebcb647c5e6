package dev.keyward.server.credential.mint;

import dev.keyward.call.Caller;
import dev.keyward.catalog.CredentialRef;
import java.util.Optional;
import java.util.Set;

/// One way to make a credential. Safe for all threads.
interface MintKind {
  /// Asks the issuer, once.
  Fresh make(Making making) throws MintFault;

  /// {@return how the issuer lets what it made live on; empty if it does not}
  default Optional<Prolonging> prolonging() {
    return Optional.empty();
  }

  /// {@return how the issuer takes back what it made; empty if it does not}
  default Optional<TakeBack> takeBack() {
    return Optional.empty();
  }

  /// {@return the stored secret that is shown to the issuer, if any}
  Optional<CredentialRef> base();

  /// {@return whether what else it needs is there: an account that somebody has connected}
  default boolean connected() {
    return true;
  }

  /// {@return whether it can be made for `caller`: where it acts for the person for whom the run
  /// is, a token has to say who that is}
  default boolean madeFor(Caller caller) {
    return true;
  }

  /// {@return whether a tool may ask for `word` where the settings give `all`}
  default boolean within(Set<String> all, String word) {
    return all.contains(word);
  }
}
