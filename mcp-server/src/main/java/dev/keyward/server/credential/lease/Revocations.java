package dev.keyward.server.credential.lease;

import static java.lang.System.Logger.Level.WARNING;

import dev.keyward.server.credential.Revoker;
import dev.keyward.server.credential.Revoker.Revoked;
import dev.keyward.store.StoreUnavailable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;

/// Gives leases back at their issuers: those whose run has ended, or whose broker is gone.
///
/// What is not given back is tried again, at growing intervals, until it is over by itself. Several
/// brokers share the work. Used by one thread at a time.
public final class Revocations {
  private static final System.Logger log = System.getLogger(Revocations.class.getName());
  private static final int AT_ONCE = 32;

  private final SqlLeases leases;
  private final Revoker revoker;

  /// Gives back by `revoker` what is due in `leases`.
  public Revocations(SqlLeases leases, Revoker revoker) {
    this.leases = leases;
    this.revoker = revoker;
  }

  /// Gives back what is due now, and ends what is over. To be called every second, and when
  /// something has become due; waits for the issuers.
  public void tend() {
    leases.expire();
    List<SqlLeases.Due> due = leases.take(AT_ONCE);
    while (!due.isEmpty()) {
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        due.forEach(one -> threads.execute(() -> giveBack(one)));
      }
      due = leases.take(AT_ONCE);
    }
  }

  /// Gives back what this broker had made, as far as that is done within `patience`; the rest is
  /// left to the next start, or to another broker.
  public void finish(Duration patience) {
    leases.stopping();
    Thread last = Thread.ofVirtual().name("last-revocations").start(this::lastTime);
    try {
      last.join(patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void lastTime() {
    try {
      tend();
    } catch (RuntimeException e) {
      log.log(WARNING, "leases are left to be given back at the next start", e);
    }
  }

  private void giveBack(SqlLeases.Due due) {
    LeaseRow lease = due.row();
    try {
      switch (revoked(due)) {
        case Revoked.Done() -> leases.ended(lease, SqlLeases.DONE);
        case Revoked.NotPossible() -> leases.ended(lease, "not_possible");
        case Revoked.Failed(var why) -> {
          leases.notYet(lease);
          log.log(
              WARNING, "{0}, {1}, {2}; tried again later", lease.lease(), lease.reference(), why);
        }
      }
    } catch (StoreUnavailable e) {
      log.log(WARNING, "what became of " + lease.lease() + " is written down later", e);
    }
  }

  private Revoked revoked(SqlLeases.Due due) {
    String name = due.row().reference().path();
    return due.receipt()
        .map(shown -> revoker.revoke(name, shown))
        .orElseGet(() -> new Revoked.Failed("cannot be opened: its row was changed"));
  }
}
