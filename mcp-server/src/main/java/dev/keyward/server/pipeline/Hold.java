package dev.keyward.server.pipeline;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Approvals;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Caller;
import dev.keyward.call.Refusal;
import dev.keyward.server.limits.InFlight;
import dev.keyward.server.policy.Gate;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/// Holds a call that people have not decided on yet, for as long as its client waits for it.
///
/// A held call has no place among those in flight, of its agent or of its tool, and no thread of
/// the operating system; it is the caller that waits, and nothing runs without it.
final class Hold {
  private static final int HELD_PER_AGENT = 256;

  /// A client that comes back at once would use up its rounds before anybody has read the question.
  private static final Duration BETWEEN = Duration.ofSeconds(15);

  private final Approvals approvals;
  private final HoldTimes times;
  private final Function<ApprovalId, URI> page;
  private final InFlight held = new InFlight("calls held for people at once");

  Hold(Approvals approvals, HoldTimes times, Function<ApprovalId, URI> page) {
    this.approvals = approvals;
    this.times = times;
    this.page = page;
  }

  /// Returns once people have decided in a way that is worth asking the gate again.
  ///
  /// @param round how often the client has come back with this call
  /// @param answers words what the client is told meanwhile
  /// @throws CallRefused with `refusal` if it is none that people can lift, or they have not within
  ///   the time; with what they or the caller did in place of agreeing
  void untilDecided(
      IncomingCall incoming, Caller caller, Refusal refusal, int round, Answers answers) {
    Duration atMost =
        incoming.interaction().follows()
            ? Approvals.LONGEST_WAIT // the request's own expiry ends it
            : longer(times.of(incoming.client()), round == 0 ? Duration.ZERO : BETWEEN);
    if (!(refusal instanceof Refusal.Pending pending) || !atMost.isPositive()) {
      throw new CallRefused(refusal);
    }
    try (var _ = held.enter(caller.lead().value(), HELD_PER_AGENT)) {
      incoming
          .waiting()
          .accept(new Waiting(pending, answers.waitingFor(pending), page(incoming, pending)));
      decided(await(incoming, caller, pending, atMost), pending);
    } catch (CallRefused refused) {
      boolean full = refused.refusal() instanceof Refusal.TooMany;
      throw full ? new CallRefused(pending) : refused;
    }
  }

  private Optional<URI> page(IncomingCall incoming, Refusal.Pending pending) {
    return incoming.interaction().mayShow(pending)
        ? Optional.of(page.apply(pending.approval()))
        : Optional.empty();
  }

  private Optional<ApprovalRequest> await(
      IncomingCall incoming, Caller caller, Refusal.Pending pending, Duration atMost) {
    try {
      Optional<ApprovalRequest> seen =
          approvals.await(
              pending.approval(), caller.agent(), caller.run(), atMost, incoming.cancellation());
      incoming.cancellation().check();
      return seen;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CallRefused(new Refusal.Cancelled(), e);
    }
  }

  private static void decided(Optional<ApprovalRequest> seen, Refusal.Pending pending) {
    ApprovalRequest request = seen.orElseThrow(() -> new CallRefused(pending));
    switch (request.state()) {
      case PENDING, PARTIAL -> throw new CallRefused(pending);
      default -> refuseEnded(request);
    }
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  /// Tells how a request ended, if it did so without being used.
  ///
  /// @throws CallRefused with that
  static void refuseEnded(ApprovalRequest request) {
    switch (request.state()) {
      case PENDING, PARTIAL, APPROVED -> {}
      case CONSUMED, DONE, UNKNOWN -> {} // by an identical call: the gate tells this one
      case DENIED ->
          throw new CallRefused(new Refusal.NotApproved(request.id(), Gate.reason(request)));
      case EXPIRED -> throw new CallRefused(new Refusal.ApprovalExpired(request.id()));
      case INVALIDATED -> throw new CallRefused(new Refusal.ApprovalInvalidated(request.id()));
      case CANCELLED -> throw new CallRefused(new Refusal.Cancelled());
    }
  }
}
