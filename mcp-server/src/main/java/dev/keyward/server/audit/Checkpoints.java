package dev.keyward.server.audit;

import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Signs where all chains stand, into a file that the database's owner should not be able to
/// rewrite: every 10 s when something is new, every 1 000 records, at the start and at the end.
///
/// A checkpoint that cannot be written stops nothing: it is logged, [#trouble] says so, and the
/// records meanwhile are protected by their chain only. Before it signs, it looks whether what it
/// signed last still stands in the database; if not it signs nothing more, since a signature over a
/// changed record would only help whoever changed it.
///
/// Thread-safe. [#close] after the log has stopped, so that the last record is signed too.
public final class Checkpoints implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Checkpoints.class.getName());
  private static final Duration EVERY = Duration.ofSeconds(10);
  private static final int RECORDS = 1_000;

  private final Database database;
  private final CheckpointFile file;
  private final SigningKey key;
  private final InstantSource clock;
  private final AtomicInteger unsigned = new AtomicInteger();
  private final Semaphore wake = new Semaphore(0);
  private final Thread ticker = new Thread(this::tick, "keyward-checkpoints");
  private final TreeMap<String, ChainHead> signed = new TreeMap<>(); // guarded by this
  private Optional<CheckpointName> last = Optional.empty(); // guarded by this
  private volatile Optional<String> trouble = Optional.empty();
  private volatile boolean closing;

  private Checkpoints(Database database, CheckpointFile file, SigningKey key, InstantSource clock) {
    this.database = database;
    this.file = file;
    this.key = key;
    this.clock = clock;
    ticker.setDaemon(true);
  }

  /// Reads the file as far as it is written, and cuts off a checkpoint whose writing was broken
  /// off; nothing is written before [#start].
  ///
  /// @param path the checkpoint file, made where there is none; best on another volume
  /// @throws IOException if the file exists and cannot be read
  public static Checkpoints open(Database database, Path path, SigningKey key, InstantSource clock)
      throws IOException {
    var file = new CheckpointFile(path);
    var checkpoints = new Checkpoints(database, file, key, clock);
    long end = file.read(checkpoints::remember);
    if (end < file.length()) {
      LOG.log(
          Level.WARNING, "the last audit checkpoint was not written to its end; cutting it off");
      file.cutAt(end);
    }
    return checkpoints;
  }

  /// {@return the last checkpoint in the file}
  public synchronized Optional<CheckpointName> last() {
    return last;
  }

  /// {@return what keeps checkpoints from being written, for health checks and the operator; empty
  /// if all is well}
  public Optional<String> trouble() {
    return trouble;
  }

  /// Writes a checkpoint if something is new, and begins to do so by itself.
  public void start() {
    write();
    ticker.start();
  }

  /// Counts one durable record; for [SqlAuditLog#onRecorded]. Does not wait.
  public void recorded() {
    if (unsigned.incrementAndGet() == RECORDS) {
      wake.release();
    }
  }

  /// Writes a checkpoint if something is new. Does not throw: see [#trouble].
  public synchronized void write() {
    unsigned.set(0);
    try {
      Standing standing = database.read(this::standing);
      if (standing.lost().isPresent()) {
        unsigned.compareAndSet(0, 1); // looks again at the next tick
        fail("the audit record has changed since it was signed: " + standing.lost().get());
      } else {
        sign(standing.heads());
        trouble = Optional.empty();
      }
    } catch (IOException | RuntimeException e) {
      unsigned.compareAndSet(0, 1); // tries again at the next tick
      LOG.log(Level.ERROR, "an audit checkpoint could not be written", e);
      trouble = Optional.of("the last audit checkpoint could not be written; see the log");
    }
  }

  /// Stops by itself and writes a last checkpoint.
  @Override
  public void close() {
    closing = true;
    wake.release();
    try {
      ticker.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    write();
  }

  private void tick() {
    while (!closing) {
      try {
        boolean _ = wake.tryAcquire(EVERY.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        return;
      }
      if (!closing && unsigned.get() > 0) {
        write();
      }
    }
  }

  /// What the database says now.
  ///
  /// @param lost what was signed and no longer stands there
  private record Standing(List<ChainHead> heads, Optional<String> lost) {}

  private Standing standing(Tx tx) {
    List<ChainHead> heads = AuditRecords.heads(tx);
    var now = new TreeMap<String, ChainHead>();
    heads.forEach(head -> now.put(head.chain(), head));
    Optional<String> lost =
        signed.values().stream()
            .filter(head -> !head.equals(now.get(head.chain())) && !stands(tx, head))
            .findFirst()
            .map(head -> "record " + head.seq() + " of " + head.chain());
    return new Standing(heads, lost);
  }

  private static boolean stands(Tx tx, ChainHead head) {
    return AuditRecords.hashAt(tx, head.chain(), head.seq())
        .filter(head.hash()::equals)
        .isPresent();
  }

  private void sign(List<ChainHead> heads) throws IOException {
    List<ChainHead> moved =
        heads.stream().filter(head -> !head.equals(signed.get(head.chain()))).toList();
    if (moved.isEmpty()) {
      return;
    }
    var checkpoint =
        new Checkpoint(
            key.verifier().name(),
            heads.size(),
            Checkpoint.root(heads.stream().sorted(ChainHead.ORDER).toList()),
            clock.instant(),
            last,
            moved);
    SignedNote note = SignedNote.sign(checkpoint.text(), key);
    file.append(note);
    moved.forEach(head -> signed.put(head.chain(), head));
    last = Optional.of(note.name());
  }

  private void fail(String what) {
    if (!trouble.equals(Optional.of(what))) {
      LOG.log(Level.ERROR, what + "; run keyward audit verify");
    }
    trouble = Optional.of(what);
  }

  /// Takes over what the file says. Whether it is true is the verifier's to find out; here it only
  /// decides what the next checkpoint has to list.
  private synchronized void remember(CheckpointFile.Entry entry) {
    entry
        .note()
        .ifPresent(
            note -> {
              last = Optional.of(note.name());
              heads(note).forEach(head -> signed.put(head.chain(), head));
            });
  }

  private static List<ChainHead> heads(SignedNote note) {
    try {
      return Checkpoint.parse(note.text()).moved();
    } catch (IllegalArgumentException e) {
      return List.of(); // an edited one; the verifier names it
    }
  }
}
