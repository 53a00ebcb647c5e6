package dev.keyward.approvals;

import static dev.keyward.approvals.ApprovalState.APPROVED;
import static dev.keyward.approvals.ApprovalState.CANCELLED;
import static dev.keyward.approvals.ApprovalState.CONSUMED;
import static dev.keyward.approvals.ApprovalState.DENIED;
import static dev.keyward.approvals.ApprovalState.DONE;
import static dev.keyward.approvals.ApprovalState.EXPIRED;
import static dev.keyward.approvals.ApprovalState.INVALIDATED;
import static dev.keyward.approvals.ApprovalState.PARTIAL;
import static dev.keyward.approvals.ApprovalState.PENDING;
import static dev.keyward.approvals.ApprovalState.UNKNOWN;

import dev.keyward.call.ApprovalKind;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What approvals are, said a second time as plainly as possible: a list in memory, one thread, one
/// agent in one run. Each command returns the name of the result that the real ones must give.
final class ApprovalsModel {
  /// One question.
  static final class Question {
    final Ask ask;
    final long asked;
    long expires;
    ApprovalState state = PENDING;
    final Set<Person> approvers = new HashSet<>();
    long firstApproved = Long.MAX_VALUE / 2;
    @Nullable CallId holder;
    @Nullable Person editor;
    CallDigest running;
    boolean runOver;

    Question(Ask ask, long asked, long expires) {
      this.ask = ask;
      this.running = ask.digest();
      this.asked = asked;
      this.expires = expires;
    }
  }

  final List<Question> questions = new ArrayList<>();
  private final ApprovalSettings settings;
  private final Predicate<Person> mayReview;
  private final Person confirmer;
  long now;
  private long bucket;
  private long filled;

  /// @param mayReview who is a reviewer now and independent of the agent
  /// @param confirmer who confirms, and always exists
  ApprovalsModel(ApprovalSettings settings, Predicate<Person> mayReview, Person confirmer) {
    this.settings = settings;
    this.mayReview = mayReview;
    this.confirmer = confirmer;
    this.bucket = Long.MAX_VALUE / 2;
  }

  String ask(Ask ask) {
    Optional<Question> open = open(ask.digest());
    if (open.isPresent()) {
      Question question = open.get();
      if (question.expires <= now) {
        question.state = EXPIRED;
      } else if (question.state == APPROVED) {
        return "Approved";
      } else if (!fits(question, ask.context(), ask.kind())) {
        question.state = INVALIDATED;
      } else {
        return "Pending";
      }
    } else if (questions.stream().anyMatch(q -> deniedStill(q, ask.digest()))) {
      return "Declined";
    }
    QuestionLimits.Most most = settings.questions().agent();
    long undecided = questions.stream().filter(q -> q.state.undecided() && q.expires > now).count();
    if (undecided >= most.waiting()) {
      return "TooMany AGENT_OPEN PT1M";
    }
    long cost = most.refill().toMillis();
    bucket = Math.min(most.burst() * cost, bucket + now - filled);
    filled = now;
    if (bucket < cost) {
      return "TooMany AGENT_RATE " + Duration.ofMillis(cost - bucket);
    }
    bucket -= cost;
    questions.add(new Question(ask, now, now + settings.expiry().toMillis()));
    return "Pending";
  }

  String decide(Question question, Person person, Verdict verdict) {
    expireIfDue(question);
    if (!mayDecide(question, person)) {
      return "NotAllowed";
    }
    if (!question.state.undecided() || question.approvers.contains(person)) {
      return "AlreadyDecided";
    }
    if (verdict == Verdict.DENY) {
      question.state = DENIED;
    } else {
      question.approvers.add(person);
      question.firstApproved = Math.min(question.firstApproved, now);
      question.state = enough(question) ? APPROVED : PARTIAL;
    }
    return "Recorded";
  }

  /// All questions here are of dangerous writes, which nobody changes who could agree alone.
  String edit(Question question, Person person, CallDigest changed) {
    expireIfDue(question);
    if (question.state != PENDING) {
      return "AlreadyDecided";
    }
    if (!mayEdit(question, person)) {
      return "NotAllowed";
    }
    question.editor = person;
    question.running = changed;
    return "Recorded";
  }

  String prolong(Question question, Person person) {
    expireIfDue(question);
    if (!question.state.undecided()) {
      return "AlreadyDecided";
    }
    long life = settings.expiry().toMillis();
    long last = Math.min(question.asked + 11 * life, question.firstApproved + life);
    long until = Math.min(now + life, last);
    if (!mayDecide(question, person) && !mayEdit(question, person)) {
      return "NotAllowed";
    }
    if (last < question.expires + 60_000) {
      return "NotAllowed";
    }
    if (until >= question.expires + 60_000) {
      question.expires = until;
    }
    return "Recorded";
  }

  String redeem(
      Question question, CallDigest digest, String context, ApprovalKind needed, CallId call) {
    if (!question.running.equals(digest) || question.state != APPROVED) {
      return "Gone";
    }
    expireIfDue(question);
    if (question.state == EXPIRED) {
      return "Gone";
    }
    if (!fits(question, context, needed) || !enough(question)) {
      question.state = INVALIDATED;
      return "Changed";
    }
    question.state = CONSUMED;
    question.holder = call;
    return "Redeemed";
  }

  String giveBack(Question question, CallId call) {
    if (question.state != CONSUMED || !call.equals(question.holder)) {
      return "IllegalStateException";
    }
    if (question.runOver || open(question.ask.digest()).isPresent()) {
      question.state = CANCELLED;
    } else {
      question.state = question.expires <= now ? EXPIRED : APPROVED;
    }
    return "done";
  }

  String close(Question question, CallId call, boolean known) {
    if (question.state != CONSUMED || !call.equals(question.holder)) {
      return "IllegalStateException";
    }
    question.state = known ? DONE : UNKNOWN;
    return "done";
  }

  String cancelRun() {
    for (Question question : questions) {
      expireIfDue(question);
      question.state = question.state.open() ? CANCELLED : question.state;
      question.runOver |= question.state == CONSUMED;
    }
    return "done";
  }

  String expireDue() {
    long before = questions.stream().filter(q -> q.state == EXPIRED).count();
    questions.forEach(this::expireIfDue);
    return "" + (questions.stream().filter(q -> q.state == EXPIRED).count() - before);
  }

  List<ApprovalState> states() {
    return questions.stream().map(q -> q.state).toList();
  }

  private Optional<Question> open(CallDigest digest) {
    return questions.stream()
        .filter(q -> q.state.open() && q.ask.digest().equals(digest))
        .findFirst();
  }

  private boolean deniedStill(Question question, CallDigest digest) {
    return question.state == DENIED
        && question.ask.digest().equals(digest)
        && question.expires > now;
  }

  private static boolean fits(Question question, String context, ApprovalKind needed) {
    return question.ask.context().equals(context) && needed.compareTo(question.ask.kind()) <= 0;
  }

  private boolean mayEdit(Question question, Person person) {
    boolean others = question.editor != null && !question.editor.equals(person);
    return !others && question.ask.kind() != ApprovalKind.CONFIRM && mayReview.test(person);
  }

  private boolean mayDecide(Question question, Person person) {
    return question.ask.kind() == ApprovalKind.CONFIRM
        ? person.equals(confirmer)
        : mayReview.test(person) && !person.equals(question.editor);
  }

  private boolean enough(Question question) {
    long counted = question.approvers.stream().filter(p -> mayDecide(question, p)).count();
    return counted >= (question.ask.kind() == ApprovalKind.DUAL ? 2 : 1);
  }

  private void expireIfDue(Question question) {
    if (question.state.open() && question.expires <= now) {
      question.state = EXPIRED;
    }
  }
}
