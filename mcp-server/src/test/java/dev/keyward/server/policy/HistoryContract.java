package dev.keyward.server.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.Caller;
import dev.keyward.call.RunId;
import dev.keyward.catalog.ToolCall;
import dev.keyward.server.SettableClock;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What rules say of the past, on either engine.
@Timeout(60)
abstract class HistoryContract {
  private static final String LIMIT =
      "rules: {limit: {effect: deny, when: 'calls(\"crm.read_ticket\", \"1h\") >= 5'}}";
  private static final String TOTAL =
      "rules: {total: {effect: deny, tools: [crm.add_note],"
          + " when: 'sum(\"amount\", \"24h\") + args.amount > 100'}}";

  private final SettableClock clock = new SettableClock();
  private List<Database> databases = List.of();

  /// Opens as many brokers' databases as the engine lets share one.
  abstract List<Database> open();

  @BeforeEach
  void start() {
    databases = open();
  }

  @AfterEach
  void stop() {
    databases.forEach(Database::close);
  }

  @Test
  void callsCountFromTheirIntentOnAndOnlyInTheirWindow() {
    RulePolicy policy = policy(LIMIT);
    Caller caller = TestCalls.caller("a1");
    for (int i = 0; i < 5; i++) {
      assertTrue(make(policy, read(caller)));
      clock.move(Duration.ofMinutes(1));
    }

    assertFalse(make(policy, read(caller)));
    assertEquals("limit", policy.decide(read(caller)).verdict().rule());
    clock.move(Duration.ofMinutes(56));
    assertTrue(make(policy, read(caller)));
    assertFalse(make(policy, read(caller)));
  }

  @Test
  void whatRunsAtTheSameTimeCannotPassALimitTogether() throws Exception {
    Caller caller = TestCalls.caller("a1");
    List<RulePolicy> brokers = databases.stream().map(at -> policy(LIMIT, at)).toList();

    assertEquals(5, madeAtOnce(40, i -> make(brokers, i, read(caller))));
  }

  @Test
  void amountsOfCallsUnderWayCannotPassATotalTogether() throws Exception {
    Caller caller = TestCalls.caller("a1");
    List<RulePolicy> brokers = databases.stream().map(at -> policy(TOTAL, at)).toList();

    int made =
        madeAtOnce(
            30, i -> make(brokers, i, TestCalls.call(caller, "crm.add_note", "{\"amount\":30}")));

    assertEquals(3, made);
    RulePolicy policy = brokers.getFirst();
    assertTrue(make(policy, TestCalls.call(caller, "crm.add_note", "{\"amount\":9.5}")));
    assertFalse(make(policy, TestCalls.call(caller, "crm.add_note", "{\"amount\":0.75}")));
    assertTrue(make(policy, TestCalls.call(caller, "crm.add_note", "{\"amount\":0.5}")));
  }

  @Test
  void anAmountThatIsNoNumberIsDeniedAndNotCounted() {
    RulePolicy policy = policy(TOTAL);
    Caller caller = TestCalls.caller("a1");

    assertFalse(make(policy, TestCalls.call(caller, "crm.add_note", "{\"amount\":\"1\"}")));
    assertFalse(make(policy, TestCalls.call(caller, "crm.add_note", "{}")));
    assertTrue(make(policy, TestCalls.call(caller, "crm.add_note", "{\"amount\":100}")));
  }

  @Test
  void anAmountBelowZeroMakesNoRoom() {
    RulePolicy policy = policy(TOTAL);
    Caller caller = TestCalls.caller("a1");
    assertTrue(make(policy, TestCalls.call(caller, "crm.add_note", "{\"amount\":100}")));

    assertTrue(make(policy, TestCalls.call(caller, "crm.add_note", "{\"amount\":-1000000}")));

    assertFalse(make(policy, TestCalls.call(caller, "crm.add_note", "{\"amount\":1}")));
  }

  @Test
  void whatWasNotSentDoesNotCountAndWhatIsNotedTwiceCountsOnce() {
    RulePolicy policy = policy(LIMIT);
    Caller caller = TestCalls.caller("a1");
    ToolCall call = read(caller);

    for (int i = 0; i < 6; i++) {
      write(tx -> note(policy, tx, call));
    }
    assertTrue(make(policy, read(caller)));
    List<ToolCall> more = List.of(read(caller), read(caller), read(caller));
    more.forEach(made -> assertTrue(make(policy, made)));
    assertFalse(make(policy, read(caller)));
    write(
        tx -> {
          policy.forget(tx, more.getFirst().id());
          return true;
        });

    assertTrue(make(policy, read(caller)));
  }

  @Test
  void aCallInSeveralRunsOfAnAgentCountsOnce() {
    RulePolicy policy = policy(TOTAL);
    ToolCall inner = TestCalls.call(TestCalls.caller("a1"), "crm.add_note", "{\"amount\":60}");
    Caller around = inRun("a1", TestCalls.run(2));
    write(tx -> note(policy, tx, inner) && note(policy, tx, as(around, inner)));

    assertTrue(make(policy, TestCalls.call(around, "crm.add_note", "{\"amount\":40}")));
    assertFalse(make(policy, TestCalls.call(around, "crm.add_note", "{\"amount\":1}")));
  }

  @Test
  void oneAgentsCallsAreNotAnothers() {
    RulePolicy policy = policy(LIMIT);
    for (int i = 0; i < 5; i++) {
      assertTrue(make(policy, read(TestCalls.caller("a1"))));
    }

    assertTrue(make(policy, read(TestCalls.caller("a2"))));
    assertFalse(make(policy, read(inRun("a1", TestCalls.run(2)))), "another run is no way around");
  }

  @Test
  void aClockThatGoesBackForgetsNothing() {
    RulePolicy policy = policy(LIMIT);
    Caller caller = TestCalls.caller("a1");
    for (int i = 0; i < 5; i++) {
      assertTrue(make(policy, read(caller)));
    }
    clock.move(Duration.ofHours(-7));

    assertFalse(make(policy, read(caller)));
  }

  @Test
  void afterMeansInThisRun() {
    RulePolicy policy =
        policy(
            "rules:\n"
                + "  first-read: {effect: deny, tools: [crm.add_note], when:"
                + " '!after(\"crm.read_ticket\")'}\n"
                + "  then-quiet: {effect: deny, tools: [crm.send_message], when:"
                + " 'after(\"crm.*\")'}");
    Caller caller = TestCalls.caller("a1");
    String note = "{\"ticket_id\":\"1\",\"text\":\"x\",\"internal\":true}";

    assertFalse(make(policy, TestCalls.call(caller, "crm.add_note", note)));
    assertTrue(make(policy, TestCalls.call(caller, "crm.send_message", "{}")));
    assertFalse(make(policy, TestCalls.call(caller, "crm.send_message", "{}")));
    assertTrue(make(policy, read(caller)));
    assertTrue(make(policy, TestCalls.call(caller, "crm.add_note", note)));
    Caller elsewhere = inRun("a1", TestCalls.run(2));
    assertFalse(make(policy, TestCalls.call(elsewhere, "crm.add_note", note)));
    assertTrue(make(policy, TestCalls.call(elsewhere, "crm.send_message", "{}")));
  }

  @Test
  void aNameThatBeginsAnotherIsAnother() {
    RulePolicy policy =
        policy("rules: {a: {effect: deny, when: 'calls(\"crm.read\", \"1h\") > 0'}}");
    Caller caller = TestCalls.caller("a1");

    assertTrue(make(policy, read(caller)));
    assertTrue(make(policy, read(caller)));
  }

  @Test
  void seenAsksWhatTheRunWasShown() {
    Rules rules =
        TestCalls.rules(
            "rules: {known: {effect: deny, when: '!seen(\"ticket\", args.ticket_id)'}}");
    var shown =
        new RunFacts() {
          @Override
          public Job job(RunId run) {
            return STANDING;
          }

          @Override
          public boolean shown(Tx tx, RunId run, String kind, String value) {
            return kind.equals("ticket") && value.equals("4812") && run.equals(TestCalls.RUN);
          }
        };
    var policy = new RulePolicy(() -> rules, false, shown, databases.getFirst(), clock);

    assertInstanceOf(Verdict.Allow.class, policy.decide(read(TestCalls.caller("a1"))).verdict());
    assertInstanceOf(
        Verdict.Deny.class, policy.decide(read(inRun("a1", TestCalls.run(2)))).verdict());
    Judgement number =
        policy.decide(
            TestCalls.call(TestCalls.caller("a1"), "crm.read_ticket", "{\"ticket_id\":4812}"));
    assertTrue(number.failure().isPresent(), "a number is no id");
  }

  @Test
  void whatNoWindowReachesIsForgotten() {
    RulePolicy policy = policy(LIMIT);
    ToolCall old = read(TestCalls.caller("a1"));
    assertTrue(make(policy, old));
    clock.move(Duration.ofDays(33));
    assertTrue(make(policy, read(TestCalls.caller("a1"))));

    policy.tidy();

    assertEquals(1, noted());
  }

  @Test
  void readsThatNoRuleAsksForAreNotNoted() {
    RulePolicy policy = policy("rules: {}");
    assertTrue(make(policy, read(TestCalls.caller("a1"))));

    assertEquals(0, noted());
  }

  private interface Attempt {
    boolean number(int i);
  }

  private static int madeAtOnce(int attempts, Attempt attempt) throws Exception {
    List<Callable<Boolean>> all = new ArrayList<>();
    for (int i = 0; i < attempts; i++) {
      int number = i;
      all.add(() -> attempt.number(number));
    }
    int made = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Boolean> one : threads.invokeAll(all)) {
        made += one.get() ? 1 : 0;
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("an attempt broke", e);
    }
    return made;
  }

  /// Decides and notes as the transaction of an intent does; whether the call may be made.
  private boolean make(RulePolicy policy, ToolCall call) {
    return write(databases.getFirst(), tx -> decided(policy, tx, call));
  }

  private boolean make(List<RulePolicy> brokers, int number, ToolCall call) {
    int at = number % brokers.size();
    return write(databases.get(at), tx -> decided(brokers.get(at), tx, call));
  }

  private static boolean decided(RulePolicy policy, Tx tx, ToolCall call) {
    return !(policy.decide(tx, call).verdict() instanceof Verdict.Deny) && note(policy, tx, call);
  }

  private static boolean note(RulePolicy policy, Tx tx, ToolCall call) {
    policy.note(tx, call);
    return true;
  }

  private int noted() {
    return write(
        tx -> tx.sql().createQuery("SELECT COUNT(*) FROM policy_calls").mapTo(Integer.class).one());
  }

  private <T> T write(Database.Work<T> work) {
    return write(databases.getFirst(), work);
  }

  private static <T> T write(Database database, Database.Work<T> work) {
    return database.write(work);
  }

  private RulePolicy policy(String text) {
    return policy(text, databases.getFirst());
  }

  private RulePolicy policy(String text, Database database) {
    Rules rules = TestCalls.rules(text);
    return new RulePolicy(() -> rules, false, RunFacts.NONE, database, clock);
  }

  private static ToolCall read(Caller caller) {
    return TestCalls.call(caller, "crm.read_ticket", "{\"ticket_id\":\"4812\"}");
  }

  private static ToolCall as(Caller caller, ToolCall call) {
    return new ToolCall(call.id(), caller, call.tool(), call.arguments(), call.digest());
  }

  private static Caller inRun(String agent, RunId run) {
    return TestCalls.caller(agent, "triage", "support", run, Optional.empty());
  }
}
