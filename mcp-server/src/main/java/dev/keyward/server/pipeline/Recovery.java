package dev.keyward.server.pipeline;

import static java.lang.System.Logger.Level.WARNING;

import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.CallEnd;
import dev.keyward.server.audit.AuditEvent;
import dev.keyward.server.audit.AuditLog;
import dev.keyward.server.audit.AuditRecords;
import dev.keyward.server.audit.OpenIntent;
import dev.keyward.server.identity.Epoch;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BiConsumer;

/// Closes what a broker that died left open: its own earlier starts' before any call runs, and that
/// of a sister over the same database once she is known to be gone.
///
/// A write whose outcome was not recorded is UNKNOWN from then on: people see it, and the broker
/// never repeats it. A read is closed as not recorded; its answer was given to nobody.
public final class Recovery {
  private static final System.Logger log = System.getLogger(Recovery.class.getName());

  private final Database database;
  private final AuditLog audit;
  private final AuditRecords records;
  private final Approvals approvals;
  private final Writes writes;
  private final BiConsumer<Tx, String> orphans;

  /// Works on what earlier chains recorded.
  ///
  /// @param orphans takes care of what else a broker leaves, by its chain, in the same unit of work
  public Recovery(
      Database database,
      AuditLog audit,
      AuditRecords records,
      Approvals approvals,
      InstantSource clock,
      BiConsumer<Tx, String> orphans) {
    this.orphans = orphans;
    this.database = database;
    this.audit = audit;
    this.records = records;
    this.approvals = approvals;
    this.writes = new Writes(clock);
  }

  /// Closes every open call of `replica`'s chains other than `chain`.
  public void run(String chain, String replica) {
    records.unsettled(chain).stream()
        .filter(earlier -> earlier.replica().equals(replica))
        .forEach(earlier -> closeAll(earlier.chain()));
  }

  /// Closes every open call of one chain, whose broker is gone; it can append nothing from then on.
  public void closeAll(String chain) {
    List<OpenIntent> closed = database.write(tx -> settle(tx, chain));
    closed.stream()
        .filter(intent -> intent.tier().changes())
        .forEach(
            intent ->
                log.log(
                    WARNING,
                    "call {0} of {1}: it is not known whether it took effect; look at its upstream",
                    intent.call(),
                    intent.tool()));
  }

  private List<OpenIntent> settle(Tx tx, String chain) {
    if (!records.settle(tx, chain)) {
      return List.of(); // another broker was first
    }
    Epoch.advance(tx); // should it live after all, it hears of it before it sends
    List<OpenIntent> open = records.openIntents(tx, chain);
    open.forEach(intent -> close(tx, intent));
    orphans.accept(tx, chain);
    return open;
  }

  private void close(Tx tx, OpenIntent open) {
    if (open.tier().changes()) {
      writes.end(tx, open.call(), Writes.End.UNKNOWN);
    }
    open.approval().ifPresent(id -> approvals.close(tx, id, open.call(), CallEnd.UNKNOWN));
    audit.append(
        tx,
        open.tier().changes()
            ? new AuditEvent.CallUnknown(
                open.call(), open.run(), open.agent(), open.tool(), open.chain(), open.seq())
            : new AuditEvent.CallNotRecorded(
                open.call(), open.run(), open.agent(), open.tool(), open.chain(), open.seq()));
  }
}
