package dev.keyward.server.pipeline;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.Edits;
import dev.keyward.call.AgentId;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.CallId;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Caller;
import dev.keyward.call.Refusal;
import dev.keyward.call.Withholding;
import dev.keyward.catalog.ToolCall;
import dev.keyward.catalog.ToolCatalog;
import dev.keyward.redaction.Redactor;
import dev.keyward.server.audit.ArgumentVault;
import dev.keyward.server.audit.AuditLog;
import dev.keyward.server.audit.Ending;
import dev.keyward.server.credential.Credentials;
import dev.keyward.server.credential.Lease;
import dev.keyward.server.handle.Handles;
import dev.keyward.server.handle.Restored;
import dev.keyward.server.identity.AgentSession;
import dev.keyward.server.identity.Identity;
import dev.keyward.server.limits.Breakers;
import dev.keyward.server.limits.CallLimits;
import dev.keyward.server.policy.Gate;
import dev.keyward.server.policy.PermittedCall;
import dev.keyward.server.run.RunWidening;
import dev.keyward.server.run.Runs;
import dev.keyward.server.run.ShownIds;
import dev.keyward.server.stop.Stops;
import dev.keyward.server.unusual.Behaviour;
import dev.keyward.server.upstream.Failure;
import dev.keyward.server.upstream.Reply;
import dev.keyward.server.upstream.Upstream;
import dev.keyward.store.Database;
import dev.keyward.store.StoreUnavailable;
import java.net.URI;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.crypto.SecretKey;

/// The path of a call: the table of contents of the broker, and the only way to an upstream.
///
/// Thread-safe; blocks, so callers use virtual threads.
public final class ToolCallPipeline {
  private static final System.Logger log = System.getLogger(ToolCallPipeline.class.getName());
  private static final int SERVER_ERROR = 500;

  private final Trails trails;
  private final Identity identity;
  private final Runs runs;
  private final SecretAlarms alarms = new SecretAlarms();
  private final Echoes echoes;
  private final CallCheck check;
  private final Edits edits;
  private final Approvals approvals;
  private final ApprovalTools approvalTools;
  private final AccessRequest accessRequest;
  private final PreviewReads previews;
  private final Hold hold;
  private final FindTools findTools;
  private final Rounds rounds;
  private final Gate gate;
  private final Credentials credentials;
  private final Handles handles;
  private final Upstream upstream;
  private final Answers answers;
  private final OpenCalls openCalls = new OpenCalls();
  private final CallLimits limits;
  private final Breakers breakers;
  private final Behaviour behaviour;

  /// What the stages need of the rest of the broker.
  ///
  /// @param catalog the tools as of now
  /// @param holds how long a call waits for people before it is answered as pending
  /// @param approvalPage where people decide on a request
  /// @param requestStateKey of 32 bytes, for nothing else
  /// @param random a secure one
  /// @param idempotencyKey of 32 bytes, for nothing else
  public record Parts(
      Database database,
      InstantSource clock,
      AuditLog audit,
      ArgumentVault arguments,
      Identity identity,
      Runs runs,
      Stops stops,
      ShownIds shown,
      RunWidening widening,
      CallLimits limits,
      Breakers breakers,
      Behaviour behaviour,
      Supplier<ToolCatalog> catalog,
      Gate gate,
      Approvals approvals,
      Credentials credentials,
      Upstream upstream,
      Redactor redactor,
      Handles handles,
      HoldTimes holds,
      Function<ApprovalId, URI> approvalPage,
      SecretKey requestStateKey,
      RandomGenerator random,
      SecretKey idempotencyKey) {}

  /// Joins the stages.
  public ToolCallPipeline(Parts parts) {
    this.identity = parts.identity();
    this.runs = parts.runs();
    this.limits = parts.limits();
    this.breakers = parts.breakers();
    this.behaviour = parts.behaviour();
    this.gate = parts.gate();
    this.credentials = parts.credentials();
    this.upstream = parts.upstream();
    this.handles = parts.handles();
    this.echoes = new Echoes(parts.redactor(), handles, alarms);
    this.answers = new Answers(parts.redactor(), handles, echoes);
    this.check = new CallCheck(parts, alarms, echoes);
    this.edits = new EditCheck(parts);
    this.approvals = parts.approvals();
    this.approvalTools = new ApprovalTools(parts.approvals(), answers);
    this.accessRequest = new AccessRequest(parts, answers);
    this.previews = new PreviewReads(parts, this::readForPeople);
    this.hold = new Hold(parts.approvals(), parts.holds(), parts.approvalPage());
    this.findTools = new FindTools(new VisibleTools(parts.catalog(), parts.gate(), runs), answers);
    this.rounds =
        new Rounds(
            parts.approvals(),
            parts.requestStateKey(),
            parts.random(),
            parts.clock(),
            parts.approvalPage());
    this.trails = new Trails(parts);
  }

  /// Writes outcomes that the database could not take when they were known, and what was only
  /// counted. To be called now and then, by one thread.
  public void catchUp() {
    trails.catchUp();
    trails.storms.record();
  }

  /// {@return whether this names one of the broker's own tools, which touch no upstream}
  public static boolean isOwn(String toolName) {
    return ApprovalTools.named(toolName)
        || AccessRequest.named(toolName)
        || FindTools.named(toolName);
  }

  /// {@return says whether people may have a call run with other arguments}
  public Edits edits() {
    return edits;
  }

  /// {@return what the agent is told of a call that the broker did not see end}
  public Answer unseen(CallId call, String toolName, Refusal refusal) {
    return answers.of(call, toolName, refusal);
  }

  /// Notes that the agent is being given this answer of a call that it has followed: if that tells
  /// the outcome of a write, an identical one is another action from then on.
  public void told(Answer answer) {
    if (Answers.tellsOutcome(answer)) {
      trails.tellIfBegun(answer.call());
    }
  }

  /// Ends the pause of an agent that has a new key.
  public void forgive(AgentId agent) {
    alarms.forget(agent);
    echoes.forget(agent);
  }

  /// Ends calls under way, so that nothing of them that can still be kept back happens: what waits
  /// ends, a read that was sent is broken off. A write that was sent runs on to its outcome.
  ///
  /// @param why what their agents are told
  /// @return how many
  public int endCalls(Predicate<OpenCall> which, Refusal why) {
    return openCalls.end(which, why);
  }

  /// Ends the calls of keys and runs that count no longer. To be called now and then, and whenever
  /// something of that kind has changed.
  public void endDead() {
    openCalls.endDead();
  }

  /// Carries one call from the wire to its answer, or refuses it on the way. Never throws.
  public Answer run(IncomingCall incoming) {
    Trail trail = trails.begin(incoming);
    return orRefused(
        incoming,
        trail,
        () -> {
          AgentSession session = identity.authenticate(incoming.key());
          Caller caller = runs.caller(session);
          trail.by(session, caller);
          return of(incoming, session, caller, trail);
        });
  }

  private Answer of(IncomingCall incoming, AgentSession session, Caller caller, Trail trail) {
    try (var place = openCalls.enter(incoming.id(), caller, incoming.cancellation(), trail::dead)) {
      trail.refuseStopped();
      limits.count(caller);
      if (ApprovalTools.named(incoming.toolName())) {
        if (ApprovalTools.says(incoming)) {
          check.refuseSecrets(incoming, caller);
        }
        return approvalTools.answer(incoming, caller);
      }
      boolean asksForMore = AccessRequest.named(incoming.toolName());
      if (!asksForMore && !FindTools.named(incoming.toolName())) {
        return carry(incoming, session, trail, place);
      }
      try (var _ = limits.enter(caller)) {
        check.refuseSecrets(incoming, caller);
        return asksForMore
            ? accessRequest.answer(incoming, session, caller)
            : findTools.answer(incoming, session);
      }
    }
  }

  /// Stages 2 to 10 of a read whose answer is for the people who are asked about another call of
  /// the same run. It is held to all that the agent's own read is, and nobody is asked about it.
  private Answer readForPeople(IncomingCall read, AgentSession session, Caller caller) {
    Trail trail = trails.beginForPeople(read);
    trail.by(session, caller);
    return orRefused(
        read,
        trail,
        () -> {
          try (var place = openCalls.enter(read.id(), caller, read.cancellation(), trail::dead)) {
            trail.refuseStopped();
            limits.count(caller);
            try (var _ = limits.enter(caller)) {
              ToolCall call = check.parse(read, session, caller);
              place.of(call.tool());
              trail.of(call);
              return carryForPeople(trail, call);
            }
          }
        });
  }

  private Answer carryForPeople(Trail trail, ToolCall call) {
    trail.refuseStopped();
    trail.refuseOutsideRun();
    credentials.require(call.tool(), call.caller());
    return execute(trail, gate.permitForPeople(call, trail::judged));
  }

  private Answer orRefused(IncomingCall incoming, Trail trail, Supplier<Answer> stages) {
    try {
      return stages.get();
    } catch (CallRefused refused) {
      log.log(DEBUG, () -> "call " + incoming.id() + " refused: " + refused.refusal().code());
      Refusal told = trail.refused(refused.refusal());
      return answers
          .changed(answers.of(incoming, told), trail.changed())
          .then(next(incoming, trail, told));
    } catch (StoreUnavailable e) {
      log.log(WARNING, "call " + incoming.id() + " was refused: no database", e);
      return answers.of(incoming, trail.refused(new Refusal.AuditUnavailable()));
    } catch (RuntimeException broken) {
      log.log(ERROR, "call " + incoming.id() + " broke", broken);
      return answers.of(incoming, trail.refused(new Refusal.Broken()));
    }
  }

  /// Stages 2 to 10, of a call whose caller is known. What people have not decided is held outside
  /// the limits, and then goes through the gate once more.
  private Answer carry(
      IncomingCall incoming, AgentSession session, Trail trail, OpenCalls.Place place) {
    Optional<String> why = AgentReason.of(incoming);
    try (var _ = limits.enter(trail.caller())) {
      ToolCall call = check.parse(incoming, session, trail.caller());
      place.of(call.tool());
      trail.of(call);
      behaviour.called(call);
      trail.in(rounds.round(incoming, call));
      return carry(incoming, trail, call);
    } catch (CallRefused refused) {
      explain(why, trail.caller(), refused.refusal());
      previews.read(incoming, session, trail, refused.refusal());
      hold.untilDecided(incoming, trail.caller(), refused.refusal(), trail.round(), answers);
    }
    try (var _ = limits.enter(trail.caller())) {
      return carry(incoming, trail, trail.call());
    } catch (CallRefused refused) {
      previews.read(incoming, session, trail, refused.refusal());
      throw refused;
    }
  }

  private void explain(Optional<String> why, Caller caller, Refusal refusal) {
    if (why.isPresent() && refusal instanceof Refusal.Pending pending) {
      approvals.explain(pending.approval(), caller.agent(), caller.run(), why.get());
    }
  }

  private Optional<NextRound> next(IncomingCall incoming, Trail trail, Refusal told) {
    return told instanceof Refusal.Pending pending
        ? trail.called().flatMap(call -> rounds.next(incoming, call, pending, trail.round()))
        : Optional.empty();
  }

  /// Stages 4 to 10, of a call whose tool and arguments are known.
  private Answer carry(IncomingCall incoming, Trail trail, ToolCall call) {
    alarms.check(trail.caller());
    trail.refuseStopped();
    trail.refuseOutsideRun();
    trail.refuseTwin();
    credentials.require(call.tool(), call.caller());
    PermittedCall permitted = gate.permit(call, trail::judged);
    if (permitted.asked().isPresent()) {
      trail.changed(permitted);
    }
    incoming.cancellation().check();
    Answer answer = execute(trail, permitted);
    trail.told();
    return answers.changed(answer, trail.changed());
  }

  /// Stages 6 to 10, within the limits of the tool.
  private Answer execute(Trail trail, PermittedCall permitted) {
    ToolCall call = permitted.call();
    try (var passage = breakers.pass(call.tool().target());
        var _ = limits.send(call.tool())) {
      Optional<String> idempotencyKey = trail.intend(permitted);
      try (Lease lease = credentials.lease(permitted, trail::durable)) {
        trail.lent(lease);
        Restored restored = handles.restore(permitted);
        Reply reply = upstream.send(permitted, restored, lease, idempotencyKey, trail.sending());
        trail.made(reply.trace());
        noted(permitted, reply);
        health(reply, passage);
        return conclude(trail, permitted, reply);
      }
    }
  }

  /// What was proven not to be sent has not been done, and what is read for people was not the
  /// agent's doing.
  private void noted(PermittedCall permitted, Reply reply) {
    if (!(reply instanceof Reply.NotSent) && !permitted.forPeople()) {
      behaviour.sent(permitted.call());
    }
  }

  /// How the system did, which is not how the call did: who sends nonsense gets a 4xx.
  private static void health(Reply reply, Breakers.Passage passage) {
    switch (reply) {
      case Reply.Answered answered when answered.status() >= SERVER_ERROR -> passage.failed();
      case Reply.Answered _ -> passage.answered();
      case Reply.Failed failed -> health(failed.why(), passage);
      case Reply.NotSent not -> health(not.why(), passage);
    }
  }

  private static void health(Failure why, Breakers.Passage passage) {
    switch (why) {
      case UNREACHABLE, TIMED_OUT, BROKEN_OFF -> passage.failed();
      case TOO_LARGE, WRONG_TYPE, REDIRECTED, MALFORMED, LOGIN_REFUSED -> passage.answered();
      case ADDRESS_REFUSED, CREDENTIAL_UNUSABLE, REQUEST_UNUSABLE, CANCELLED -> {}
    }
  }

  /// Stages 9 and 10: what the upstream said, scrubbed and recorded.
  private Answer conclude(Trail trail, PermittedCall permitted, Reply reply) {
    return switch (reply) {
      case Reply.NotSent not -> throw new CallRefused(unusable(trail, not.why()));
      case Reply.Failed failed -> throw new CallRefused(unusable(trail, failed.why()));
      case Reply.Answered answered -> {
        Answer answer = scrubbed(permitted, answered);
        if (!permitted.forPeople()) {
          trail.shows(answers.idsIn(permitted.call(), answer));
        }
        trail.ended(
            answer.error() ? Ending.ERROR_ANSWERED : Ending.ANSWERED,
            answer.error() ? "upstream_error" : "ok",
            answers.scrubbedIn(answer));
        trail
            .dead()
            .ifPresent(
                refusal -> {
                  throw new CallRefused(refusal);
                });
        yield answer;
      }
    };
  }

  private Refusal unusable(Trail trail, Failure why) {
    return why == Failure.CANCELLED
        ? trail.cancelled().orElseGet(Refusal.Cancelled::new)
        : answers.unusable(why);
  }

  /// An answer that cannot be scrubbed is withheld; what the call did is known all the same.
  private Answer scrubbed(PermittedCall permitted, Reply.Answered answered) {
    CallId call = permitted.call().id();
    try {
      return answers.of(permitted, answered);
    } catch (Redactor.Uncertain e) {
      log.log(ERROR, "the answer of " + call + " was withheld: " + e.getMessage(), e);
      return answers.withheld(call, e.late() ? Withholding.SLOW : Withholding.UNSURE);
    } catch (StoreUnavailable e) {
      log.log(ERROR, "the answer of " + call + " was withheld", e);
      return answers.withheld(call);
    }
  }
}
