package dev.keyward.server.audit;

import dev.keyward.call.CanonicalJson;
import dev.keyward.call.RandomName;
import dev.keyward.store.Database;
import dev.keyward.store.StoreUnavailable;
import dev.keyward.store.Tx;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The log in the database: one hash chain for this start of this replica.
///
/// Record n has `leaf = SHA-256(0x00 || body)` and `hash = SHA-256(0x02 || hash of n-1 || leaf)`,
/// where record 1 follows on 32 zero bytes. The end of the chain is kept in memory by the writer
/// thread, and put back when a unit of work is undone, so that what failed leaves no gap.
///
/// ```java
/// var log = new SqlAuditLog(database, clock, random, "broker-1");
/// log.onRecorded(checkpoints::recorded);
/// log.start(facts, checkpoints.last());
/// ```
public final class SqlAuditLog implements AuditLog {
  private static final Logger LOG = System.getLogger(SqlAuditLog.class.getName());
  private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(1);
  private static final String INSERT =
      """
      INSERT INTO audit_events
        (chain, seq, id, at, type, call, run, agent, tool, body, leaf, hash)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

  /// The same, unless another broker has taken this one for dead and closed what it left open. The
  /// row of the chain stays as it is until the unit of work is durable.
  private static final String INSERT_IF_ALIVE =
      """
      WITH alive AS
        (SELECT chain FROM audit_chains WHERE chain = ? AND settled = 0 FOR SHARE)
      INSERT INTO audit_events
        (chain, seq, id, at, type, call, run, agent, tool, body, leaf, hash)
      SELECT chain, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM alive""";

  /// So often it is noted from where on a later start has to look for open calls.
  private static final int MARK_EVERY = 1_000;

  private final Database database;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final String replica;
  private final AuditHash hashes = new AuditHash();
  private final String chain;
  private final OpenCalls open = new OpenCalls(); // the writer thread's
  private Runnable recorded = () -> {};
  private End end = End.BEFORE_START; // the writer thread's
  private boolean doubtful; // the writer thread's
  private volatile boolean fenced;

  /// Where the chain ends: what the next record follows on.
  ///
  /// @param latest the latest time that a record has shown
  private record End(State state, long seq, String hash, Instant latest) {
    static final End BEFORE_START = new End(State.NEW, 0, AuditHash.START, Instant.MIN);

    End with(State next) {
      return new End(next, seq, hash, latest);
    }
  }

  private enum State {
    NEW,
    RUNNING,
    STOPPED
  }

  /// Names a new chain; [#start] begins it.
  ///
  /// @param replica which of the brokers over one database, for example its host name
  public SqlAuditLog(
      Database database, InstantSource clock, RandomGenerator random, String replica) {
    this.database = database;
    this.clock = clock;
    this.random = random;
    this.replica = Word.line("replica", replica);
    this.chain = RandomName.of("chain_", random);
  }

  /// {@return the name of this start's chain}
  public String chain() {
    return chain;
  }

  /// Has `listener` called once for each record that has become durable, on the writer thread.
  /// Before [#start] only.
  public void onRecorded(Runnable listener) {
    recorded = listener;
  }

  /// Begins the chain with `server.start`, which names the heads of the earlier ones.
  ///
  /// @param checkpoint the last one in the checkpoint file
  /// @throws dev.keyward.store.StoreUnavailable if it does not become durable
  public void start(ServerFacts facts, Optional<CheckpointName> checkpoint) {
    database.write(
        tx -> {
          require(State.NEW);
          AuditGuard.install(tx);
          Instant before = AuditRecords.newest(tx);
          List<ChainHead> heads = AuditRecords.unnamedHeads(tx, replica);
          long earlier = AuditRecords.chains(tx);
          Instant now = clock.instant();
          AuditRecords.addChain(tx, chain, replica, now);
          AuditRecords.markNamed(tx, heads);
          AuditRecords.markEnded(tx, chain, replica);
          move(tx, end.with(State.RUNNING));
          record(tx, now, new AuditEvent.ServerStart(replica, facts, earlier, heads, checkpoint));
          checkClock(tx, before, now);
          return chain;
        });
  }

  /// Ends the chain with `server.stop`; nothing can be appended after it.
  ///
  /// @throws dev.keyward.store.StoreUnavailable if it does not become durable
  public void stop() {
    database.write(
        tx -> {
          append(tx, new AuditEvent.ServerStop());
          AuditRecords.markOpen(tx, chain, open.from(end.seq() + 1));
          move(tx, end.with(State.STOPPED));
          return chain;
        });
  }

  @Override
  public void append(Tx tx, AuditEvent event) {
    require(State.RUNNING);
    catchUp(tx);
    Instant now = clock.instant();
    checkClock(tx, end.latest(), now);
    record(tx, now, event);
  }

  @Override
  public boolean ended() {
    return fenced;
  }

  /// Looks whether another broker has ended this chain.
  ///
  /// @return shows what was read to everybody
  public Runnable reread(Tx tx) {
    boolean settled = AuditRecords.isSettled(tx, chain);
    return () -> {
      if (settled) {
        fence();
      }
    };
  }

  private void checkClock(Tx tx, Instant before, Instant now) {
    if (before.isAfter(now.plus(CLOCK_TOLERANCE))) {
      move(tx, new End(end.state(), end.seq(), end.hash(), now));
      record(tx, now, new AuditEvent.ClockAnomaly(before, now));
    }
  }

  private void record(Tx tx, Instant now, AuditEvent event) {
    Instant at = now.truncatedTo(ChronoUnit.MILLIS);
    long seq = end.seq() + 1;
    String id = newId(at);
    ObjectNode body = AuditJson.write(chain, seq, id, at, event);
    String text = CanonicalJson.write(body);
    byte[] leaf = hashes.leaf(text);
    String hash = AuditHash.hex(hashes.chain(HexFormat.of().parseHex(end.hash()), leaf));
    int inserted =
        tx.update(
            database.shared() ? INSERT_IF_ALIVE : INSERT,
            chain,
            seq,
            id,
            at.toEpochMilli(),
            event.type(),
            column(body, "call"),
            column(body, "run"),
            column(body, "agent"),
            column(body, "tool"),
            text,
            AuditHash.hex(leaf),
            hash);
    requireAlive(inserted);
    Instant latest = at.isAfter(end.latest()) ? at : end.latest();
    move(tx, new End(end.state(), seq, hash, latest));
    open.recorded(tx, seq, event);
    if (seq % MARK_EVERY == 0) {
      AuditRecords.markOpen(tx, chain, open.from(seq + 1));
    }
    tx.afterCommit(recorded);
  }

  private void requireAlive(int inserted) {
    if (inserted == 0) {
      fence();
      throw new StoreUnavailable("another broker has ended this chain");
    }
  }

  private void fence() {
    if (!fenced) {
      fenced = true;
      LOG.log(
          Level.ERROR,
          "another broker has taken this one for dead and closed its calls; restart this one");
    }
  }

  /// Goes on to `next`, and back should `tx` be undone; right in whatever order units are undone.
  private void move(Tx tx, End next) {
    End before = end;
    end = next;
    tx.afterRollback(
        () -> {
          if (end.seq() >= before.seq()) {
            end = before;
          }
          doubtful = true;
        });
  }

  /// A commit that was reported as failed may have happened all the same, so the head is read again
  /// after anything was undone.
  private void catchUp(Tx tx) {
    if (!doubtful) {
      return;
    }
    doubtful = false;
    AuditRecords.head(tx, chain)
        .filter(head -> head.seq() > end.seq())
        .ifPresent(head -> end = new End(end.state(), head.seq(), head.hash(), end.latest()));
  }

  private void require(State state) {
    if (end.state() != state) {
      throw new IllegalStateException("the audit log is " + end.state() + ", not " + state);
    }
  }

  private static @Nullable String column(ObjectNode body, String field) {
    return AuditJson.text(body, field).orElse(null);
  }

  /// A UUID of version 7 (RFC 9562, section 5.7): sorts by time.
  private String newId(Instant at) {
    long high = at.toEpochMilli() << 16 | 0x7000 | random.nextInt(1 << 12);
    long low = random.nextLong() >>> 2 | Long.MIN_VALUE;
    return new UUID(high, low).toString();
  }
}
