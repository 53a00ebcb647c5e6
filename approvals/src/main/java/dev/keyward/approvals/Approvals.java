package dev.keyward.approvals;

import dev.keyward.call.AgentId;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallId;
import dev.keyward.call.RunId;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/// The questions to people: asked, decided, used once.
///
/// Thread-safe. Each change is one compare-and-set step with its [ApprovalEvent] in one
/// transaction, and compares the request's expiry with the clock at that moment.
@SuppressWarnings("DoNotCallSuggester") // signatures first, for those who build on them
public final class Approvals {
  /// Wires; starts nothing.
  @SuppressWarnings("UnusedVariable")
  public Approvals(
      Database database,
      InstantSource clock,
      RandomGenerator random,
      ApprovalListener listener,
      Reviewers reviewers,
      ApprovalSettings settings) {}

  /// {@return how the call stands; asks people if nobody has been asked}
  ///
  /// The same question, while it is open, is asked once. A question that no longer fits (the
  /// context, the caller or a stricter kind) is invalidated and asked anew.
  public Standing ask(Ask ask) {
    throw new UnsupportedOperationException();
  }

  /// Uses an approval for `call`, in the caller's transaction: if that is undone, so is the use.
  ///
  /// [Redemption.Changed] is kept only if the transaction commits, so do not throw out of the unit
  /// of work on it; return it and refuse afterwards.
  ///
  /// @param contextNow what [Ask#context] would be now
  /// @param neededNow what policy asks for now; a stricter kind than was asked invalidates
  public Redemption redeem(
      Tx tx,
      ApprovalId id,
      CallDigest digest,
      String contextNow,
      ApprovalKind neededNow,
      CallId call) {
    throw new UnsupportedOperationException();
  }

  /// Makes the approval usable again until it expires: proven that nothing was sent.
  ///
  /// @throws IllegalStateException if this call does not hold it
  public void giveBack(Tx tx, ApprovalId id, CallId call) {
    throw new UnsupportedOperationException();
  }

  /// Ends the use of an approval.
  ///
  /// @param known whether the call's outcome, good or bad, is known
  /// @throws IllegalStateException if this call does not hold it
  public void close(Tx tx, ApprovalId id, CallId call, boolean known) {
    throw new UnsupportedOperationException();
  }

  /// Records a person's answer.
  ///
  /// @param person as signed in; what they may do is looked up again
  /// @param reason cut to [Decision#MAX_REASON] characters and freed of control characters
  /// @param shown the digest of what the person was shown
  public DecisionResult decide(
      ApprovalId id, Person person, Verdict verdict, String reason, CallDigest shown) {
    throw new UnsupportedOperationException();
  }

  /// Waits until the request is decided, for `atMost`, and returns how it stands then; empty if
  /// this agent has no such request in this run.
  ///
  /// @throws InterruptedException if the waiting thread is interrupted
  public Optional<ApprovalRequest> await(ApprovalId id, AgentId agent, RunId run, Duration atMost)
      throws InterruptedException {
    throw new UnsupportedOperationException();
  }

  /// Cancels all of a run's requests that are not in use; what is in use cannot be given back.
  public void cancelRun(Tx tx, RunId run) {
    throw new UnsupportedOperationException();
  }

  /// Ends what has expired, and returns how many requests that were. To be called now and then.
  public int expireDue() {
    throw new UnsupportedOperationException();
  }

  /// {@return the request, whoever it belongs to}
  public Optional<ApprovalRequest> find(ApprovalId id) {
    throw new UnsupportedOperationException();
  }

  /// {@return the request if this person may see it: reviewers all, others what they may confirm}
  public Optional<ApprovalRequest> findFor(Person person, ApprovalId id) {
    throw new UnsupportedOperationException();
  }

  /// {@return requests in these states, newest first, at most `limit`}
  public List<ApprovalRequest> list(Set<ApprovalState> states, int limit) {
    throw new UnsupportedOperationException();
  }

  /// {@return as [#list], only what this person may see}
  public List<ApprovalRequest> listFor(Person person, Set<ApprovalState> states, int limit) {
    throw new UnsupportedOperationException();
  }

  /// {@return what is CONSUMED; at start, before any call runs, these are calls that the broker did
  /// not see end}
  public List<ApprovalRequest> unfinished() {
    throw new UnsupportedOperationException();
  }

  /// {@return up to five other requests of the same agent and tool that people have decided: those
  /// with the same arguments first, then the newest}
  public List<ApprovalRequest> earlier(ApprovalRequest request) {
    throw new UnsupportedOperationException();
  }

  /// {@return who may decide on the request}
  public Quorum quorum(ApprovalRequest request) {
    throw new UnsupportedOperationException();
  }
}
