package dev.keyward.server.credential;

import dev.keyward.call.LeaseId;
import dev.keyward.redaction.Secret;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// A journal that writes nothing down: for tests of what lies before it.
public final class ForgetfulJournal implements LeaseJournal {
  private final Random random = new Random(9);

  @Override
  public Optional<LeaseId> begin(MintOrder order, String kind) {
    return Optional.of(LeaseId.random(random));
  }

  @Override
  public void nothing(LeaseId lease) {}

  @Override
  public boolean made(LeaseId lease, Minted minted, boolean stated) {
    return true;
  }

  @Override
  public boolean prolonged(LeaseId lease, Instant end) {
    return true;
  }

  @Override
  public Collection<Secret> held() {
    return List.of();
  }

  @Override
  public void onChange(Runnable listener) {}
}
