package dev.keyward.server.credential;

import dev.keyward.call.Caller;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.catalog.CredentialUse;
import dev.keyward.redaction.Secret;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The mint of a broker whose settings describe none.
final class NoMint implements Mint {
  private static final String WHY = "is not among the credentials of config.yaml";

  @Override
  public Optional<String> obstacle(CredentialUse use, Function<CredentialRef, Lookup> base) {
    return Optional.of(WHY);
  }

  @Override
  public Optional<String> kind(CredentialRef ref) {
    return Optional.empty();
  }

  @Override
  public boolean connected(CredentialRef ref) {
    return true;
  }

  @Override
  public boolean madeFor(CredentialRef ref, Caller caller) {
    return true;
  }

  @Override
  public boolean revokes(CredentialRef ref) {
    return false;
  }

  @Override
  public MintAnswer obtain(MintOrder order) {
    return new MintAnswer.Missing(WHY);
  }

  @Override
  public MintAnswer renew(MintOrder order, Minted refused) {
    return new MintAnswer.Missing(WHY);
  }

  @Override
  public void rejected(MintOrder order, Minted refused) {}

  @Override
  public Collection<Secret> held() {
    return List.of();
  }

  @Override
  public void onChange(Runnable listener) {}
}
