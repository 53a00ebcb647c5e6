package dev.keyward.server.pipeline;

import dev.keyward.call.AgentId;
import dev.keyward.server.audit.AuditEvent;
import dev.keyward.server.audit.AuditLog;
import dev.keyward.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Keeps an agent that runs against its limits from filling the record: in each minute its first
/// refusals are recorded one by one, the rest as one number.
///
/// Thread-safe, but for [#record].
final class Storms {
  private static final Duration EVERY = Duration.ofMinutes(1);
  private static final int ONE_BY_ONE = 10;

  private final Database database;
  private final AuditLog audit;
  private final InstantSource clock;
  private final Map<AgentId, AtomicLong> counts = new ConcurrentHashMap<>();
  private Instant recorded;

  Storms(Database database, AuditLog audit, InstantSource clock) {
    this.database = database;
    this.audit = audit;
    this.clock = clock;
    this.recorded = clock.instant();
  }

  /// Counts one refusal, and says whether it is to be recorded by itself.
  boolean single(AgentId agent) {
    return counts.computeIfAbsent(agent, _ -> new AtomicLong()).incrementAndGet() <= ONE_BY_ONE;
  }

  /// Records what was only counted, if a minute has passed. Called by one thread.
  void record() {
    Duration within = Duration.between(recorded, clock.instant());
    if (within.compareTo(EVERY) < 0) {
      return;
    }
    recorded = clock.instant();
    for (AgentId agent : Set.copyOf(counts.keySet())) {
      AtomicLong count = counts.remove(agent);
      if (count != null && count.get() > ONE_BY_ONE) {
        append(new AuditEvent.CallsLimited(agent, count.get() - ONE_BY_ONE, within));
      }
    }
  }

  private void append(AuditEvent event) {
    database.write(
        tx -> {
          audit.append(tx, event);
          return event;
        });
  }
}
