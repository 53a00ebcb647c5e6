package dev.keyward.server.credential.vault;

import dev.keyward.redaction.Secret;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// The tokens and secret ids by which the broker gets into Vault, for the redactor. Safe for all
/// threads.
final class OwnSecrets {
  private static final Duration WITHOUT_END = Duration.ofHours(24);

  private final InstantSource clock;
  private final List<Known> known = new CopyOnWriteArrayList<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  OwnSecrets(InstantSource clock) {
    this.clock = clock;
  }

  /// To be called before `secret` is used for the first time.
  void add(Secret secret) {
    boolean fresh = known.stream().noneMatch(one -> one.secret().equals(secret));
    known.removeIf(one -> over(one) || one.secret().equals(secret));
    known.add(new Known(secret, Instant.MAX));
    if (fresh) {
      listeners.forEach(Runnable::run);
    }
  }

  /// `token` has been replaced; it stays known until it ends by itself, or for a day.
  void replaced(VaultToken token) {
    Instant until = token.expires().orElseGet(() -> clock.instant().plus(WITHOUT_END));
    known.replaceAll(
        one -> one.secret().equals(token.value()) ? new Known(one.secret(), until) : one);
  }

  Collection<Secret> held() {
    return known.stream().filter(one -> !over(one)).map(Known::secret).toList();
  }

  void onChange(Runnable listener) {
    listeners.add(listener);
  }

  private boolean over(Known one) {
    return clock.instant().isAfter(one.until());
  }

  private record Known(Secret secret, Instant until) {}
}
