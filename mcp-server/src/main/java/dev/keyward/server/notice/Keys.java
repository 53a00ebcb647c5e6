package dev.keyward.server.notice;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.server.credential.Lookup;
import java.util.function.Function;

/// The secrets that ways to people need, looked up when they are needed.
record Keys(Function<CredentialRef, Lookup> stores) {

  /// {@return the secret of this name}
  ///
  /// @throws Undelivered if there is none, or its store cannot tell
  Secret of(CredentialRef ref) throws Undelivered {
    return switch (stores.apply(ref)) {
      case Lookup.Found(var held) -> held.value();
      case Lookup.Missing(var why) -> throw Undelivered.yet("secret " + ref + " " + why);
      case Lookup.Unavailable(var why) -> throw Undelivered.yet("secret " + ref + " " + why);
    };
  }
}
