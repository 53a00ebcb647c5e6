package dev.keyward.server.credential.mint;

import dev.keyward.call.Caller;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.server.config.MintSettings.VaultToken;
import dev.keyward.server.credential.LeaseIssuer;
import dev.keyward.server.credential.LeaseIssuer.Leased;
import dev.keyward.server.credential.LeaseIssuer.NotLeased;
import dev.keyward.server.credential.Minted;
import dev.keyward.server.credential.Receipt;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// A token at Vault of one run's own, a child of the broker's, with fewer policies. Ending it ends
/// every lease that was got with it.
final class VaultRunToken implements MintKind {
  private final LeaseIssuer vault;
  private final VaultToken settings;

  VaultRunToken(LeaseIssuer vault, VaultToken settings) {
    this.vault = vault;
    this.settings = settings;
  }

  @Override
  public Fresh make(Making making) throws MintFault {
    Caller caller = making.forRun().caller();
    try {
      Leased leased =
          vault.token(
              settings.policies(),
              settings.role(),
              settings.life(),
              Map.of("agent", caller.agent().value(), "run", caller.run().value()));
      return new Fresh(
          leased.value(),
          leased.parts(),
          Optional.of(making.now().plus(leased.life())),
          Optional.of(String.join(" ", settings.policies())),
          new Receipt(leased.lease(), leased.renewable()));
    } catch (NotLeased e) {
      throw MintFault.of(e);
    }
  }

  @Override
  public Optional<Prolonging> prolonging() {
    return Optional.of(this::prolong);
  }

  private Instant prolong(Minted minted, Duration by, Making making) throws MintFault {
    try {
      return making.now().plus(vault.prolongToken(minted.value()));
    } catch (NotLeased e) {
      throw MintFault.of(e);
    }
  }

  @Override
  public Optional<TakeBack> takeBack() {
    return Optional.of((shown, _) -> revoke(shown));
  }

  private void revoke(Secret shown) throws MintFault {
    try {
      vault.revokeToken(shown);
    } catch (NotLeased e) {
      throw MintFault.of(e);
    }
  }

  @Override
  public Optional<CredentialRef> base() {
    return Optional.empty();
  }
}
