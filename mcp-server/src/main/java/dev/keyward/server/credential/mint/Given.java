package dev.keyward.server.credential.mint;

import dev.keyward.redaction.Secret;
import dev.keyward.server.credential.Minted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Every value that was made and may still work somewhere, or lie in an answer under way.
final class Given {
  /// Clocks differ, and answers are read some time after they were written.
  private static final Duration AFTER_ITS_END = Duration.ofHours(1);

  private final ConcurrentLinkedQueue<Minted> all = new ConcurrentLinkedQueue<>();

  void add(Minted minted, Instant now) {
    all.removeIf(old -> now.isAfter(old.expires().plus(AFTER_ITS_END)));
    all.add(minted);
  }

  Collection<Secret> held() {
    List<Secret> held = new ArrayList<>();
    for (Minted minted : all) {
      held.add(minted.value());
      held.addAll(minted.parts());
    }
    return held;
  }
}
