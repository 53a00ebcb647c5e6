package dev.keyward.server;

import dev.keyward.server.audit.AuditEvent;
import dev.keyward.server.audit.AuditLog;
import dev.keyward.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/// Counts requests without an accepted key, and records the count at most once a minute, so that
/// whoever knocks cannot fill the audit. Thread-safe, but for [#record].
final class Strangers {
  private static final Duration EVERY = Duration.ofMinutes(1);

  private final Database database;
  private final AuditLog audit;
  private final InstantSource clock;
  private final AtomicLong count = new AtomicLong();
  private Instant recorded;

  Strangers(Database database, AuditLog audit, InstantSource clock) {
    this.database = database;
    this.audit = audit;
    this.clock = clock;
    this.recorded = clock.instant();
  }

  void count() {
    count.incrementAndGet();
  }

  /// Records what has been counted, if a minute has passed. Called by one thread.
  void record() {
    Duration within = Duration.between(recorded, clock.instant());
    if (within.compareTo(EVERY) < 0) {
      return;
    }
    recorded = clock.instant();
    long strangers = count.getAndSet(0);
    if (strangers > 0) {
      var event = new AuditEvent.UnauthenticatedSampled(strangers, within);
      database.write(
          tx -> {
            audit.append(tx, event);
            return event;
          });
    }
  }
}
