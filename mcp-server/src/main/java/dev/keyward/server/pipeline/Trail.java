package dev.keyward.server.pipeline;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.CallEnd;
import dev.keyward.call.CallId;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Caller;
import dev.keyward.call.Cancellation;
import dev.keyward.call.Refusal;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCall;
import dev.keyward.server.audit.AuditRecords;
import dev.keyward.server.audit.CredentialUsed;
import dev.keyward.server.audit.Ending;
import dev.keyward.server.audit.SealedArguments;
import dev.keyward.server.audit.UpstreamCall;
import dev.keyward.server.credential.Lease;
import dev.keyward.server.identity.AgentSession;
import dev.keyward.server.policy.Gate;
import dev.keyward.server.policy.Judgement;
import dev.keyward.server.policy.PermittedCall;
import dev.keyward.server.run.GrantUses;
import dev.keyward.server.run.ShownIds;
import dev.keyward.server.stop.Stop;
import dev.keyward.server.upstream.Sending;
import dev.keyward.server.upstream.Trace;
import dev.keyward.store.StoreUnavailable;
import dev.keyward.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/// Stages 6 and 10 of one call: what is written before an upstream is touched, and after.
///
/// It knows how far the call has come, and so what a failure means: before the intent the call was
/// refused, before the first byte nothing was sent, after it a write is UNKNOWN. Used by the thread
/// of its call; only [#sending] is called from others.
final class Trail {
  private final Trails shared;
  private final IncomingCall incoming;
  private final boolean forPeople;
  private @Nullable AgentSession session;
  private @Nullable Caller caller;
  private @Nullable ToolCall call;
  private @Nullable SealedArguments arguments;
  private @Nullable Judgement judgement;
  private @Nullable PermittedCall intended;
  private Optional<PermittedCall> changed = Optional.empty();
  private @Nullable CompletableFuture<CallId> queued;
  private Optional<CredentialUsed> credential = Optional.empty();
  private List<UpstreamCall> upstream = List.of();
  private Map<String, Set<String>> shown = Map.of();
  private Instant begun = Instant.EPOCH;
  private volatile boolean counted; // whether it has taken of a grant
  private volatile boolean sent;
  private boolean closed;
  private int round;

  Trail(Trails shared, IncomingCall incoming, boolean forPeople) {
    this.shared = shared;
    this.incoming = incoming;
    this.forPeople = forPeople;
  }

  /// Stage 1 has told who calls.
  void by(AgentSession whoCalls, Caller inRun) {
    session = whoCalls;
    caller = inRun;
  }

  /// {@return who calls, once stage 1 has told}
  Caller caller() {
    return Objects.requireNonNull(caller);
  }

  /// The client has come back so often with this call.
  void in(int whichRound) {
    round = whichRound;
  }

  /// {@return how often the client has come back with this call}
  int round() {
    return round;
  }

  /// {@return what is called, as soon as stages 2 and 3 have told}
  Optional<ToolCall> called() {
    return Optional.ofNullable(call);
  }

  /// {@return what is called, once stages 2 and 3 have told}
  ToolCall call() {
    return Objects.requireNonNull(call);
  }

  /// {@return why the call was ended, by its caller or by the broker; empty while it was not}
  Optional<Refusal> cancelled() {
    return incoming.cancellation().reason();
  }

  /// Stages 2 and 3 have told what is called.
  void of(ToolCall whatIsCalled) {
    call = whatIsCalled;
    arguments = shared.vault.seal(whatIsCalled.id(), whatIsCalled.recorded().arguments());
  }

  /// People have changed the arguments: from here on the call is the one that may run, held to what
  /// the one that was asked for is.
  ///
  /// @throws CallRefused if it does not fit into the grants of the run, or is open or unknown
  void changed(PermittedCall permitted) {
    changed = Optional.of(permitted);
    of(permitted.call());
    refuseOutsideRun();
    refuseTwin();
  }

  /// {@return the call with the arguments that people have put in place of the agent's}
  Optional<PermittedCall> changed() {
    return changed;
  }

  /// Refuses what does not fit into the grants of the run, and proposals.
  ///
  /// @throws CallRefused with [Refusal.OutsideGrants] or [Refusal.Proposed]
  void refuseOutsideRun() {
    shared
        .runs
        .refusal(session(), Objects.requireNonNull(call))
        .ifPresent(
            refusal -> {
              throw new CallRefused(refusal);
            });
  }

  /// Refuses what people have stopped, as far as the call is known by now.
  ///
  /// @throws CallRefused with [Refusal.Stopped]
  void refuseStopped() {
    stopped()
        .ifPresent(
            refusal -> {
              throw new CallRefused(refusal);
            });
  }

  private Optional<Refusal> stopped() {
    Caller who = Objects.requireNonNull(caller);
    ToolCall what = call;
    Optional<Stop> stop =
        what == null
            ? shared.stops.of(who)
            : shared.stops.of(who, what.tool().name(), what.tool().target());
    return stop.or(() -> shared.stops.of(session(), shared.runs))
        .map(found -> new Refusal.Stopped(found.scope().words(), acted()));
  }

  /// Stage 4 has told what the policy says.
  void judged(Judgement whatItSays) {
    judgement = whatItSays;
  }

  /// Refuses a write while an identical one is open or unknown, before people are asked about it;
  /// [#intend] makes sure.
  ///
  /// @throws CallRefused with [Refusal.TwinOpen], [Refusal.TwinUnknown] or [Refusal.TwinHappened]
  void refuseTwin() {
    ToolCall called = Objects.requireNonNull(call);
    if (!called.tool().tier().changes()) {
      return;
    }
    shared
        .database
        .read(tx -> shared.writes.twin(tx, called))
        .ifPresent(
            refusal -> {
              throw new CallRefused(refusal);
            });
  }

  /// Writes the intent: approval used, write begun and record made, all in one transaction.
  ///
  /// A write waits until that is durable. A read goes on once it is queued, unless the last audit
  /// write failed.
  ///
  /// @return the idempotency key, for a write
  /// @throws CallRefused if the call may not run after all, or the intent cannot be written
  Optional<String> intend(PermittedCall permitted) {
    begun = shared.clock.instant();
    boolean wait =
        permitted.call().tool().tier().changes()
            || permitted.approval().isPresent()
            || permitted.judgement().counted()
            || shared.runs.counts(session())
            || shared.failing();
    if (wait) {
      begun(permitted)
          .ifPresent(
              refusal -> {
                throw new CallRefused(refusal);
              });
      intended = permitted;
      return Optional.of(idempotencyKey(permitted));
    }
    queued = shared.queue(tx -> record(tx, permitted, Optional.empty()));
    intended = permitted;
    return Optional.empty();
  }

  /// If the answer to the commit is lost, nobody knows whether the intent is written. The call goes
  /// no further, and what may stand there is closed as not sent as soon as the database answers
  /// again.
  private Optional<Refusal> begun(PermittedCall permitted) {
    try {
      return shared.write(tx -> begin(tx, permitted));
    } catch (CallRefused e) {
      if (e.getCause() instanceof StoreUnavailable) {
        shared.keep(permitted.call().id(), tx -> neverSent(tx, permitted));
      }
      throw e;
    }
  }

  private ToolCall neverSent(Tx tx, PermittedCall permitted) {
    ToolCall called = permitted.call();
    return AuditRecords.isOpen(tx, called.id())
        ? end(tx, permitted, Ending.NOT_SENT, new Refusal.AuditUnavailable().code(), 0)
        : called;
  }

  /// Waits until the intent is on disk.
  ///
  /// @throws CallRefused if it cannot be written
  void durable() {
    CompletableFuture<?> written = queued;
    try {
      if (written != null) {
        written.join();
      }
    } catch (CompletionException e) {
      throw new CallRefused(new Refusal.AuditUnavailable(), e);
    }
  }

  /// The credential has been lent; its facts are noted while it is open.
  void lent(Lease lease) {
    credential = CallEvents.credential(lease, shared.clock.instant());
  }

  /// What is asked just before the first byte leaves, and before each repetition.
  Sending sending() {
    return new Sending() {
      @Override
      public void firstByte() {
        incoming.cancellation().check();
        dead()
            .ifPresent(
                refusal -> {
                  throw new CallRefused(refusal);
                });
        sent = true;
      }

      @Override
      public boolean stillPermitted() {
        return !incoming.cancellation().cancelled() && dead().isEmpty();
      }

      @Override
      public Cancellation cancellation() {
        return incoming.cancellation();
      }
    };
  }

  /// Notes the requests that were really made.
  void made(Trace requests) {
    upstream = List.of(CallEvents.upstream(requests));
  }

  /// Notes the ids, by kind, that the answer will show; kept with the outcome, before the agent has
  /// them.
  void shows(Map<String, Set<String>> ids) {
    shown = Map.copyOf(ids);
  }

  /// Ends a call whose outcome is known; the answer may be given once this returns.
  ///
  /// @param code `ok`, or a refusal's code
  /// @param scrubbed from how many values of the answer something was taken out
  /// @throws CallRefused with what the agent is to be told if the outcome could not be recorded
  void ended(Ending ending, String code, int scrubbed) {
    PermittedCall ran = Objects.requireNonNull(intended);
    Tool tool = ran.call().tool();
    closed = true;
    boolean durable =
        shared.writeOrKeep(
            ran.call().id(),
            tx -> end(tx, ran, ending, code, scrubbed),
            tx -> endOnce(tx, ran, ending, code, scrubbed));
    if (!durable || (queued != null && queued.isCompletedExceptionally())) {
      boolean acted = tool.tier().changes() && ending != Ending.NOT_SENT;
      throw new CallRefused(acted ? new Refusal.OutcomeUnknown() : new Refusal.AuditUnavailable());
    }
  }

  /// Ends a call that was refused, at whichever stage, and returns what to tell the agent.
  Refusal refused(Refusal refusal) {
    if (caller == null) {
      return refusal; // strangers are counted, not recorded one by one
    }
    if (!forPeople) {
      shared.behaviour.refused(caller, refusal);
    }
    if (closed) {
      return refusal; // the outcome is known; only the answer is kept back
    }
    try {
      if (intended == null) {
        if (counted(refusal)) {
          return refusal;
        }
        shared.write(tx -> appendRefusal(tx, refusal));
      } else if (sent && intended.call().tool().tier().changes()) {
        ended(Ending.UNKNOWN, "outcome_unknown", 0);
        return new Refusal.OutcomeUnknown();
      } else {
        ended(sent ? Ending.FAILED : Ending.NOT_SENT, refusal.code(), 0);
      }
      return refusal;
    } catch (CallRefused e) {
      return e.refusal();
    }
  }

  /// Of refusals that may come by the thousand only some are recorded one by one.
  private boolean counted(Refusal refusal) {
    return refusal.comeAgain().isPresent()
        && !shared.storms.single(Objects.requireNonNull(caller).agent());
  }

  /// Notes that the agent is being given the outcome of a write; for who follows it,
  /// [ToolCallPipeline#told] does that.
  void told() {
    ToolCall ran = call;
    boolean later = incoming.interaction().follows() || incoming.cancellation().cancelled();
    if (ran == null || intended == null || later || !ran.tool().tier().changes()) {
      return;
    }
    shared.tell(ran.id());
  }

  /// {@return why the call may not go on: it is stopped, key or run live no longer, its tool is no
  /// longer the agent's, the broker counts as dead, or nobody can say; asked before anything is
  /// sent, and before the answer}
  Optional<Refusal> dead() {
    AgentSession who = session;
    Caller inRun = caller;
    try {
      boolean live =
          who != null
              && inRun != null
              && shared.identity.stillLive(who)
              && shared.runs.open(who, inRun.run());
      if (shared.audit.ended()) {
        return Optional.of(unsure());
      }
      Optional<Refusal> stopped = stopped();
      if (stopped.isPresent()) {
        return stopped;
      }
      if (who == null || !live) {
        return Optional.of(new Refusal.Unauthenticated());
      }
      return outOfSight(who) ? Optional.of(new Refusal.UnknownTool()) : Optional.empty();
    } catch (StoreUnavailable e) {
      return Optional.of(unsure());
    }
  }

  /// The agent was given other tools meanwhile. What a write that was sent has done, it is told.
  private boolean outOfSight(AgentSession who) {
    ToolCall called = call;
    return called != null && !acted() && !shared.identity.stillSees(who, called.tool().name());
  }

  private Refusal unsure() {
    return acted() ? new Refusal.OutcomeUnknown() : new Refusal.AuditUnavailable();
  }

  private boolean acted() {
    return sent && intended != null && intended.call().tool().tier().changes();
  }

  private Optional<Refusal> begin(Tx tx, PermittedCall permitted) {
    ToolCall called = permitted.call();
    boolean changes = called.tool().tier().changes();
    Optional<Refusal> twin = changes ? shared.writes.twinOrLock(tx, called) : Optional.empty();
    if (twin.isPresent()) {
      return twin;
    }
    if (!shared.identity.stillSees(session(), called.tool().name())) {
      return Optional.of(new Refusal.UnknownTool());
    }
    GrantUses.Taking taking = shared.runs.plan(tx, session(), called);
    if (taking.refusal().isPresent()) {
      return taking.refusal();
    }
    return switch (shared.gate.redeem(tx, permitted)) {
      case Gate.Use.Refused(var refusal) -> Optional.of(refusal);
      case Gate.Use.Granted(var approval) -> {
        shared.runs.take(tx, called.id(), taking);
        counted = taking.some();
        if (changes) {
          shared.writes.begin(tx, permitted);
        }
        record(tx, permitted, approval);
        yield Optional.empty();
      }
    };
  }

  private CallId record(Tx tx, PermittedCall permitted, Optional<ApprovalRequest> approval) {
    SealedArguments sealed = Objects.requireNonNull(arguments);
    shared.vault.store(tx, sealed);
    shared.audit.append(
        tx, CallEvents.intent(permitted, incoming.transport(), sealed.hash(), approval));
    shared.handles.use(tx, permitted.call());
    shared.gate.note(tx, permitted.call());
    return incoming.id();
  }

  /// For a second attempt: the first may have been durable although nobody heard of it.
  private ToolCall endOnce(Tx tx, PermittedCall ran, Ending ending, String code, int scrubbed) {
    boolean done = AuditRecords.isClosed(tx, ran.call().id());
    return done ? ran.call() : end(tx, ran, ending, code, scrubbed);
  }

  private ToolCall end(Tx tx, PermittedCall ran, Ending ending, String code, int scrubbed) {
    ToolCall called = ran.call();
    recordIfLost(tx, ran);
    if (shared.runs.open(session(), called.caller().run())) {
      ShownIds.note(tx, called.caller().run(), shown);
    }
    if (called.tool().tier().changes()) {
      shared.writes.end(tx, called.id(), Writes.End.of(ending));
    }
    if (counted) {
      shared.runs.ended(tx, called.id(), ending != Ending.NOT_SENT);
    }
    ran.approval()
        .ifPresent(
            id -> {
              if (ending == Ending.NOT_SENT) {
                shared.approvals.giveBack(tx, id, called.id());
              } else {
                shared.approvals.close(tx, id, called.id(), callEnd(ending));
              }
            });
    if (ending == Ending.NOT_SENT) {
      shared.gate.forget(tx, called.id());
    }
    Duration took = Duration.between(begun, shared.clock.instant());
    shared.audit.append(
        tx, CallEvents.outcome(called, ending, code, credential, upstream, scrubbed, took));
    return called;
  }

  /// A read is sent while its intent is on its way to the disk. Where it did not get there, it is
  /// recorded with the outcome, so that none stands alone.
  private void recordIfLost(Tx tx, PermittedCall ran) {
    boolean lost = queued != null && queued.isCompletedExceptionally();
    if (lost && !AuditRecords.isOpen(tx, ran.call().id())) {
      record(tx, ran, Optional.empty());
    }
  }

  private AgentSession session() {
    return Objects.requireNonNull(session);
  }

  private CallId appendRefusal(Tx tx, Refusal refusal) {
    if (refusal instanceof Refusal.Proposed) {
      shared.vault.store(tx, Objects.requireNonNull(arguments)); // a proposal is there to be read
    }
    shared.audit.append(
        tx,
        CallEvents.refused(
            incoming.id(),
            Optional.ofNullable(caller),
            Optional.ofNullable(call),
            Optional.ofNullable(arguments).map(SealedArguments::hash),
            Optional.ofNullable(judgement),
            refusal));
    if (refusal instanceof Refusal.TwinHappened(var twin, var _)) {
      shared.writes.tell(tx, twin);
    }
    return incoming.id();
  }

  private String idempotencyKey(PermittedCall permitted) {
    ToolCall called = permitted.call();
    int told = shared.database.read(tx -> shared.writes.told(tx, called.digest()));
    return shared.idempotencyKeys.of(called.caller().run(), called.digest(), told);
  }

  private static CallEnd callEnd(Ending ending) {
    return switch (ending) {
      case ANSWERED -> CallEnd.DONE;
      case ERROR_ANSWERED, FAILED, CANCELLED -> CallEnd.FAILED;
      case NOT_SENT, UNKNOWN -> CallEnd.UNKNOWN;
    };
  }
}
