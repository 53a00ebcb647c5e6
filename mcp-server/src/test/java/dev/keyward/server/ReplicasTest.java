package dev.keyward.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.server.audit.AuditVerifier;
import dev.keyward.server.audit.RecordSource;
import dev.keyward.server.audit.Verification;
import dev.keyward.server.audit.VerifierKey;
import dev.keyward.server.config.ConfigFile;
import dev.keyward.server.config.Home;
import dev.keyward.server.credential.MasterKey;
import dev.keyward.store.PostgresSettings;
import dev.keyward.store.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two brokers over one PostgreSQL database act as one.
@Timeout(180)
final class ReplicasTest {
  private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();
  private static final String TICKET = "{\"ticket_id\":\"4812\"}";
  private static final String NOTE = TestBroker.NOTE;
  private static final int CALLERS = 100;
  private static final int RACES = 8;
  private static final Set<String> DECISIONS =
      Set.of("approval.decided", "approval.approved", "approval.denied");

  @TempDir Path folder;
  private final PostgresSettings database = TestPostgres.shared().database();
  private final String settings = TestBroker.on(database) + "approvals: {single_operator: true}\n";
  private TestBroker one;
  private TestBroker two;

  @BeforeEach
  void start() throws Exception {
    one = TestBroker.in(folder, settings);
    two = one.sister(folder, settings);
  }

  @AfterEach
  void stop() {
    two.close();
    one.close();
  }

  @Test
  void whatIsDecidedAtOneBrokerResumesTheCallAtTheOther() throws Exception {
    AgentClient here = one.agent("a1", "crm.*");
    AgentClient there = two.visited(here);
    String approval = eventually(() -> there.call("crm.add_note", NOTE), "pending").approval();
    Future<Called> waiting = later(() -> there.awaitApproval(approval, 45));

    assertEquals(303, one.signIn("olga").approve(approval));

    assertEquals("approved", waiting.get(40, SECONDS).code());
    assertEquals("ok", there.call("crm.add_note", NOTE).code());
    assertEquals("done", one.state(approval));
  }

  @Test
  void aKeyRevokedAtOneBrokerOpensNothingAtTheOther() {
    AgentClient here = one.agent("a1", "crm.*");
    AgentClient there = two.visited(here);
    eventually(() -> there.call("crm.read_ticket", TICKET), "ok");

    one.operate("agent.revoke", "{\"name\":\"a1\"}");

    untilRefused(there);
    int sent = one.upstream().journal().size();
    assertEquals(401, there.call("crm.read_ticket", TICKET).status());
    assertEquals(sent, one.upstream().journal().size());
  }

  @Test
  void aToolTakenAwayAtOneBrokerIsGoneAtTheOther() {
    AgentClient here = one.agent("a1", "crm.*");
    AgentClient there = two.visited(here);
    eventually(() -> there.call("crm.read_ticket", TICKET), "ok");

    one.operate("agent.tools", "{\"name\":\"a1\",\"tools\":[\"stripe.*\"]}");

    assertTrue(
        eventuallyTrue(() -> there.call("crm.read_ticket", TICKET).code().equals("unknown_tool")));
    int sent = one.upstream().journal().size();
    assertEquals("unknown_tool", there.call("crm.read_ticket", TICKET).code());
    assertEquals(sent, one.upstream().journal().size());
  }

  @Test
  void aRotatedKeyOpensNothingAtTheOtherBrokerAndTheNewOneDoes() {
    AgentClient here = one.agent("a1", "crm.*");
    AgentClient there = two.visited(here);
    eventually(() -> there.call("crm.read_ticket", TICKET), "ok");

    String fresh = one.operate("agent.rotate", "{\"name\":\"a1\"}").get("key").stringValue();

    untilRefused(there);
    assertEquals("ok", there.with(fresh).call("crm.read_ticket", TICKET).code());
  }

  @Test
  void anAnswerIsKeptBackIfTheKeyIsRevokedAtTheOtherBrokerMeanwhile() throws Exception {
    AgentClient here = one.agent("a1", "crm.*");
    AgentClient there = two.visited(here);
    eventually(() -> there.call("crm.read_ticket", TICKET), "ok");
    AgentClient again = two.visited(here);
    again.initialize();
    var arrived = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    one.upstream()
        .answers(
            exchange -> {
              arrived.countDown();
              hold(release);
              StandIn.json("{\"id\":\"4812\"}").answer(exchange);
            });
    Future<Called> call = later(() -> there.call("crm.read_ticket", TICKET));
    assertTrue(arrived.await(30, SECONDS));

    one.operate("agent.revoke", "{\"name\":\"a1\"}");
    untilRefused(again);
    release.countDown();

    Called kept = call.get(30, SECONDS);
    assertFalse(kept.raw().contains("4812"), kept.raw());
    assertNotEquals("ok", kept.code());
  }

  @Test
  void aRunIsOneAtBothBrokersAndEndsAtBoth() {
    AgentClient here = one.agent("a1", "crm.*");
    AgentClient there = two.visited(here);
    String first = here.call("crm.add_note", NOTE).approval();

    String second = eventually(() -> there.call("crm.add_note", NOTE), "pending").approval();

    assertEquals(first, second);
    assertEquals(1, one.operate("audit.list", "{\"type\":\"run.opened\"}").size());
    one.operate("agent.revoke", "{\"name\":\"a1\"}");
    assertEquals("cancelled", two.state(first));
    assertEquals(1, two.operate("audit.list", "{\"type\":\"run.ended\"}").size());
  }

  @Test
  void aPersonRemovedAtOneBrokerDecidesNothingAtTheOther() {
    AgentClient here = one.agent("a1", "crm.*");
    String approval = here.call("crm.add_note", NOTE).approval();
    Reviewer olga = two.signIn("olga");
    String digest = two.digest(approval);

    one.operate("person.remove", "{\"name\":\"olga\"}");

    assertEquals(401, olga.open(approval).statusCode());
    assertNotEquals(303, olga.force(approval, digest));
    assertEquals("pending", two.state(approval));
  }

  @Test
  void oneApprovalRunsOneCallHoweverManyAskAtBothBrokers() throws Exception {
    AgentClient here = one.agent("a1", "crm.*");
    AgentClient there = two.visited(here);
    String approval = eventually(() -> there.call("crm.add_note", NOTE), "pending").approval();
    assertEquals(303, two.signIn("olga").approve(approval));
    here.initialize();

    List<String> codes =
        together(CALLERS, i -> () -> (i % 2 == 0 ? here : there).call("crm.add_note", NOTE));

    assertEquals(1, codes.stream().filter("ok"::equals).count(), codes.toString());
    assertEquals(1, one.upstream().writes().size());
    assertEquals("done", one.state(approval));
  }

  @Test
  void anIdenticalWriteAtBothBrokersAtOnceRunsOnce() throws Exception {
    String allowed = settings + "policy: {allow: [{tool: crm.add_note}]}\n";
    restart(allowed);
    AgentClient here = one.agent("a1", "crm.*");
    AgentClient there = two.visited(here);
    eventually(() -> there.call("crm.read_ticket", TICKET), "ok");
    here.initialize();
    var release = new CountDownLatch(1);
    one.upstream()
        .answers(
            exchange -> {
              hold(release);
              StandIn.json("{\"id\":\"1\"}").answer(exchange);
            });

    var refused = new CountDownLatch(9);
    Future<List<String>> calls =
        later(
            () ->
                together(
                    10,
                    i ->
                        () -> {
                          Called called = (i % 2 == 0 ? here : there).call("crm.add_note", NOTE);
                          refused.countDown();
                          return called;
                        }));
    assertTrue(refused.await(60, SECONDS));
    release.countDown();
    List<String> codes = calls.get(60, SECONDS);

    assertEquals(1, codes.stream().filter("ok"::equals).count(), codes.toString());
    assertEquals(9, codes.stream().filter("identical_call_open"::equals).count(), codes.toString());
    assertEquals(1, one.upstream().writes().size());
  }

  @Test
  void ofTwoReviewersWhoDecideAtBothBrokersAtOnceOneIsFirst() throws Exception {
    AgentClient agent = one.agent("a1", "stripe.*");
    Reviewer rita = one.reviewer("rita");
    one.operate("person.add", "{\"name\":\"ravi\",\"roles\":[\"reviewer\"]}");
    Reviewer ravi = two.signIn("ravi");
    for (int round = 1; round <= RACES; round++) {
      String approval = agent.call("stripe.create_refund", refund(round)).approval();

      var yes = rita.read(approval, "approve");
      var no = ravi.read(approval, "deny");

      Set<Integer> statuses =
          Set.copyOf(atOnce(() -> rita.press(approval, yes), () -> ravi.press(approval, no)));

      assertEquals(Set.of(303, 409), statuses);
      List<String> events = decisions(approval);
      String state = two.state(approval);
      assertEquals(List.of("approval." + state), events);
      assertEquals(state, one.state(approval));
    }
  }

  @Test
  void whereTwoMustAgreeBothCountThoughTheyDecideAtBothBrokersAtOnce() throws Exception {
    restart(TestBroker.on(database));
    AgentClient agent = one.agent("a1", "stripe.*");
    Reviewer rita = one.reviewer("rita");
    one.operate("person.add", "{\"name\":\"ravi\",\"roles\":[\"reviewer\"]}");
    Reviewer ravi = two.signIn("ravi");
    for (int round = 1; round <= RACES; round++) {
      String approval = agent.call("stripe.create_refund", refund(round)).approval();

      var first = rita.read(approval, "approve");
      var second = ravi.read(approval, "approve");

      List<Integer> statuses =
          atOnce(() -> rita.press(approval, first), () -> ravi.press(approval, second));

      assertEquals(List.of(303, 303), statuses);
      assertEquals("approved", two.state(approval));
      assertEquals(List.of("approval.approved", "approval.decided"), decisions(approval));
      assertEquals("ok", agent.call("stripe.create_refund", refund(round)).code());
    }
    assertEquals(RACES, one.upstream().writes().size());
  }

  @Test
  void onePersonAtBothBrokersAtOnceIsStillOnePerson() throws Exception {
    restart(TestBroker.on(database));
    AgentClient agent = one.agent("a1", "stripe.*");
    Reviewer rita = one.reviewer("rita");
    Reviewer ritaToo = two.signIn("rita");
    for (int round = 1; round <= RACES; round++) {
      String approval = agent.call("stripe.create_refund", refund(round)).approval();

      var here = rita.read(approval, "approve");
      var there = ritaToo.read(approval, "approve");

      Set<Integer> statuses =
          Set.copyOf(
              atOnce(() -> rita.press(approval, here), () -> ritaToo.press(approval, there)));

      assertEquals(Set.of(303, 409), statuses);
      assertEquals("partial", two.state(approval));
      assertEquals(List.of("approval.decided"), decisions(approval));
    }
    assertEquals(0, one.upstream().writes().size());
  }

  @Test
  void anAgentsOpenQuestionsAreCountedOverBothBrokers() throws Exception {
    restart(TestBroker.on(database) + "approvals: {max_pending_per_agent: 5}\n");
    AgentClient here = one.agent("a1", "stripe.*");
    AgentClient there = two.visited(here);
    here.initialize();
    eventually(() -> there.call("stripe.create_refund", refund(1)), "pending");

    List<String> codes =
        together(
            40, i -> () -> (i % 2 == 0 ? here : there).call("stripe.create_refund", refund(2 + i)));

    assertEquals(4, codes.stream().filter("pending"::equals).count(), codes.toString());
    assertEquals(36, codes.stream().filter("too_many_questions"::equals).count(), codes.toString());
    assertEquals(5, two.operate("approvals.list", "{\"state\":\"pending\"}").size());
  }

  @Test
  void bothChainsAreWholeAndEachBrokersCheckpointsCount() throws Exception {
    AgentClient here = one.agent("a1", "crm.*");
    AgentClient there = two.visited(here);
    here.call("crm.read_ticket", TICKET);
    eventually(() -> there.call("crm.read_ticket", TICKET), "ok");
    two.stop();
    one.stop();
    one.start();
    two.start();

    Verification own = verify(one.home());
    Verification both = verify(one.home(), two.home());

    assertEquals(List.of(), own.findings());
    assertTrue(own.limits().stream().anyMatch(limit -> limit.contains("keys that were not given")));
    assertEquals(List.of(), both.findings());
    assertTrue(both.checkpoints() > own.checkpoints());
    assertTrue(both.limits().stream().noneMatch(limit -> limit.contains("not given")));
    assertEquals(4, both.chains());
  }

  @Test
  void recordsOfEitherChainCannotBeChangedByAccident() {
    for (String change :
        List.of(
            "UPDATE audit_events SET body = '{}'",
            "DELETE FROM audit_events",
            "TRUNCATE audit_events")) {
      assertThrows(
          IllegalStateException.class, () -> TestPostgres.shared().execute(database, change));
    }
  }

  @Test
  void aBrokerWithAnotherMasterKeyDoesNotStart() throws Exception {
    two.stop();
    Files.delete(two.home().masterKey());
    MasterKey.create(two.home().masterKey());
    Files.delete(two.home().secrets());

    CannotStart thrown = assertThrows(CannotStart.class, two::start);

    assertTrue(String.valueOf(thrown.getMessage()).startsWith("master.key is another"));
    Files.copy(one.home().masterKey(), two.home().masterKey(), StandardCopyOption.REPLACE_EXISTING);
    two.start();
  }

  @Test
  void theDoctorKnowsTheServer() {
    String findings = one.operate("doctor", "{}").toString();

    assertTrue(findings.contains("2 brokers are connected"), findings);
    assertTrue(findings.contains("postgres is a superuser"), findings);
    assertTrue(findings.contains("\"database fsync\",\"detail\":\"is on\""), findings);
    TestPostgres.shared()
        .execute(
            database,
            "ALTER DATABASE "
                + database.address().database()
                + " SET synchronous_commit = remote_write");
    TestPostgres.shared().disconnectAll(database);
    assertTrue(
        eventuallyTrue(
            () ->
                one.operate("doctor", "{}").toString().contains("remote_write: the standby has")));
  }

  private static Verification verify(Home... homes) throws Exception {
    List<Path> checkpoints = new ArrayList<>();
    List<VerifierKey> keys = new ArrayList<>();
    for (Home home : homes) {
      checkpoints.add(home.folder().resolve("checkpoints.txt"));
      keys.add(VerifierKey.read(home.auditPublicKey()));
    }
    return AuditVerifier.verify(record(homes[0]), checkpoints, keys);
  }

  private static RecordSource record(Home home) throws Exception {
    return new RecordSource.InPostgres(
        ConfigFile.read(home).database().orElseThrow().settings("verify", Map.of()));
  }

  private static String refund(int amount) {
    return TestBroker.REFUND.replace("500", Integer.toString(amount));
  }

  /// {@return the types of the records of people's answers to one question, in alphabetical order}
  private List<String> decisions(String approval) {
    List<String> types = new ArrayList<>();
    for (var record : one.operate("audit.list", "{\"limit\":1000}")) {
      String type = record.get("type").stringValue();
      String of = record.at("/event/approval/id").asString("");
      if (DECISIONS.contains(type) && of.equals(approval)) {
        types.add(type);
      }
    }
    Collections.sort(types);
    return types;
  }

  private static List<Integer> atOnce(Supplier<Integer> left, Supplier<Integer> right) {
    var start = new CyclicBarrier(2);
    List<CompletableFuture<Integer>> both = new ArrayList<>();
    for (Supplier<Integer> side : List.of(left, right)) {
      both.add(
          later(
              () -> {
                meet(start);
                return side.get();
              }));
    }
    return both.stream().map(CompletableFuture::join).toList();
  }

  private void restart(String changed) throws Exception {
    one.stop();
    two.stop();
    one.configure(changed);
    two.configure(changed);
    one.start();
    two.start();
  }

  /// A new key is known at the other broker within a second.
  private static Called eventually(Supplier<Called> call, String code) {
    while (true) {
      Called called = call.get();
      if (code.equals(called.code())) {
        return called;
      }
      assertEquals(401, called.status(), called.text());
      Thread.onSpinWait();
    }
  }

  private static boolean eventuallyTrue(Supplier<Boolean> holds) {
    while (true) {
      try {
        if (holds.get()) {
          return true;
        }
      } catch (RuntimeException e) {
        Thread.onSpinWait(); // not yet
      }
    }
  }

  private static void untilRefused(AgentClient agent) {
    while (agent.list().status() != 401) {
      Thread.onSpinWait();
    }
  }

  private static List<String> together(int callers, IntFunction<Supplier<Called>> call) {
    var start = new CyclicBarrier(callers);
    List<CompletableFuture<Called>> calls = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      Supplier<Called> mine = call.apply(i);
      calls.add(
          later(
              () -> {
                meet(start);
                return mine.get();
              }));
    }
    return calls.stream().map(CompletableFuture::join).map(Called::code).toList();
  }

  private static <T> CompletableFuture<T> later(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, THREADS);
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await(60, SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void hold(CountDownLatch latch) {
    try {
      assertTrue(latch.await(60, SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
