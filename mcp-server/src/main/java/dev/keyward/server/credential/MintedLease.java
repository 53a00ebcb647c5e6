package dev.keyward.server.credential;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// A minted credential, borrowed for one call.
final class MintedLease implements Lease {
  private final Mint mint;
  private final MintOrder order;
  private final Minted minted;
  private final AtomicBoolean closed = new AtomicBoolean();

  MintedLease(Mint mint, MintOrder order, Minted minted) {
    this.mint = mint;
    this.order = order;
    this.minted = minted;
  }

  @Override
  public Optional<Secret> secret() {
    if (closed.get()) {
      throw new IllegalStateException("the lease of " + order.use().ref() + " is closed");
    }
    return Optional.of(minted.value());
  }

  @Override
  public Optional<CredentialRef> ref() {
    return Optional.of(order.use().ref());
  }

  @Override
  public Optional<Instant> expires() {
    return Optional.of(minted.expires());
  }

  @Override
  public boolean standing() {
    return false;
  }

  @Override
  public int version() {
    return minted.version();
  }

  @Override
  public Optional<MintFacts> facts() {
    return Optional.of(minted.facts());
  }

  @Override
  public Optional<Lease> fresher() {
    return switch (mint.renew(order, minted)) {
      case MintAnswer.Made(var newer) when !newer.value().equals(minted.value()) ->
          Optional.of(new MintedLease(mint, order, newer));
      case MintAnswer.Made _, MintAnswer.Missing _, MintAnswer.Unavailable _ -> Optional.empty();
    };
  }

  @Override
  public void rejected() {
    mint.rejected(order, minted);
  }

  @Override
  public void close() {
    closed.set(true);
  }

  @Override
  public String toString() {
    return "[lease of " + order.use().ref() + ", version " + minted.version() + "]";
  }
}
