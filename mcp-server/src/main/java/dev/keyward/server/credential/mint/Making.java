package dev.keyward.server.credential.mint;

import dev.keyward.call.Caller;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.server.credential.Lookup;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/// One order as a kind sees it.
///
/// @param scope what to ask for; absent: what the issuer gives by itself
/// @param now before anything was asked
/// @param caller for whom something is made; absent where nothing is
record Making(
    Optional<String> scope,
    Instant now,
    Function<CredentialRef, Lookup> base,
    Optional<Caller> caller) {
  /// {@return one of the broker's own business, with which nothing is made for anybody}
  static Making forNobody(Instant now, Function<CredentialRef, Lookup> base) {
    return new Making(Optional.empty(), now, base, Optional.empty());
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
