package dev.keyward.server.credential.mint;

import dev.keyward.call.Caller;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.server.credential.Lookup;
import dev.keyward.server.credential.Minted;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/// One order as a kind sees it.
///
/// @param scope what to ask for; absent: what the issuer gives by itself
/// @param now before anything was asked
/// @param base looks up stored secrets
/// @param run for which it is made; absent where something is given back
record Making(
    Optional<String> scope,
    Instant now,
    Function<CredentialRef, Lookup> base,
    Optional<ForRun> run) {

  /// The run for which something is made, and what else is made for it.
  interface ForRun {
    /// {@return whose it is}
    Caller caller();

    /// {@return another minted credential of the same run, made if need be}
    Minted minted(CredentialRef ref) throws MintFault;

    /// `ended` has been ended by somebody else.
    void lost(CredentialRef ref, Minted ended);
  }

  /// {@return one of the broker's own business, with which nothing is made for anybody}
  static Making forNobody(Instant now, Function<CredentialRef, Lookup> base) {
    return new Making(Optional.empty(), now, base, Optional.empty());
  }

  /// {@return for whom something is made}
  Optional<Caller> caller() {
    return run.map(ForRun::caller);
  }

  /// {@return the run, in a call in which there is one}
  ForRun forRun() {
    return run.orElseThrow(() -> new IllegalStateException("made for no run"));
  }

  /// {@return the stored secret that the mint shows}
  Secret secret(CredentialRef ref) throws MintFault {
    return switch (base.apply(ref)) {
      case Lookup.Found(var held) -> held.value();
      case Lookup.Missing(var why) -> throw MintFault.lasting("needs " + ref + ", which " + why);
      case Lookup.Unavailable(var why) ->
          throw MintFault.passing("needs " + ref + ", which " + why);
    };
  }
}
