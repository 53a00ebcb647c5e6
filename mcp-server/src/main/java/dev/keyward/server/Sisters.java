package dev.keyward.server;

import static java.lang.System.Logger.Level.WARNING;

import dev.keyward.server.audit.AuditRecords;
import dev.keyward.server.pipeline.Recovery;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// The other brokers over the same database: shows them that this one lives, and closes what one
/// that is gone has left open.
///
/// A broker counts as gone when its beat has stood still for as long as this one has watched it,
/// all that time with the database at hand; clocks are not compared. From then on it can append
/// nothing, should it live after all. Used by one thread.
final class Sisters {
  private static final System.Logger log = System.getLogger(Sisters.class.getName());
  private static final Duration BEAT = Duration.ofSeconds(2);

  private final Database database;
  private final AuditRecords records;
  private final Recovery recovery;
  private final String chain;
  private final Duration goneAfter;
  private final LongSupplier nanos;
  private final Map<String, Seen> watched = new HashMap<>();
  private long beatAt;
  private boolean beaten;

  private record Seen(long beat, long since) {}

  private record Beat(String chain, long beat) {}

  /// @param chain this broker's own
  /// @param nanos runs on without jumps, as [System#nanoTime]
  Sisters(
      Database database,
      AuditRecords records,
      Recovery recovery,
      String chain,
      Duration goneAfter,
      LongSupplier nanos) {
    this.database = database;
    this.records = records;
    this.recovery = recovery;
    this.chain = chain;
    this.goneAfter = goneAfter;
    this.nanos = nanos;
  }

  /// Shows a sign of life, if the last is a while ago, and looks for those of the others. To be
  /// called every second.
  void look() {
    long now = nanos.getAsLong();
    if (beaten && now - beatAt < BEAT.toNanos()) {
      return;
    }
    try {
      beat();
      beatAt = now;
      beaten = true;
      List<String> gone = watch(now);
      gone.forEach(this::close);
    } catch (RuntimeException e) {
      watched.clear(); // who cannot see must not judge
      throw e;
    }
  }

  private void beat() {
    database.write(
        tx ->
            tx.sql()
                .execute(
                    "INSERT INTO replica_beats (chain, beat) VALUES (?, 1)"
                        + " ON CONFLICT (chain) DO UPDATE SET beat = replica_beats.beat + 1",
                    chain));
  }

  private List<String> watch(long now) {
    Map<String, Long> beats = new HashMap<>();
    database.read(Sisters::beats).forEach(beat -> beats.put(beat.chain, beat.beat));
    List<String> others =
        records.unsettled(chain).stream().map(AuditRecords.Unsettled::chain).toList();
    watched.keySet().retainAll(others);
    List<String> gone = new ArrayList<>();
    for (String other : others) {
      long beat = beats.getOrDefault(other, 0L);
      Seen seen = watched.get(other);
      if (seen == null || seen.beat != beat) {
        watched.put(other, new Seen(beat, now));
      } else if (now - seen.since >= goneAfter.toNanos()) {
        gone.add(other);
      }
    }
    return gone;
  }

  private void close(String gone) {
    log.log(WARNING, "the broker of {0} shows no sign of life; what it left open is closed", gone);
    recovery.closeAll(gone);
    database.write(tx -> tx.sql().execute("DELETE FROM replica_beats WHERE chain = ?", gone));
    watched.remove(gone);
  }

  private static List<Beat> beats(Tx tx) {
    return tx.sql()
        .createQuery("SELECT chain, beat FROM replica_beats")
        .map((row, _) -> new Beat(row.getString("chain"), row.getLong("beat")))
        .list();
  }
}
