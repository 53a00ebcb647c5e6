package dev.keyward.approvals;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.keyward.approvals.ApprovalsModel.Question;
import dev.keyward.approvals.QuestionLimits.Most;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallId;
import dev.keyward.call.QuestionCap;
import dev.keyward.store.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jdbi.v3.core.generic.GenericType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.JsonNodeFactory;

/// Random commands, given to the real approvals and to the model; after each both have said the
/// same and stand the same. A failure names the seed and the step.
abstract class ApprovalsModelContract {
  private static final int STEPS = 1_300;
  private static final int CALLS = 4;
  private static final ApprovalSettings SETTINGS =
      new ApprovalSettings(
          Duration.ofMinutes(10),
          false,
          new QuestionLimits(
              new Most(3, 5, Duration.ofSeconds(100)), new Most(9, 900, Duration.ofMillis(1))));
  private static final List<String> CONTEXTS =
      List.of(ApprovalsFixture.CONTEXT, ApprovalsFixture.CONTEXT, "another tool");

  /// Opens an empty database.
  abstract Database open();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void whateverHappensTheyAgreeWithTheModel(long seed) {
    try (Database database = open()) {
      var run = new Run(database, new Random(seed));
      for (int step = 0; step < STEPS; step++) {
        run.step("seed " + seed + " step " + step);
      }
      assertEquals(
          EnumSet.allOf(ApprovalState.class), EnumSet.copyOf(run.visited), "states reached");
      assertEquals(run.uses, run.redeemed, "each use was redeemed");
      assertEquals(
          Set.of(QuestionCap.AGENT_OPEN, QuestionCap.AGENT_RATE), run.reached, "limits reached");
    }
  }

  private static final class Run {
    private final ApprovalsFixture at;
    private final Random random;
    private final ApprovalsModel model;
    private final List<ApprovalRequest> requests = new ArrayList<>();
    private final List<CallId> calls = new ArrayList<>();
    private final List<Person> everybody;
    private final Set<ApprovalState> visited = new HashSet<>();
    private final Set<QuestionCap> reached = new HashSet<>();
    private long redeemed;
    private long uses;

    Run(Database database, Random random) {
      this.at = new ApprovalsFixture(database, SETTINGS);
      this.random = random;
      this.everybody = List.of(at.rita, at.ravi, at.rosa, at.dan, at.olga);
      this.model = new ApprovalsModel(SETTINGS, this::mayReview, at.dan);
      for (int i = 0; i < CALLS; i++) {
        calls.add(at.call());
      }
    }

    void step(String where) {
      switch (random.nextInt(28)) {
        case 0, 1, 2, 3, 4 -> ask(where);
        case 5, 6, 7, 8, 9, 10, 11, 12 -> decide(where);
        case 13, 14, 15, 16 -> redeem(where);
        case 17 -> giveBack(where);
        case 18, 19 -> close(where);
        case 20, 26 -> pass(Duration.ofMinutes(random.nextInt(1, 6)));
        case 21 -> assertEquals(model.expireDue(), "" + at.approvals.expireDue(), where);
        case 22 -> cancelRunSometimes();
        case 23, 24 -> edit(where);
        case 25 -> prolong(where);
        default -> hireOrFire();
      }
      List<ApprovalState> states = states();
      assertEquals(model.states(), states, where);
      visited.addAll(states);
      uses = at.listener.heard().stream().filter("Consumed CONSUMED"::equals).count();
    }

    private List<ApprovalState> states() {
      Map<String, String> byId =
          at.database.read(
              tx ->
                  tx.sql()
                      .createQuery("SELECT id, state FROM approvals")
                      .setMapKeyColumn("id")
                      .setMapValueColumn("state")
                      .collectInto(new GenericType<Map<String, String>>() {}));
      assertEquals(requests.size(), byId.size());
      return requests.stream()
          .map(request -> ApprovalState.valueOf(byId.getOrDefault(request.id().value(), "")))
          .toList();
    }

    private void ask(String where) {
      Ask ask = ApprovalsFixture.ask(kind(), at.caller, random.nextInt(5), one(CONTEXTS));
      int before = model.questions.size();
      Standing standing = at.approvals.ask(ask);
      assertEquals(model.ask(ask), standingName(standing), where);
      if (model.questions.size() > before && standing instanceof Standing.Pending(var request)) {
        requests.add(request);
      }
    }

    private void decide(String where) {
      if (requests.isEmpty()) {
        return;
      }
      int i = inState(random.nextBoolean() ? ApprovalState.PENDING : ApprovalState.PARTIAL);
      Person person = one(everybody);
      Verdict verdict = random.nextInt(4) == 0 ? Verdict.DENY : Verdict.APPROVE;
      String expected = model.decide(question(i), person, verdict);
      var answer = new Answer(verdict, "because", question(i).running, "");
      DecisionResult result = at.approvals.decide(requests.get(i).id(), person, answer);
      assertEquals(expected, name(result), where);
    }

    private void edit(String where) {
      if (requests.isEmpty()) {
        return;
      }
      int i = inState(ApprovalState.PENDING);
      ApprovalRequest request = requests.get(i);
      Person person = one(everybody);
      var arguments =
          Arguments.of(JsonNodeFactory.instance.objectNode().put("amount", random.nextInt(5)));
      CallDigest shown = question(i).running;
      var changed = CallDigest.of(at.caller, request.subject().tool(), arguments);
      String expected = model.edit(question(i), person, changed);
      DecisionResult result = at.approvals.edit(request.id(), person, shown, arguments, "changed");
      assertEquals(expected, name(result), where);
    }

    private void prolong(String where) {
      if (requests.isEmpty()) {
        return;
      }
      int i = inState(random.nextBoolean() ? ApprovalState.PENDING : ApprovalState.PARTIAL);
      Person person = one(everybody);
      String expected = model.prolong(question(i), person);
      assertEquals(expected, name(at.approvals.prolong(requests.get(i).id(), person)), where);
    }

    private void redeem(String where) {
      if (requests.isEmpty()) {
        return;
      }
      int i = inState(ApprovalState.APPROVED);
      int other = random.nextInt(8) == 0 ? random.nextInt(requests.size()) : i;
      CallDigest digest =
          random.nextInt(8) == 0 ? requests.get(i).digest() : question(other).running;
      String context = random.nextInt(8) == 0 ? "another tool" : requests.get(i).context();
      ApprovalKind needed = random.nextInt(8) == 0 ? kind() : requests.get(i).kind();
      CallId call = one(calls);
      String expected = model.redeem(question(i), digest, context, needed, call);
      Redemption result = at.redeem(requests.get(i), digest, context, needed, call);
      assertEquals(expected, name(result), where);
      redeemed += result instanceof Redemption.Redeemed ? 1 : 0;
    }

    private void giveBack(String where) {
      if (requests.isEmpty()) {
        return;
      }
      int i = inState(ApprovalState.CONSUMED);
      CallId call = holderOrAny(question(i));
      String expected = model.giveBack(question(i), call);
      assertEquals(expected, outcome(() -> at.giveBack(requests.get(i), call)), where);
    }

    private void close(String where) {
      if (requests.isEmpty()) {
        return;
      }
      int i = inState(ApprovalState.CONSUMED);
      CallId call = holderOrAny(question(i));
      boolean known = random.nextBoolean();
      String expected = model.close(question(i), call, known);
      assertEquals(expected, outcome(() -> at.close(requests.get(i), call, known)), where);
    }

    private void pass(Duration time) {
      at.clock.advance(time);
      model.now += time.toMillis();
    }

    private void cancelRunSometimes() {
      if (random.nextInt(4) == 0) {
        at.cancelRun(at.caller.run());
        model.cancelRun();
      }
    }

    private void hireOrFire() {
      Person person = one(List.of(at.rita, at.ravi, at.rosa));
      if (at.people.person(person.id()).isPresent()) {
        at.people.remove(person);
      } else {
        at.people.add(person.id().value(), Role.REVIEWER);
      }
    }

    private boolean mayReview(Person person) {
      return !person.equals(at.olga)
          && !person.equals(at.dan)
          && at.people.person(person.id()).isPresent();
    }

    private Question question(int i) {
      return model.questions.get(i);
    }

    /// Mostly one in this state, so that something comes of it; else any.
    private int inState(ApprovalState state) {
      List<Integer> fitting =
          IntStream.range(0, requests.size())
              .filter(i -> question(i).state == state)
              .boxed()
              .toList();
      boolean any = fitting.isEmpty() || random.nextInt(6) == 0;
      return any ? random.nextInt(requests.size()) : one(fitting);
    }

    private CallId holderOrAny(Question question) {
      CallId holder = question.holder;
      return holder == null || random.nextInt(4) == 0 ? one(calls) : holder;
    }

    private ApprovalKind kind() {
      return one(List.of(ApprovalKind.values()));
    }

    private <T> T one(List<T> of) {
      return of.get(random.nextInt(of.size()));
    }

    private static String outcome(Runnable command) {
      try {
        command.run();
        return "done";
      } catch (IllegalStateException e) {
        return e.getClass().getSimpleName();
      }
    }

    private String standingName(Standing standing) {
      if (standing instanceof Standing.TooMany(var cap, var comeAgain)) {
        reached.add(cap);
        return "TooMany " + cap + " " + comeAgain;
      }
      return name(standing);
    }

    private static String name(Object result) {
      return result.getClass().getSimpleName();
    }
  }
}
