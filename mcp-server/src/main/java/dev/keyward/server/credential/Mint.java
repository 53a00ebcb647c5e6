package dev.keyward.server.credential;

import dev.keyward.call.Caller;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.catalog.CredentialUse;
import dev.keyward.redaction.Secret;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Function;

/// Makes short-lived credentials when they are needed. Safe for all threads.
public interface Mint {
  /// A mint that makes nothing.
  Mint NONE = new NoMint();

  /// {@return why an order for `use` must come to nothing, as far as that is known without asking
  /// the issuer; the end of a sentence that begins with the reference}
  Optional<String> obstacle(CredentialUse use, Function<CredentialRef, Lookup> base);

  /// {@return what `ref` is made by, for example `oauth_client_credentials`; empty if there is no
  /// such mint}
  Optional<String> kind(CredentialRef ref);

  /// {@return whether the account of `ref` is connected; true where it needs none}
  boolean connected(CredentialRef ref);

  /// {@return whether `ref` can be made for `caller`: false where it acts for the person for whom
  /// the run is, and no token says who that is}
  boolean madeFor(CredentialRef ref, Caller caller);

  /// {@return whether the issuer of `ref` takes back what it made}
  boolean revokes(CredentialRef ref);

  /// Gives the one in memory while it is good, else makes one; many who wait at once wait for one.
  MintAnswer obtain(MintOrder order);

  /// Gives another than `refused`, which an upstream did not take; the same if it is too young to
  /// be asked for again.
  MintAnswer renew(MintOrder order, Minted refused);

  /// Lends `refused` to nobody again, unless it is too young to be asked for again.
  void rejected(MintOrder order, Minted refused);

  /// {@return every value that was made and may still work somewhere}
  Collection<Secret> held();

  /// Calls `listener` after each new value, before it is used.
  void onChange(Runnable listener);
}
