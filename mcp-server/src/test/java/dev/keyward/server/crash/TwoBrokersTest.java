package dev.keyward.server.crash;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.server.AgentClient;
import dev.keyward.server.Called;
import dev.keyward.server.Reviewer;
import dev.keyward.server.StandIn;
import dev.keyward.server.config.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two brokers, each a process with a home of its own, over one PostgreSQL server: they act as one,
/// one goes on when the other is killed, and both when the server has been away.
@Tag("crash")
@Timeout(900)
final class TwoBrokersTest {
  private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();

  @TempDir Path folder;
  private final StandIn company = new StandIn();
  private final List<BrokerProcess> started = new ArrayList<>();
  private final Ledger ledger = new Ledger();
  private final Map<Integer, Job> jobs = new ConcurrentHashMap<>();
  private final AtomicInteger numbers = new AtomicInteger();
  private Home first;
  private Home second;
  private PostgresEngine engine;
  private BrokerProcess one;
  private BrokerProcess two;
  private AgentClient atOne;
  private AgentClient atTwo;
  private Reviewer olga;

  @BeforeEach
  void start() throws Exception {
    first = new Home(folder.resolve("one"));
    second = new Home(folder.resolve("two"));
    engine = new PostgresEngine(first, second);
    String settings = engine.settings().replace("}\n", ", replica_gone_after_seconds: 10}\n");
    CrashHome.make(first.folder(), company.origin(), settings);
    CrashHome.make(second.folder(), company.origin(), settings);
    Files.copy(first.masterKey(), second.masterKey(), StandardCopyOption.REPLACE_EXISTING);
    one = serve(first).listening();
    two = serve(second).listening();
    for (BrokerProcess broker : List.of(one, two)) {
      broker.operate("secret.set", Map.of("name", "desk#token", "value", "desk-key-0"));
    }
    olga = signIn("olga");
    var added =
        one.operate("agent.add", Map.of("name", "a1", "owner", "olga", "tools", List.of("desk.*")));
    String key = added.path("key").stringValue();
    atOne = new AgentClient("a1", () -> one.agents(), key);
    atTwo = new AgentClient("a1", () -> two.agents(), key);
    until(() -> atTwo.initialize().status() == 200);
  }

  @AfterEach
  void stop() {
    started.forEach(BrokerProcess::end);
    if (engine != null) {
      engine.close();
    }
    company.close();
  }

  @Test
  void decidedAtOneTheCallThatWaitsAtTheOtherGoesOnAndRunsOnce() throws Exception {
    Job job = job(Job.Kind.CONFIRMED);
    String approval = call(atTwo, job).approval();
    CompletableFuture<Called> waiting = later(() -> atTwo.awaitApproval(approval, 45));

    assertEquals(303, olga.approve(approval));
    long decided = System.nanoTime();

    assertEquals("approved", waiting.get(60, SECONDS).code());
    report("two-brokers-decide", "decided at one, heard at the other", decided);
    ledger.voted(approval, "olga", true);
    assertEquals("ok", call(atTwo, job).code());
    assertEquals("pending", call(atOne, job).code());
    assertEquals(1, company.writes().size());
    assertEquals(List.of(), brokenClaims());
  }

  @Test
  void anAgentRevokedOverTheSocketOfOneIsRefusedByTheOther() throws Exception {
    assertEquals("ok", call(atTwo, job(Job.Kind.READ)).code());

    one.operate("agent.revoke", Map.of("name", "a1"));
    long revoked = System.nanoTime();

    until(() -> atTwo.list().status() == 401);
    report("two-brokers-revoke", "revoked at one, refused by the other", revoked);
    int sent = company.journal().size();
    for (Job.Kind kind : Job.Kind.values()) {
      assertEquals(401, atTwo.call(job(kind).tool(), job(kind).arguments()).status());
    }
    assertEquals(sent, company.journal().size());
  }

  @Test
  void whatAKilledBrokerLeftOpenIsClosedByTheOtherWhichGoesOn() throws Exception {
    Job free = job(Job.Kind.FREE_WRITE);
    Job confirmed = job(Job.Kind.CONFIRMED);
    Job read = job(Job.Kind.READ);
    String approval = call(atOne, confirmed).approval();
    assertEquals(303, olga.approve(approval));
    var inFlight = new CountDownLatch(3);
    var release = new CountDownLatch(1);
    company.answers(
        exchange -> {
          inFlight.countDown();
          hold(release);
          StandIn.json("{\"id\":\"1\"}").answer(exchange);
        });
    List<Job> open = List.of(free, confirmed, read);
    List<CompletableFuture<Called>> lost =
        open.stream().map(job -> later(() -> atOne.call(job.tool(), job.arguments()))).toList();
    assertTrue(inFlight.await(60, SECONDS));

    one.kill();
    release.countDown();
    company.answers("{\"id\":\"1\"}");
    lost.forEach(call -> assertThrows(CompletionException.class, call::join));

    Set<String> meanwhile = new TreeSet<>();
    String told = "identical_call_open";
    while (told.equals("identical_call_open")) {
      meanwhile.add(call(atTwo, job(Job.Kind.FREE_WRITE)).code());
      told = call(atTwo, free).code();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
    assertEquals("identical_call_unknown", told);
    assertEquals(Set.of("ok"), meanwhile, "what the other was told until then");
    assertEquals("identical_call_unknown", call(atTwo, confirmed).code());
    assertEquals("ok", call(atTwo, read).code());
    assertEquals(1, sent(free));
    assertEquals(1, sent(confirmed));
    assertEquals(List.of(), brokenClaims());
  }

  @Test
  void theServerGoesAndComesBackUnderBothBrokers() throws Exception {
    Job waits = job(Job.Kind.CONFIRMED);
    String approval = call(atTwo, waits).approval();
    List<AgentClient> both = List.of(atOne, atTwo);
    both.forEach(agent -> assertEquals("ok", call(agent, job(Job.Kind.READ)).code()));

    engine.stop();
    both.forEach(agent -> until(() -> refused(call(agent, job(Job.Kind.READ)))));
    int sent = company.journal().size();
    for (AgentClient agent : both) {
      for (Job.Kind kind : Job.Kind.values()) {
        Called told = call(agent, job(kind));
        assertTrue(refused(told), told.raw());
      }
    }
    assertNotEquals(303, olga.approve(approval));
    assertEquals(sent, company.journal().size());
    engine.comeBack();

    until(() -> call(atOne, job(Job.Kind.FREE_WRITE)).code().equals("ok"));
    until(() -> call(atTwo, job(Job.Kind.FREE_WRITE)).code().equals("ok"));
    until(() -> olga.approve(approval) == 303);
    assertEquals("approved", atTwo.awaitApproval(approval, 45).code());
    assertEquals("ok", call(atTwo, waits).code());
    assertTrue(one.lives() && two.lives());
    assertEquals(List.of(), brokenClaims());
  }

  private Job job(Job.Kind kind) {
    var job = new Job(numbers.incrementAndGet(), kind, "a1", false);
    jobs.put(job.number(), job);
    return job;
  }

  private Called call(AgentClient agent, Job job) {
    Called answer = agent.call(job.tool(), job.arguments());
    if (answer.status() == 503) {
      ledger.unavailable(); // before the call was looked at
    } else {
      ledger.answered(job, answer);
    }
    return answer;
  }

  private static boolean refused(Called told) {
    return told.status() == 503 || told.code().equals("audit_unavailable");
  }

  private long sent(Job job) {
    return company.writes().stream()
        .filter(write -> Job.numberIn(write.body()).filter(of -> of == job.number()).isPresent())
        .count();
  }

  /// Held against the database after an orderly end of whoever lives.
  private List<String> brokenClaims() throws Exception {
    for (BrokerProcess broker : started) {
      if (broker.lives()) {
        assertEquals(0, broker.stop(), broker.endOfLog());
      }
    }
    var broken = new ArrayList<>(Aftermath.read(engine).broken(ledger, jobs, company.journal()));
    broken.addAll(Aftermath.findings(engine));
    return broken;
  }

  private Reviewer signIn(String name) {
    URI link =
        URI.create(one.operate("person.add", Map.of("name", name)).path("link").stringValue());
    return Reviewer.signIn(() -> one.people(), link).orElseThrow();
  }

  private BrokerProcess serve(Home home) {
    BrokerProcess broker = BrokerProcess.start(home);
    started.add(broker);
    return broker;
  }

  private static void report(String suite, String what, long since) throws IOException {
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
    CrashReport.write(suite, "postgresql: " + what + " after " + millis + " ms");
  }

  private static <T> CompletableFuture<T> later(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, THREADS);
  }

  private static void until(BooleanSupplier holds) {
    while (!holds.getAsBoolean()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  private static void hold(CountDownLatch latch) {
    try {
      assertTrue(latch.await(120, SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException(e));
    }
  }
}
