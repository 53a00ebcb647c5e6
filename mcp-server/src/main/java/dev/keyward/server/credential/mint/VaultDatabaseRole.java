package dev.keyward.server.credential.mint;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.config.MintSettings.VaultDatabase;
import dev.keyward.server.credential.LeaseIssuer;
import dev.keyward.server.credential.LeaseIssuer.Leased;
import dev.keyward.server.credential.LeaseIssuer.NotLeased;
import dev.keyward.server.credential.Minted;
import dev.keyward.server.credential.Receipt;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// A login at a database that Vault makes and drops again; its value is `user:password`.
///
/// Where the settings name a token of the run, the lease is asked for with it and hangs on it: its
/// receipt is then that token, since ending the token ends all that hangs on it, and the lease's
/// own name stands behind it.
final class VaultDatabaseRole implements MintKind {
  private static final char BETWEEN = ' ';

  private final LeaseIssuer vault;
  private final VaultDatabase settings;

  VaultDatabaseRole(LeaseIssuer vault, VaultDatabase settings) {
    this.vault = vault;
    this.settings = settings;
  }

  @Override
  public Fresh make(Making making) throws MintFault {
    Optional<Minted> token = token(making);
    try {
      return made(token, making);
    } catch (NotLeased e) {
      if (token.isEmpty() || lives(token.get())) {
        throw MintFault.of(e);
      }
      making.forRun().lost(settings.token().orElseThrow(), token.get());
    }
    try {
      return made(token(making), making);
    } catch (NotLeased e) {
      throw MintFault.of(e);
    }
  }

  private Optional<Minted> token(Making making) throws MintFault {
    return settings.token().isPresent()
        ? Optional.of(making.forRun().minted(settings.token().get()))
        : Optional.empty();
  }

  private boolean lives(Minted token) throws MintFault {
    try {
      return vault.lives(token.value());
    } catch (NotLeased e) {
      throw MintFault.of(e);
    }
  }

  private Fresh made(Optional<Minted> token, Making making) throws NotLeased {
    Leased leased = vault.database(token.map(Minted::value), settings.mount(), settings.role());
    Instant end = earlier(making.now().plus(leased.life()), token);
    Secret shown = token.map(on -> hanging(on.value(), leased.lease())).orElse(leased.lease());
    return new Fresh(
        leased.value(),
        leased.parts(),
        Optional.of(end),
        Optional.empty(),
        new Receipt(shown, leased.renewable()));
  }

  /// What hangs on a token ends with it.
  private static Instant earlier(Instant end, Optional<Minted> token) {
    return token.map(Minted::expires).filter(ends -> ends.isBefore(end)).orElse(end);
  }

  @Override
  public Optional<Prolonging> prolonging() {
    return Optional.of(this::prolong);
  }

  private Instant prolong(Minted minted, Duration by, Making making) throws MintFault {
    Optional<Minted> token = token(making);
    Secret shown = minted.receipt().shown();
    if (!token.map(Minted::value).equals(tokenOf(shown))) {
      throw MintFault.passing("cannot be prolonged: the token that it hangs on has been replaced");
    }
    try {
      Duration more = vault.prolongDatabase(tokenOf(shown), leaseOf(shown), by);
      return earlier(making.now().plus(more), token);
    } catch (NotLeased e) {
      throw MintFault.of(e);
    }
  }

  @Override
  public Optional<TakeBack> takeBack() {
    return Optional.of((shown, _) -> revoke(shown));
  }

  private void revoke(Secret shown) throws MintFault {
    Optional<Secret> token = tokenOf(shown);
    try {
      if (token.isPresent()) {
        vault.revokeToken(token.get());
      } else {
        vault.revokeDatabase(shown);
      }
    } catch (NotLeased e) {
      throw MintFault.of(e);
    }
  }

  @TouchesSecret
  private static Secret hanging(Secret token, Secret lease) {
    return token.use(text -> lease.use(name -> Secret.of(text + BETWEEN + name)));
  }

  @TouchesSecret
  private static Optional<Secret> tokenOf(Secret shown) {
    return shown.use(
        text ->
            text.indexOf(BETWEEN) < 0
                ? Optional.empty()
                : Optional.of(Secret.of(text.substring(0, text.indexOf(BETWEEN)))));
  }

  @TouchesSecret
  private static Secret leaseOf(Secret shown) {
    return shown.use(text -> Secret.of(text.substring(text.indexOf(BETWEEN) + 1)));
  }

  @Override
  public Optional<CredentialRef> base() {
    return Optional.empty();
  }
}
