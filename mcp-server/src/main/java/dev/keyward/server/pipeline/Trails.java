package dev.keyward.server.pipeline;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import dev.keyward.approvals.Approvals;
import dev.keyward.call.CallId;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Refusal;
import dev.keyward.server.audit.ArgumentVault;
import dev.keyward.server.audit.AuditLog;
import dev.keyward.server.handle.Handles;
import dev.keyward.server.identity.Identity;
import dev.keyward.server.policy.Gate;
import dev.keyward.server.run.Runs;
import dev.keyward.server.stop.Stops;
import dev.keyward.server.unusual.Behaviour;
import dev.keyward.store.Database;
import dev.keyward.store.StoreUnavailable;
import java.time.InstantSource;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/// What the trails of all calls share, and the outcomes that could not be written yet.
///
/// Thread-safe.
final class Trails {
  private static final System.Logger log = System.getLogger(Trails.class.getName());

  final Database database;
  final AuditLog audit;
  final ArgumentVault vault;
  final Gate gate;
  final Approvals approvals;
  final Handles handles;
  final Writes writes;
  final IdempotencyKeys idempotencyKeys;
  final Identity identity;
  final Runs runs;
  final Storms storms;
  final Behaviour behaviour;
  final Stops stops;
  final InstantSource clock;
  private final Queue<Late> late = new ConcurrentLinkedQueue<>();
  private volatile boolean failing;

  Trails(ToolCallPipeline.Parts parts) {
    this.database = parts.database();
    this.audit = parts.audit();
    this.vault = parts.arguments();
    this.gate = parts.gate();
    this.approvals = parts.approvals();
    this.handles = parts.handles();
    this.writes = new Writes(parts.clock());
    this.idempotencyKeys = new IdempotencyKeys(parts.idempotencyKey());
    this.identity = parts.identity();
    this.runs = parts.runs();
    this.stops = parts.stops();
    this.clock = parts.clock();
    this.behaviour = parts.behaviour();
    this.storms = new Storms(parts.database(), parts.audit(), parts.clock());
  }

  Trail begin(IncomingCall incoming) {
    return new Trail(this, incoming, false);
  }

  /// {@return the trail of a read that the broker makes for people, with which the agent has
  /// nothing to do}
  Trail beginForPeople(IncomingCall read) {
    return new Trail(this, read, true);
  }

  /// After one failed audit write nothing is sent until a write has succeeded again.
  boolean failing() {
    return failing;
  }

  /// Writes and waits until it is durable.
  ///
  /// @throws CallRefused with [Refusal.AuditUnavailable] if that cannot be had
  <T> T write(Database.Work<T> work) {
    try {
      T result = database.write(work);
      failing = false;
      return result;
    } catch (StoreUnavailable e) {
      failing = true;
      throw new CallRefused(new Refusal.AuditUnavailable(), e);
    } catch (RuntimeException e) {
      failing = true;
      log.log(ERROR, "a record could not be made, and the reason is not the database", e);
      throw new CallRefused(new Refusal.AuditUnavailable(), e);
    }
  }

  /// Queues without waiting, in the order of all that is written; durable with what is waited for
  /// next, or a few milliseconds later.
  <T> CompletableFuture<T> queue(Database.Work<T> work) {
    return database.submitPatiently(work).whenComplete((_, error) -> failing |= error != null);
  }

  /// Writes what has already happened: if that fails now, it is tried again until it succeeds.
  ///
  /// @param again does nothing if `work` has been durable all the same
  /// @return whether it is durable now
  boolean writeOrKeep(CallId call, Database.Work<?> work, Database.Work<?> again) {
    try {
      write(work);
      return true;
    } catch (CallRefused e) {
      log.log(WARNING, "the outcome of " + call + " waits for the database", e);
      keep(call, again);
      return false;
    }
  }

  /// Does `work` once the database answers again.
  void keep(CallId call, Database.Work<?> work) {
    late.add(new Late(call, work));
  }

  /// Notes that the agent is being given the outcome of a write. Where the next identical call may
  /// arrive at another broker, that has to be durable before: it decides the idempotency key.
  void tell(CallId call) {
    Database.Work<CallId> work =
        tx -> {
          writes.tell(tx, call);
          return call;
        };
    if (database.shared()) {
      writeOrKeep(call, work, work);
    } else {
      var _ = database.submit(work);
    }
  }

  /// As [#tell], if the call is a write that was begun.
  void tellIfBegun(CallId call) {
    if (database.read(tx -> writes.begun(tx, call))) {
      tell(call);
    }
  }

  /// Tries again what could not be written. To be called now and then.
  void catchUp() {
    for (Late next = late.peek(); next != null; next = late.peek()) {
      try {
        write(next.work);
      } catch (CallRefused e) {
        if (e.getCause() instanceof StoreUnavailable) {
          return;
        }
        log.log(
            ERROR, "the outcome of {0} cannot be recorded; the next start closes it", next.call);
      }
      late.remove(next);
    }
  }

  private record Late(CallId call, Database.Work<?> work) {}
}
