package dev.keyward.approvals;

import dev.keyward.approvals.ApprovalEvent.Mismatch;
import dev.keyward.approvals.passkey.Passkey;
import dev.keyward.approvals.passkey.PasskeyRefused;
import dev.keyward.call.AgentId;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallId;
import dev.keyward.call.Caller;
import dev.keyward.call.Cancellation;
import dev.keyward.call.PersonId;
import dev.keyward.call.QuestionCap;
import dev.keyward.call.RunId;
import dev.keyward.call.Seal;
import dev.keyward.call.Tier;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Handle;

/// The questions to people: asked, decided, used once.
///
/// Thread-safe. Each change is one compare-and-set step with its [ApprovalEvent] in one
/// transaction, and compares the request's expiry with the clock at that moment.
public final class Approvals {
  private static final int LIVES = 11; // to prolong it ten times, each at the last moment

  /// As long as any request can be open: an expiry is a day at most.
  public static final Duration LONGEST_WAIT = Duration.ofDays(LIVES);

  private static final Duration REREAD = Duration.ofSeconds(2);
  private static final Duration WORTH_IT = Duration.ofMinutes(1);
  private static final int EXPIRED_AT_ONCE = 200;
  private static final int EARLIER = 5;
  private static final String HINT = "approval ";

  private final Database database;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final ApprovalListener listener;
  private final Reviewers reviewers;
  private final ApprovalSettings settings;
  private final QuestionCounts counts;
  private final GlassReviews glassReviews;
  private final Previews previews;
  private final Waiters waiters = new Waiters();
  private final List<Runnable> watchers = new CopyOnWriteArrayList<>();

  /// Wires; starts nothing.
  ///
  /// @param random makes the names of requests; nobody should be able to guess them
  /// @param seal for what is read for people, and for nothing else
  public Approvals(
      Database database,
      InstantSource clock,
      RandomGenerator random,
      Seal seal,
      ApprovalListener listener,
      Reviewers reviewers,
      ApprovalSettings settings) {
    this.database = database;
    this.clock = clock;
    this.random = random;
    this.listener = listener;
    this.reviewers = reviewers;
    this.settings = settings;
    this.counts = new QuestionCounts(settings.questions());
    this.glassReviews = new GlassReviews(database, clock, reviewers, this::tell);
    this.previews = new Previews(database, clock, seal, this::tell);
    database.onHint(this::hinted);
  }

  /// {@return how the call stands; asks people if nobody has been asked}
  ///
  /// The same question, while it is open, is asked once. A question that no longer fits (the
  /// context, the caller or a stricter kind) is invalidated and asked anew.
  public Standing ask(Ask ask) {
    return database
        .read(tx -> standing(tx.sql(), ask))
        .orElseGet(() -> database.write(tx -> askOrFind(tx, ask)));
  }

  /// Uses an approval for `call`, in the caller's transaction: if that is undone, so is the use.
  ///
  /// [Redemption.Changed] is kept only if the transaction commits, so do not throw out of the unit
  /// of work on it; return it and refuse afterwards.
  ///
  /// @param digest of what would run; where people have changed the arguments, with these
  /// @param contextNow what [Ask#context] would be now
  /// @param neededNow what policy asks for now; a stricter kind than was asked invalidates
  public Redemption redeem(
      Tx tx,
      ApprovalId id,
      CallDigest digest,
      String contextNow,
      ApprovalKind neededNow,
      CallId call) {
    Optional<ApprovalRequest> found =
        locked(tx, id).filter(request -> request.running().equals(digest));
    if (found.isEmpty() || found.get().state() != ApprovalState.APPROVED) {
      return new Redemption.Gone();
    }
    ApprovalRequest request = found.get();
    if (isDue(request)) {
      expire(tx, request);
      return new Redemption.Gone();
    }
    Optional<Mismatch> mismatch = mismatch(request, contextNow, neededNow);
    if (mismatch.isPresent()) {
      invalidate(tx, request, mismatch.get());
      return new Redemption.Changed();
    }
    return consume(tx, request, call);
  }

  /// Makes the approval usable again until it expires: proven that nothing was sent.
  ///
  /// @throws IllegalStateException if this call does not hold it
  public void giveBack(Tx tx, ApprovalId id, CallId call) {
    ApprovalState next =
        locked(tx, id).map(request -> backTo(tx, request)).orElse(ApprovalState.CANCELLED);
    mustHold(ApprovalRows.finish(tx.sql(), id, call, next));
    if (next == ApprovalState.APPROVED) {
      ApprovalRows.forgetCall(tx.sql(), id);
    }
    tell(tx, new ApprovalEvent.GivenBack(reread(tx, id), now(), call));
  }

  /// Ends the use of an approval.
  ///
  /// @throws IllegalStateException if this call does not hold it
  public void close(Tx tx, ApprovalId id, CallId call, CallEnd end) {
    ApprovalState state = end == CallEnd.UNKNOWN ? ApprovalState.UNKNOWN : ApprovalState.DONE;
    mustHold(ApprovalRows.finish(tx.sql(), id, call, state));
    ApprovalRows.ended(tx.sql(), id, end);
    tell(tx, new ApprovalEvent.Closed(reread(tx, id), now(), call));
  }

  /// {@return how the call ended that used it}
  public Optional<CallEnd> end(ApprovalId id) {
    return database.read(tx -> ApprovalRows.end(tx.sql(), id));
  }

  /// Ends an approval whose call's outcome a person has found out; it is not used again whatever
  /// that was, since nothing proves that nothing was sent.
  ///
  /// @throws IllegalStateException if it is not UNKNOWN, or another call's
  public void settle(Tx tx, ApprovalId id, CallId call) {
    locked(tx, id);
    mustHold(ApprovalRows.settle(tx.sql(), id, call));
    tell(tx, new ApprovalEvent.Closed(reread(tx, id), now(), call));
  }

  /// Tells `listener` whenever a request has changed, here or at another broker over the database.
  /// It must be quick.
  public void onChange(Runnable listener) {
    watchers.add(listener);
  }

  /// Records a person's answer.
  ///
  /// @param person as signed in; what they may do is looked up again
  public DecisionResult decide(ApprovalId id, Person person, Answer answer) {
    Optional<Receipt> receipt = answer.receipt();
    if (receipt.isPresent()) {
      try {
        receipt.get().require(id, answer.shown(), answer.view(), person.id());
      } catch (PasskeyRefused e) {
        return new DecisionResult.NotAllowed(e.sentence());
      }
    }
    return onCurrent(id, (tx, request) -> decideIn(tx, request, person.id(), answer));
  }

  /// Approves a request for one call, in an emergency, in place of those who would have to agree.
  /// Nothing else gives way: not a denial, a stop, a grant, or what policy forbids. A review by
  /// somebody else is open from then on.
  ///
  /// @param person as signed in; what they may do is looked up again
  public DecisionResult breakGlass(ApprovalId id, Person person, GlassBreak how) {
    try {
      how.requireSigned(id, person.id());
    } catch (PasskeyRefused e) {
      return new DecisionResult.NotAllowed(e.sentence());
    }
    return onCurrent(id, (tx, request) -> breakGlassIn(tx, request, person.id(), how));
  }

  private DecisionResult breakGlassIn(
      Tx tx, ApprovalRequest request, PersonId person, GlassBreak how) {
    Optional<String> objection = objectionToBreaking(request, person);
    if (objection.isPresent()) {
      return new DecisionResult.NotAllowed(objection.get());
    }
    if (!request.state().undecided()) {
      return new DecisionResult.AlreadyDecided(request);
    }
    if (!request.running().equals(how.shown())) {
      return new DecisionResult.Changed(request);
    }
    if (!reviewers.passkey(person).equals(Optional.of(how.receipt().passkey()))) {
      return new DecisionResult.NotAllowed("Break the glass with your passkey.");
    }
    Independence independence = quorum(request).independence(person);
    ApprovalRequest recorded = record(tx, request, how.decision(person, now(), independence));
    glassReviews.open(tx, recorded, now());
    return new DecisionResult.Recorded(recorded);
  }

  /// {@return why this person may not break the glass for this, as a sentence; empty if they may}
  public Optional<String> objectionToBreaking(ApprovalRequest request, PersonId person) {
    if (request.subject() instanceof Subject.Grant) {
      return Optional.of("The glass is broken for one call, not for more access.");
    }
    return objection(person, quorum(request)::objectionToBreaking);
  }

  /// {@return what has to be looked at, or was, after somebody broke the glass}
  public GlassReviews glassReviews() {
    return glassReviews;
  }

  /// {@return what was read, for those who decide, of how things are before a call}
  public Previews previews() {
    return previews;
  }

  /// Puts other arguments in place of those asked for; the call then runs with these, if people
  /// agree to them.
  ///
  /// Possible until the first answer, and again for whoever did it. Nobody who could not decide can
  /// do it, and where somebody independent decides, that is somebody else from then on.
  ///
  /// @param shown the digest of what the person was shown
  /// @param arguments that [Edits] has found to fit
  /// @param summary the line for reviewers, with these arguments
  public DecisionResult edit(
      ApprovalId id, Person person, CallDigest shown, Arguments arguments, String summary) {
    return onCurrent(
        id, (tx, request) -> editIn(tx, request, person.id(), shown, arguments, summary));
  }

  private DecisionResult editIn(
      Tx tx,
      ApprovalRequest request,
      PersonId person,
      CallDigest shown,
      Arguments arguments,
      String summary) {
    if (request.state() != ApprovalState.PENDING) {
      return new DecisionResult.AlreadyDecided(request);
    }
    Optional<String> objection = objectionToEdit(request, person);
    if (objection.isPresent()) {
      return new DecisionResult.NotAllowed(objection.get());
    }
    if (!request.running().equals(shown)) {
      return new DecisionResult.Changed(request);
    }
    Subject subject = request.subject();
    var edit =
        new Edit(
            person,
            now(),
            summary,
            arguments.canonical(),
            CallDigest.of(subject.caller(), subject.tool(), arguments));
    if (!ApprovalRows.edit(tx.sql(), request.id(), edit)) {
      throw new IllegalStateException("the request has changed within its own transaction");
    }
    ApprovalRequest edited = reread(tx, request.id());
    tell(tx, new ApprovalEvent.Edited(edited, edit.at()));
    return new DecisionResult.Recorded(edited);
  }

  /// {@return why this person cannot change the arguments of an undecided request, as a sentence;
  /// empty if they can}
  public Optional<String> objectionToEdit(ApprovalRequest request, PersonId person) {
    if (request.edit().filter(edit -> !edit.by().equals(person)).isPresent()) {
      return Optional.of("Somebody else has changed this call already.");
    }
    return Likeness.objectionToEdit(request)
        .or(() -> objection(quorum(request, Optional.empty()), person));
  }

  /// Keeps an undecided request open for as long as a new one would be, from now on, for whoever
  /// could decide on it or change it. What is approved keeps its time, what somebody has agreed to
  /// is open for so long after that at most, and eleven times that time after it was asked every
  /// request ends.
  public DecisionResult prolong(ApprovalId id, Person person) {
    return onCurrent(id, (tx, request) -> prolongIn(tx, request, person.id()));
  }

  private DecisionResult prolongIn(Tx tx, ApprovalRequest request, PersonId person) {
    if (!request.state().undecided()) {
      return new DecisionResult.AlreadyDecided(request);
    }
    Optional<String> objection = objectionToProlonging(request, person);
    if (objection.isPresent()) {
      return new DecisionResult.NotAllowed(objection.get());
    }
    Instant until = prolonged(request);
    if (until.isBefore(request.expires().plus(WORTH_IT))) {
      return new DecisionResult.Recorded(request); // it is open for as long already
    }
    if (!ApprovalRows.prolong(tx.sql(), request.id(), request.expires(), until)) {
      throw new IllegalStateException("the request has changed within its own transaction");
    }
    ApprovalRequest longer = reread(tx, request.id());
    tell(tx, new ApprovalEvent.Prolonged(longer, now(), person));
    return new DecisionResult.Recorded(longer);
  }

  /// {@return why this person cannot keep an undecided request open for longer, as a sentence;
  /// empty if they can}
  public Optional<String> objectionToProlonging(ApprovalRequest request, PersonId person) {
    Optional<String> objection = objection(quorum(request), person);
    if (objection.isPresent() && objectionToEdit(request, person).isPresent()) {
      return objection;
    }
    return lastEnd(request).isBefore(request.expires().plus(WORTH_IT))
        ? Optional.of("It cannot be kept open any longer.")
        : Optional.empty();
  }

  /// {@return until when an undecided request would be open if somebody prolonged it now}
  public Instant prolonged(ApprovalRequest request) {
    Instant wanted = expiry(now());
    Instant last = lastEnd(request);
    return wanted.isBefore(last) ? wanted : last;
  }

  private Instant lastEnd(ApprovalRequest request) {
    return request.decisions().stream()
        .map(decision -> expiry(decision.at()))
        .min(Comparator.naturalOrder())
        .orElse(request.asked().plus(settings.expiry().multipliedBy(LIVES)));
  }

  /// {@return whether this person approves this with a passkey: dangerous calls, where everybody
  /// has to, this person has one, or whoever has lent them the place in which they decide}
  public boolean signs(ApprovalRequest request, PersonId person) {
    boolean dangerous =
        request.kind() == ApprovalKind.DUAL
            || request.subject().shown().tier() == Tier.DANGEROUS_WRITE;
    return dangerous
        && (signs(person) || lender(quorum(request), person).filter(this::signs).isPresent());
  }

  /// {@return whether this person confirms with a passkey what gives power over dangerous calls:
  /// where everybody has to or this person has one, so that a stolen session is not enough}
  public boolean signs(PersonId person) {
    return settings.passkeys() || reviewers.passkey(person).isPresent();
  }

  private Optional<String> unsigned(PersonId person, Answer answer) {
    Optional<Passkey> passkey = reviewers.passkey(person);
    if (passkey.isEmpty()) {
      return Optional.of("Dangerous calls are approved with a passkey here. Make yours first.");
    }
    return answer.receipt().map(Receipt::passkey).equals(passkey)
        ? Optional.empty()
        : Optional.of("Approve this with your passkey.");
  }

  /// {@return why no further calls can be allowed with an approval of this, as a sentence; empty if
  /// they can}
  public Optional<String> objectionToMore(ApprovalRequest request) {
    return settings.furtherCalls()
        ? Likeness.objection(request)
        : Optional.of("Further calls are not allowed here.");
  }

  /// {@return why these cannot be approved with one answer for all, as a sentence; empty if they
  /// can, each by itself}
  public Optional<String> objectionToTogether(List<ApprovalRequest> requests) {
    return Likeness.objectionToTogether(requests);
  }

  /// {@return what whoever approved this request still allows}
  public Optional<AllowanceLeft> allowance(ApprovalId id) {
    return database.read(tx -> AllowanceRows.find(tx.sql(), id, now()));
  }

  /// Ends what an approval still allows. Whoever could decide on it may do so.
  public DecisionResult endAllowance(ApprovalId id, Person person) {
    return database.write(tx -> endAllowanceIn(tx, id, person.id()));
  }

  private DecisionResult endAllowanceIn(Tx tx, ApprovalId id, PersonId person) {
    Optional<ApprovalRequest> found = locked(tx, id);
    if (found.isEmpty()) {
      return new DecisionResult.Unknown();
    }
    Optional<String> objection = objection(quorum(found.get()), person);
    if (objection.isPresent()) {
      return new DecisionResult.NotAllowed(objection.get());
    }
    return endAllowance(tx, found.get(), Optional.of(person))
        ? new DecisionResult.Recorded(found.get())
        : new DecisionResult.AlreadyDecided(found.get());
  }

  /// Keeps what an agent says about its own request, cut to one harmless line of the length of a
  /// reason. Its first words count, and only before anybody has agreed, so that no text changes
  /// under who reads it.
  ///
  /// @return whether this agent has such a request in this run
  public boolean explain(ApprovalId id, AgentId agent, RunId run, String reason) {
    Optional<ApprovalRequest> seen = look(id, agent, run);
    if (seen.filter(request -> explainable(request) && reason(id).isEmpty()).isPresent()) {
      database.write(tx -> explainIn(tx, id, reason));
    }
    return seen.isPresent();
  }

  private boolean explainIn(Tx tx, ApprovalId id, String reason) {
    Optional<ApprovalRequest> request = locked(tx, id).filter(Approvals::explainable);
    boolean first = request.isPresent() && AgentReasonRows.find(tx.sql(), id).isEmpty();
    if (first) {
      AgentReasonRows.insert(tx.sql(), id, ReasonText.of(reason), now());
    }
    return first;
  }

  private static boolean explainable(ApprovalRequest request) {
    return request.state() == ApprovalState.PENDING;
  }

  /// {@return what the agent says about it, which nobody has checked}
  public Optional<String> reason(ApprovalId id) {
    return database.read(tx -> AgentReasonRows.find(tx.sql(), id));
  }

  /// Waits until the request is decided, for `atMost`, and returns how it stands then; empty if
  /// this agent has no such request in this run.
  ///
  /// @param cancellation ends the wait, too
  /// @throws InterruptedException if the waiting thread is interrupted
  public Optional<ApprovalRequest> await(
      ApprovalId id, AgentId agent, RunId run, Duration atMost, Cancellation cancellation)
      throws InterruptedException {
    Duration wait = atMost.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : atMost;
    long end = System.nanoTime() + wait.toNanos();
    try (var waiter = waiters.join(id);
        var _ = cancellation.onCancel(waiter::wake)) {
      while (true) {
        Optional<ApprovalRequest> seen = look(id, agent, run);
        Duration left = Duration.ofNanos(end - System.nanoTime());
        boolean over =
            cancellation.cancelled() || seen.isEmpty() || !seen.get().state().undecided();
        if (over || !left.isPositive()) {
          return seen;
        }
        waiter.await(left.compareTo(REREAD) > 0 ? REREAD : left);
      }
    }
  }

  /// Takes a request back for the agent that caused it, unless it is in use or over.
  ///
  /// @return the request as it is then; empty if this agent has no such request in this run
  public Optional<ApprovalRequest> cancel(ApprovalId id, AgentId agent, RunId run) {
    return database.write(
        tx ->
            locked(tx, id)
                .filter(request -> isOf(request, agent, run))
                .map(request -> takeBack(tx, request)));
  }

  private ApprovalRequest takeBack(Tx tx, ApprovalRequest request) {
    if (request.state().open()) {
      cancel(tx, request);
    }
    return reread(tx, request.id());
  }

  /// Cancels all of a run's requests that are not in use; what is in use cannot be given back.
  public void cancelRun(Tx tx, RunId run) {
    for (ApprovalRequest request : lockedOf(tx, run)) {
      cancel(tx, request);
    }
    ApprovalRows.markRunOver(tx.sql(), run);
    previews.erase(tx, run);
    endAllowances(tx, AllowanceRows.of(tx.sql(), run, now()), _ -> true);
  }

  /// Cancels all requests that `which` picks and that are not in use; what is in use cannot be
  /// given back.
  public void cancel(Tx tx, Predicate<ApprovalRequest> which) {
    for (ApprovalRequest request : ApprovalRows.unended(tx.sql())) {
      if (which.test(request)) {
        locked(tx, request.id()).ifPresent(now -> cancel(tx, now));
      }
    }
    endAllowances(tx, AllowanceRows.live(tx.sql(), now()), which);
  }

  private void cancel(Tx tx, ApprovalRequest request) {
    if (request.state() == ApprovalState.CONSUMED) {
      ApprovalRows.markRunOver(tx.sql(), request.id());
    } else if (isOpenAndDue(request)) {
      expire(tx, request);
    } else if (request.state().open()) {
      move(tx, request, ApprovalState.CANCELLED);
      tell(tx, new ApprovalEvent.Cancelled(reread(tx, request.id()), now()));
    }
  }

  /// Ends what has expired, and returns how many requests that were. To be called now and then.
  public int expireDue() {
    int expired = 0;
    while (database.read(tx -> !ApprovalRows.due(tx.sql(), now(), 1).isEmpty())) {
      expired += database.write(this::expireSome);
    }
    return expired;
  }

  /// {@return those of these requests that there are, in no order}
  public List<ApprovalRequest> findAll(List<ApprovalId> ids) {
    return database.read(tx -> ApprovalRows.findAll(tx.sql(), ids));
  }

  /// {@return the request, whoever it belongs to}
  public Optional<ApprovalRequest> find(ApprovalId id) {
    return database.read(tx -> ApprovalRows.find(tx.sql(), id));
  }

  /// {@return the request if this person may see it: reviewers what they review, others what they
  /// may confirm}
  public Optional<ApprovalRequest> findFor(Person person, ApprovalId id) {
    return find(id).filter(request -> maySee(person, request));
  }

  /// {@return requests in these states, newest first, at most `limit`}
  public List<ApprovalRequest> list(Set<ApprovalState> states, int limit) {
    if (states.isEmpty()) {
      return List.of();
    }
    return database.read(tx -> ApprovalRows.list(tx.sql(), states, limit));
  }

  /// {@return as [#list], only what this person may see}
  public List<ApprovalRequest> listFor(Person person, Set<ApprovalState> states, int limit) {
    return states.isEmpty() || seesNothing(person)
        ? List.of()
        : database.read(tx -> ApprovalRows.listFor(tx.sql(), person, states, limit));
  }

  /// {@return what takes answers and this person may see, soonest to expire first}
  public List<Undecided> undecidedFor(Person person, int limit) {
    return seesNothing(person)
        ? List.of()
        : database.read(
            tx -> ApprovalRows.undecidedFor(tx.sql(), person, settings.singleOperator(), limit));
  }

  /// {@return what takes answers of reviewers, and not of this person, who may not see it but for
  /// whom its agent works, as owner or as a delegator who is verified; soonest to expire first}
  public List<ApprovalRequest> askedOfOthers(Person person, int limit) {
    return person.roles().isEmpty() || person.seesAll()
        ? List.of()
        : database.read(tx -> ApprovalRows.askedOfOthers(tx.sql(), person, now(), limit));
  }

  /// {@return who else has approved the request in a place that is this person's too}
  public List<PersonId> inTheSamePlace(ApprovalRequest request, Person person) {
    return quorum(request).inTheSamePlace(person, request.decisions(), reviewers);
  }

  private static boolean seesNothing(Person person) {
    return person.roles().isEmpty() && !person.seesAll();
  }

  /// {@return what is CONSUMED; at start, before any call runs, these are calls that the broker did
  /// not see end}
  public List<ApprovalRequest> unfinished() {
    return list(Set.of(ApprovalState.CONSUMED), Integer.MAX_VALUE);
  }

  /// {@return up to five other requests of the same agent and tool that people have decided: those
  /// with the same arguments first, then the newest}
  public List<ApprovalRequest> earlier(ApprovalRequest request) {
    Subject.Call call = request.subject().shown();
    return database.read(
        tx ->
            ApprovalRows.earlier(
                tx.sql(),
                request.id(),
                call.caller().agent(),
                call.tool(),
                call.argumentsJson(),
                EARLIER));
  }

  /// {@return the newest other request of the same agent and tool that people approved}
  public Optional<ApprovalRequest> lastApproved(ApprovalRequest request) {
    Caller caller = request.subject().caller();
    return database.read(
        tx ->
            ApprovalRows.lastApproved(
                tx.sql(), request.id(), caller.agent(), request.subject().tool()));
  }

  /// {@return the newest calls asked for since then that people have answered or changed, at most
  /// [Habit#MOST]; not those that an allowance has answered}
  public List<ApprovalRequest> answered(Instant since) {
    return database.read(tx -> ApprovalRows.answered(tx.sql(), since, Habit.MOST));
  }

  /// {@return how people have decided since then, by name}
  public List<Habit> habits(Instant since) {
    return database.read(tx -> Habits.since(tx.sql(), since));
  }

  /// {@return how many have agreed to the request, as the quorum counts them at this moment}
  public int agreed(ApprovalRequest request) {
    return quorum(request).agreed(request.decisions(), reviewers);
  }

  /// {@return who may decide on the request}
  public Quorum quorum(ApprovalRequest request) {
    return quorum(request, request.edit().map(Edit::by));
  }

  private Quorum quorum(ApprovalRequest request, Optional<PersonId> editor) {
    boolean single = request.singleOperator() && settings.singleOperator();
    Subject.Call call = request.subject().shown();
    return new Quorum(request.kind(), call.caller(), call.tool(), call.system(), single, editor);
  }

  /// {@return who may say what became of this write: as for a review}
  public Quorum settlers(UnknownWrite write) {
    return new Quorum(
        ApprovalKind.REVIEW,
        write.caller(),
        write.tool(),
        write.system(),
        settings.singleOperator(),
        Optional.empty());
  }

  /// {@return what speaks against this person, as they are known at this moment}
  public Optional<String> objection(Quorum quorum, PersonId person) {
    return objection(person, quorum::objection);
  }

  private Optional<String> objection(PersonId person, Function<Person, Optional<String>> to) {
    return reviewers.person(person).map(to).orElse(Optional.of("You are not known here any more."));
  }

  /// How the call stands if nothing has to change for it; empty if something has to.
  private Optional<Standing> standing(Handle sql, Ask ask) {
    Optional<ApprovalRequest> open = ApprovalRows.open(sql, ask.digest());
    if (open.isEmpty()) {
      return ApprovalRows.denied(sql, ask.digest(), now())
          .or(() -> ApprovalRows.coolingDown(sql, ask.subject(), now()))
          .<Standing>map(Standing.Declined::new)
          .or(() -> refusedElsewhere(sql, ask));
    }
    return open.filter(request -> !isDue(request) && mismatch(request, ask).isEmpty())
        .map(Approvals::standing);
  }

  /// Of a denial in another run neither its name nor its reason is told.
  private Optional<Standing> refusedElsewhere(Handle sql, Ask ask) {
    Instant now = now();
    return ApprovalRows.coolingDownElsewhere(sql, ask, now)
        .map(until -> new Standing.TooMany(QuestionCap.COOL_DOWN, Duration.between(now, until)));
  }

  private static Standing standing(ApprovalRequest open) {
    return open.state() == ApprovalState.APPROVED
        ? new Standing.Approved(open)
        : new Standing.Pending(open);
  }

  private Standing askOrFind(Tx tx, Ask ask) {
    QuestionCounts.lock(tx, ask);
    lock(tx, ask.subject().caller().agent());
    Optional<Standing> standing = standing(tx.sql(), ask);
    if (standing.isPresent()) {
      return standing.get();
    }
    ApprovalRows.open(tx.sql(), ask.digest()).ifPresent(stale -> end(tx, stale, ask));
    Optional<ApprovalRequest> allowed = allowed(tx, ask);
    if (allowed.isPresent()) {
      return new Standing.Approved(allowed.get());
    }
    Optional<Standing.TooMany> over = counts.over(tx.sql(), ask, now());
    return over.isPresent() ? over.get() : new Standing.Pending(create(tx, ask));
  }

  private void end(Tx tx, ApprovalRequest stale, Ask ask) {
    if (isDue(stale)) {
      expire(tx, stale);
    } else {
      mismatch(stale, ask).ifPresent(why -> invalidate(tx, stale, why));
    }
  }

  private ApprovalRequest create(Tx tx, Ask ask) {
    Instant now = now();
    var request =
        new ApprovalRequest(
            ApprovalId.random(random),
            ask.kind(),
            ask.subject(),
            ask.digest(),
            ask.context(),
            ask.rule(),
            now,
            expiry(now),
            ApprovalState.PENDING,
            List.of(),
            settings.singleOperator(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    ApprovalRows.insert(tx.sql(), request, ask.lead());
    counts.count(tx.sql(), ask, now);
    tell(tx, new ApprovalEvent.Created(request, now));
    return request;
  }

  private Instant expiry(Instant now) {
    return now.plus(settings.expiry()).truncatedTo(ChronoUnit.MILLIS);
  }

  /// Takes this call from what people allowed with an earlier one, if they still count and nothing
  /// but the arguments that may differ has changed.
  private Optional<ApprovalRequest> allowed(Tx tx, Ask ask) {
    for (AllowanceLeft left : AllowanceRows.of(tx.sql(), ask.subject(), now())) {
      ApprovalRequest given = reread(tx, left.approval());
      boolean fits =
          settings.furtherCalls()
              && given.rule().equals(ask.rule())
              && Likeness.holds(given, left.free(), ask)
              && mismatch(given, ask.context(), ask.kind()).isEmpty();
      if (fits && AllowanceRows.use(tx.sql(), given.id(), now())) {
        return Optional.of(createAllowed(tx, ask, given, left.until()));
      }
    }
    return Optional.empty();
  }

  /// A request of its own, with the earlier answers, so that it is used, ended and compared as
  /// every other.
  private ApprovalRequest createAllowed(Tx tx, Ask ask, ApprovalRequest given, Instant until) {
    Instant now = now();
    Instant expiry = expiry(now);
    var request =
        new ApprovalRequest(
            ApprovalId.random(random),
            given.kind(),
            ask.subject(),
            ask.digest(),
            ask.context(),
            ask.rule(),
            now,
            expiry.isBefore(until) ? expiry : until,
            ApprovalState.APPROVED,
            given.decisions(),
            given.singleOperator(),
            Optional.empty(),
            Optional.of(given.id()),
            Optional.empty());
    ApprovalRows.insert(tx.sql(), request, ask.lead());
    for (int i = 0; i < given.decisions().size(); i++) {
      ApprovalRows.insert(tx.sql(), request.id(), i + 1, given.decisions().get(i));
    }
    tell(tx, new ApprovalEvent.AllowanceUsed(request, now, given.id()));
    return request;
  }

  /// Why a question cannot stand for this one. What is approved already is left to [#redeem], which
  /// tells the agent, except for the caller, whom `redeem` is not told.
  private static Optional<Mismatch> mismatch(ApprovalRequest open, Ask ask) {
    if (!open.subject().caller().equals(ask.subject().caller())) {
      return Optional.of(Mismatch.CALLER);
    }
    if (open.state() == ApprovalState.APPROVED) {
      return Optional.empty();
    }
    return mismatchNow(open, ask.context(), ask.kind());
  }

  private Optional<Mismatch> mismatch(
      ApprovalRequest approved, String contextNow, ApprovalKind neededNow) {
    Optional<Mismatch> mismatch = mismatchNow(approved, contextNow, neededNow);
    if (mismatch.isPresent() || quorum(approved).satisfied(approved.decisions(), reviewers)) {
      return mismatch;
    }
    return Optional.of(Mismatch.QUORUM);
  }

  private static Optional<Mismatch> mismatchNow(
      ApprovalRequest request, String contextNow, ApprovalKind neededNow) {
    if (!request.context().equals(contextNow)) {
      return Optional.of(Mismatch.CONTEXT);
    }
    return neededNow.compareTo(request.kind()) > 0
        ? Optional.of(Mismatch.STRICTER)
        : Optional.empty();
  }

  private Redemption consume(Tx tx, ApprovalRequest request, CallId call) {
    Instant now = now();
    if (!ApprovalRows.consume(tx.sql(), request.id(), request.digest(), now, call)) {
      return new Redemption.Gone();
    }
    ApprovalRequest consumed = reread(tx, request.id());
    tell(tx, new ApprovalEvent.Consumed(consumed, now, call));
    return new Redemption.Redeemed(consumed);
  }

  /// Where a request goes whose call sent nothing. A newer question about the same call, asked
  /// while this one was in use, stands in its place.
  private ApprovalState backTo(Tx tx, ApprovalRequest held) {
    boolean replaced = ApprovalRows.open(tx.sql(), held.digest()).isPresent();
    if (replaced || ApprovalRows.runIsOver(tx.sql(), held.id())) {
      return ApprovalState.CANCELLED;
    }
    return now().isBefore(held.expires()) ? ApprovalState.APPROVED : ApprovalState.EXPIRED;
  }

  private DecisionResult decideIn(Tx tx, ApprovalRequest request, PersonId person, Answer answer) {
    Optional<String> objection = objection(quorum(request), person);
    if (objection.isPresent()) {
      return new DecisionResult.NotAllowed(objection.get());
    }
    boolean again = request.decisions().stream().anyMatch(d -> d.person().equals(person));
    if (again || !request.state().undecided()) {
      return new DecisionResult.AlreadyDecided(request);
    }
    if (!request.running().equals(answer.shown())) {
      return new DecisionResult.Changed(request);
    }
    boolean signs = answer.verdict() == Verdict.APPROVE && signs(request, person);
    Optional<String> notSo =
        (signs ? unsigned(person, answer) : Optional.<String>empty())
            .or(() -> answer.allowance().flatMap(more -> objection(request, more)));
    if (notSo.isPresent()) {
      return new DecisionResult.NotAllowed(notSo.get());
    }
    ApprovalRequest recorded =
        record(
            tx,
            request,
            decision(request, person, answer, signs ? answer.receipt() : Optional.empty()));
    if (recorded.state() == ApprovalState.APPROVED) {
      answer.allowance().ifPresent(more -> allow(tx, recorded, person, more));
    }
    if (answer.verdict() == Verdict.DENY && answer.coolDown().isPositive()) {
      ApprovalRows.coolDown(tx.sql(), recorded, now().plus(answer.coolDown()));
    }
    return new DecisionResult.Recorded(recorded);
  }

  private Optional<String> objection(ApprovalRequest request, Allowance more) {
    return objectionToMore(request).or(() -> Likeness.objection(request, more));
  }

  private void allow(Tx tx, ApprovalRequest approved, PersonId by, Allowance more) {
    Instant now = now();
    AllowanceRows.insert(tx.sql(), approved, more, now.plus(more.window()));
    tell(tx, new ApprovalEvent.AllowanceGiven(approved, now, by, more));
  }

  private boolean endAllowance(Tx tx, ApprovalRequest approved, Optional<PersonId> by) {
    boolean left = AllowanceRows.end(tx.sql(), approved.id(), now());
    List<ApprovalRequest> taken = ApprovalRows.takenFrom(tx.sql(), approved.id());
    for (ApprovalRequest call : taken) {
      locked(tx, call.id()).ifPresent(now -> cancel(tx, now));
    }
    boolean ended = left || !taken.isEmpty();
    if (ended) {
      tell(tx, new ApprovalEvent.AllowanceEnded(approved, now(), by));
    }
    return ended;
  }

  private void endAllowances(
      Tx tx, List<AllowanceLeft> allowances, Predicate<ApprovalRequest> which) {
    for (AllowanceLeft left : allowances) {
      locked(tx, left.approval())
          .filter(which)
          .ifPresent(given -> endAllowance(tx, given, Optional.empty()));
    }
  }

  private Decision decision(
      ApprovalRequest request, PersonId person, Answer answer, Optional<Receipt> receipt) {
    Quorum quorum = quorum(request);
    return new Decision(
        person,
        quorum.role(),
        answer.verdict(),
        ReasonText.of(answer.reason()),
        now(),
        quorum.independence(person),
        answer.view(),
        receipt,
        Optional.empty(),
        lender(quorum, person));
  }

  private Optional<PersonId> lender(Quorum quorum, PersonId person) {
    return reviewers
        .person(person)
        .flatMap(quorum::inPlaceOf)
        .filter(place -> !place.equals(person));
  }

  private ApprovalRequest record(Tx tx, ApprovalRequest request, Decision decision) {
    var decisions = new ArrayList<>(request.decisions());
    decisions.add(decision);
    ApprovalRows.insert(tx.sql(), request.id(), decisions.size(), decision);
    ApprovalRequest decided = move(tx, request, after(request, decision.verdict(), decisions));
    tell(tx, new ApprovalEvent.Decided(decided, decision.at(), decision));
    return decided;
  }

  private ApprovalState after(ApprovalRequest request, Verdict verdict, List<Decision> decisions) {
    return switch (verdict) {
      case DENY -> ApprovalState.DENIED;
      case APPROVE ->
          quorum(request).satisfied(decisions, reviewers)
              ? ApprovalState.APPROVED
              : ApprovalState.PARTIAL;
    };
  }

  private Optional<ApprovalRequest> look(ApprovalId id, AgentId agent, RunId run) {
    Optional<ApprovalRequest> seen = find(id).filter(request -> isOf(request, agent, run));
    if (seen.filter(this::isOpenAndDue).isEmpty()) {
      return seen;
    }
    return database.write(tx -> current(tx, id));
  }

  private static boolean isOf(ApprovalRequest request, AgentId agent, RunId run) {
    Caller caller = request.subject().caller();
    return caller.agent().equals(agent) && caller.run().equals(run);
  }

  private int expireSome(Tx tx) {
    List<ApprovalRequest> due = ApprovalRows.due(tx.sql(), now(), EXPIRED_AT_ONCE);
    for (ApprovalRequest request : due) {
      locked(tx, request.id()).filter(this::isOpenAndDue).ifPresent(open -> expire(tx, open));
    }
    return due.size();
  }

  /// The requests of one agent change one after another, whichever process changes them: what is
  /// read after this stays so until the end of the unit.
  private static void lock(Tx tx, AgentId agent) {
    tx.lock("approvals of " + agent);
  }

  static Optional<ApprovalRequest> locked(Tx tx, ApprovalId id) {
    Optional<ApprovalRequest> found = ApprovalRows.find(tx.sql(), id);
    if (found.isEmpty()) {
      return found;
    }
    lock(tx, found.get().subject().caller().agent());
    return ApprovalRows.find(tx.sql(), id);
  }

  private static List<ApprovalRequest> lockedOf(Tx tx, RunId run) {
    List<ApprovalRequest> open = ApprovalRows.openOf(tx.sql(), run);
    open.forEach(request -> lock(tx, request.subject().caller().agent()));
    return open.isEmpty() ? open : ApprovalRows.openOf(tx.sql(), run);
  }

  private void hinted(String hint) {
    if (hint.equals(Database.HINTS_LOST) || hint.startsWith(HINT)) {
      watchers.forEach(Runnable::run);
    }
    if (hint.equals(Database.HINTS_LOST)) {
      waiters.wakeAll();
    } else if (hint.startsWith(HINT)) {
      waiters.wake(new ApprovalId(hint.substring(HINT.length())));
    }
  }

  private static boolean maySee(Person person, ApprovalRequest request) {
    boolean theirs =
        request.kind() == ApprovalKind.CONFIRM
            && request.subject().caller().confirmer().equals(person.id());
    Subject.Call call = request.subject().shown();
    return person.sees(call.tool(), call.system(), call.caller().workspace())
        || (theirs && !person.roles().isEmpty());
  }

  private DecisionResult onCurrent(
      ApprovalId id, BiFunction<Tx, ApprovalRequest, DecisionResult> change) {
    return database.write(
        tx ->
            current(tx, id)
                .map(request -> change.apply(tx, request))
                .orElseGet(DecisionResult.Unknown::new));
  }

  /// Locks a request; one that is open beyond its time expires.
  private Optional<ApprovalRequest> current(Tx tx, ApprovalId id) {
    return locked(tx, id).map(request -> isOpenAndDue(request) ? expire(tx, request) : request);
  }

  private boolean isOpenAndDue(ApprovalRequest request) {
    return request.state().open() && isDue(request);
  }

  private boolean isDue(ApprovalRequest request) {
    return !now().isBefore(request.expires());
  }

  private ApprovalRequest expire(Tx tx, ApprovalRequest request) {
    ApprovalRequest expired = move(tx, request, ApprovalState.EXPIRED);
    tell(tx, new ApprovalEvent.Expired(expired, now()));
    return expired;
  }

  private void invalidate(Tx tx, ApprovalRequest request, Mismatch why) {
    ApprovalRequest invalid = move(tx, request, ApprovalState.INVALIDATED);
    tell(tx, new ApprovalEvent.Invalidated(invalid, now(), why));
    endAllowance(tx, invalid, Optional.empty());
  }

  private static ApprovalRequest move(Tx tx, ApprovalRequest request, ApprovalState to) {
    if (!ApprovalRows.move(tx.sql(), request.id(), request.state(), to)) {
      throw new IllegalStateException("the request has changed within its own transaction");
    }
    return reread(tx, request.id());
  }

  private static void mustHold(boolean held) {
    if (!held) {
      throw new IllegalStateException("this call does not hold that approval");
    }
  }

  private void tell(Tx tx, ApprovalEvent event) {
    listener.append(tx, event);
    ApprovalId id = event.request().id();
    tx.afterCommit(() -> waiters.wake(id));
    tx.afterCommit(() -> watchers.forEach(Runnable::run));
    tx.hint(HINT + id);
  }

  private static ApprovalRequest reread(Tx tx, ApprovalId id) {
    return ApprovalRows.find(tx.sql(), id).orElseThrow();
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
