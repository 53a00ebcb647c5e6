package dev.keyward.approvals;

import dev.keyward.call.AgentId;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallId;
import dev.keyward.call.Caller;
import dev.keyward.call.Delegator;
import dev.keyward.call.PersonId;
import dev.keyward.call.RunId;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import dev.keyward.store.Database;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import tools.jackson.databind.node.JsonNodeFactory;

/// A small company: `triage-1` belongs to Olga and works for Dan; Rita, Ravi and Rosa review, Mia
/// is a member.
final class ApprovalsFixture {
  private static final Duration AT_ONCE = Duration.ofMillis(1);
  static final ApprovalSettings SETTINGS =
      new ApprovalSettings(
          Duration.ofMinutes(10),
          false,
          new QuestionLimits(
              new QuestionLimits.Most(3, 1000, AT_ONCE),
              new QuestionLimits.Most(1000, 1000, AT_ONCE)));
  static final String CONTEXT = "tool 1, credential crm";

  final SettableClock clock = new SettableClock();
  final FakeReviewers people = new FakeReviewers();
  final RecordingListener listener = new RecordingListener();
  final Random random = new Random(20261120);
  final Database database;
  final Approvals approvals;

  final Person olga = people.add("olga", Role.MEMBER, Role.REVIEWER);
  final Person dan = people.add("dan", Role.MEMBER);
  final Person mia = people.add("mia", Role.MEMBER);
  final Person rita = people.add("rita", Role.REVIEWER);
  final Person ravi = people.add("ravi", Role.REVIEWER);
  final Person rosa = people.add("rosa", Role.REVIEWER);

  final Caller caller = caller("triage-1");

  ApprovalsFixture(Database database) {
    this(database, SETTINGS);
  }

  ApprovalsFixture(Database database, ApprovalSettings settings) {
    this.database = database;
    this.approvals =
        new Approvals(database, clock, random, TestSeal.make(), listener, people, settings);
  }

  /// The same tables and people under other settings, as after a restart.
  Approvals restarted(ApprovalSettings settings) {
    return new Approvals(database, clock, random, TestSeal.make(), listener, people, settings);
  }

  /// Another broker over the same tables, whose clock is off.
  Approvals elsewhere(Duration off) {
    return new Approvals(
        database,
        () -> clock.instant().plus(off),
        random,
        TestSeal.make(),
        listener,
        people,
        SETTINGS);
  }

  Caller caller(String agent) {
    return new Caller(
        new AgentId(agent),
        "triage",
        "support",
        olga.id(),
        RunId.random(random),
        Optional.of(new Delegator(dan.id(), true)));
  }

  Ask ask(ApprovalKind kind) {
    return ask(kind, caller, 1);
  }

  static Ask ask(ApprovalKind kind, Caller caller, int amount) {
    return ask(kind, caller, amount, CONTEXT);
  }

  static Ask ask(ApprovalKind kind, Caller caller, int amount, String context) {
    var tool = new ToolName("stripe.create_refund");
    var arguments =
        Arguments.of(JsonNodeFactory.instance.objectNode().put("amount", amount).put("to", "Zoë"));
    var subject =
        new Subject.Call(
            caller,
            tool,
            "Create a refund",
            Tier.DANGEROUS_WRITE,
            "stripe",
            "https://api.stripe.com",
            "Refund " + amount,
            arguments.canonical());
    return new Ask(
        kind, subject, CallDigest.of(caller, tool, arguments), context, "rule-7", caller.lead());
  }

  ApprovalRequest pending(Ask ask) {
    return switch (approvals.ask(ask)) {
      case Standing.Pending(var request) -> request;
      case Standing.Approved _, Standing.Declined _, Standing.TooMany _ ->
          throw new AssertionError("not pending");
    };
  }

  ApprovalRequest approved(Ask ask) {
    ApprovalRequest request = pending(ask);
    switch (ask.kind()) {
      case CONFIRM -> decide(request, dan, Verdict.APPROVE);
      case REVIEW -> decide(request, rita, Verdict.APPROVE);
      case DUAL -> {
        decide(request, rita, Verdict.APPROVE);
        decide(request, ravi, Verdict.APPROVE);
      }
    }
    return now(request);
  }

  DecisionResult decide(ApprovalRequest request, Person person, Verdict verdict) {
    return approvals.decide(
        request.id(), person, new Answer(verdict, "because", request.digest(), ""));
  }

  CallId call() {
    return CallId.random(random);
  }

  Redemption redeem(ApprovalRequest request, CallId call) {
    return redeem(request, request.digest(), CONTEXT, request.kind(), call);
  }

  Redemption redeem(
      ApprovalRequest request,
      CallDigest digest,
      String context,
      ApprovalKind needed,
      CallId call) {
    return database.write(tx -> approvals.redeem(tx, request.id(), digest, context, needed, call));
  }

  Redemption redeem(Approvals at, ApprovalRequest request, CallId call) {
    return database.write(
        tx -> at.redeem(tx, request.id(), request.digest(), CONTEXT, request.kind(), call));
  }

  void giveBack(ApprovalRequest request, CallId call) {
    database.write(
        tx -> {
          approvals.giveBack(tx, request.id(), call);
          return true;
        });
  }

  void close(ApprovalRequest request, CallId call, boolean known) {
    database.write(
        tx -> {
          approvals.close(tx, request.id(), call, known ? CallEnd.DONE : CallEnd.UNKNOWN);
          return true;
        });
  }

  void cancelRun(RunId run) {
    database.write(
        tx -> {
          approvals.cancelRun(tx, run);
          return true;
        });
  }

  ApprovalRequest now(ApprovalRequest request) {
    return approvals.find(request.id()).orElseThrow();
  }

  ApprovalState state(ApprovalRequest request) {
    return now(request).state();
  }

  void expire() {
    clock.advance(SETTINGS.expiry());
  }

  static PersonId person(String name) {
    return new PersonId(name);
  }

  static ApprovalId nobodysApproval() {
    return ApprovalId.random(new Random(1));
  }
}
