package dev.keyward.server.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.server.AgentClient;
import dev.keyward.server.Called;
import dev.keyward.server.Reviewer;
import dev.keyward.server.StandIn;
import dev.keyward.server.config.Home;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A broker whose PostgreSQL server has its data, or its log of changes, on a real disk of some
/// megabytes that fills up.
@Tag("crash")
@Timeout(900)
final class PostgresDiskFullTest {
  /// Marks a test whose small disk has the data; in others it has the log of changes.
  private static final String DATA = "data";

  private static final int DISK_BYTES = 64 << 20;
  private static final int MANY = 5_000;

  /// What is told once may have found the last room that there was.
  private static final int REFUSALS = 20;

  @TempDir Path folder;
  private final StandIn company = new StandIn();
  private final Ledger ledger = new Ledger();
  private final Map<Integer, Job> jobs = new ConcurrentHashMap<>();
  private SmallDisk disk;
  private SmallPostgres server;
  private BrokerProcess broker;
  private AgentClient agent;
  private Reviewer olga;
  private int numbers;

  @BeforeEach
  void start(TestInfo test) throws Exception {
    disk = SmallDisk.mount(Files.createDirectory(folder.resolve("disk")), DISK_BYTES);
    var home = new Home(folder.resolve("home"));
    boolean dataFills = test.getTags().contains(DATA);
    Path small = disk.inside();
    server =
        new SmallPostgres(
            disk,
            (dataFills ? small : folder).resolve("data"),
            (dataFills ? folder : small).resolve("log"),
            home);
    CrashHome.make(home.folder(), company.origin(), server.settings());
    broker = BrokerProcess.start(home).listening();
    broker.operate("secret.set", Map.of("name", "desk#token", "value", "desk-key-0"));
    var person = broker.operate("person.add", Map.of("name", "olga"));
    URI link = URI.create(person.path("link").stringValue());
    olga = Reviewer.signIn(() -> broker.people(), link).orElseThrow();
    var added =
        broker.operate(
            "agent.add", Map.of("name", "a1", "owner", "olga", "tools", List.of("desk.*")));
    agent = new AgentClient("a1", () -> broker.agents(), added.path("key").stringValue());
  }

  @AfterEach
  void stop() {
    if (broker != null) {
      broker.end();
    }
    if (server != null) {
      server.close();
    }
    if (disk != null) {
      disk.close();
    }
    company.close();
  }

  @Test
  @Tag(DATA)
  void withoutRoomForDataNothingIsSentAndItGoesOnByItselfOnceThereIsSome() throws Exception {
    String approval = call(Job.Kind.CONFIRMED).approval();
    fillUntilRefused();
    int sent = company.journal().size();

    for (Job.Kind kind : Job.Kind.values()) {
      Called told = call(kind);
      assertEquals("audit_unavailable", told.code(), told.raw());
      assertTrue(told.text().contains("cannot write its record"), told.text());
    }
    assertEquals(503, olga.approve(approval));
    assertTrue(olga.all().contains("The broker cannot write at the moment"), olga.all());
    assertEquals(200, olga.get("/approvals").statusCode(), "what waits can still be read");
    assertEquals(sent, company.journal().size());
    assertTrue(server.lives());

    disk.makeRoom();
    goesOn(approval);
  }

  /// PostgreSQL gives up when it cannot write its log of changes, and does not start without room.
  @Test
  void aServerThatGivesUpForWantOfRoomStopsEverythingUntilItIsBack() throws Exception {
    String approval = call(Job.Kind.CONFIRMED).approval();
    fillUntilRefused();
    int sent = company.journal().size();

    for (Job.Kind kind : Job.Kind.values()) {
      Called told = call(kind);
      assertTrue(refused(told), told.raw());
    }
    assertNotEquals(303, olga.approve(approval));
    assertEquals(sent, company.journal().size());

    assertTrue(server.givesUp());
    disk.makeRoom();
    server.comeBack();
    goesOn(approval);
  }

  private void goesOn(String approval) throws Exception {
    until("ok", Job.Kind.FREE_WRITE);
    until("ok", Job.Kind.READ);
    int status = 503;
    for (int i = 0; i < MANY && status == 503; i++) {
      status = olga.approve(approval);
    }
    assertEquals(303, status);
    ledger.voted(approval, "olga", true);
    assertEquals("approved", agent.awaitApproval(approval, 15).code());
    assertTrue(broker.lives());
    assertEquals(0, broker.stop(), broker.endOfLog());
    var broken = new ArrayList<>(Aftermath.read(server).broken(ledger, jobs, company.journal()));
    broken.addAll(Aftermath.findings(server));
    assertEquals(List.of(), broken);
    assertEquals(0, server.verify().unsigned(), "records that no checkpoint has signed");
  }

  /// Fills the disk; the server still has room in the files that it has, until that is used up.
  private void fillUntilRefused() throws IOException {
    disk.fill();
    int refusals = 0;
    for (int i = 0; i < MANY && refusals < REFUSALS; i++) {
      refusals = refused(call(Job.Kind.FREE_WRITE)) ? refusals + 1 : 0;
      if (refusals > 0) {
        disk.fill();
      }
    }
    assertEquals(REFUSALS, refusals, "the disk is full and the broker goes on");
  }

  private void until(String code, Job.Kind kind) {
    for (int i = 0; i < MANY; i++) {
      if (call(kind).code().equals(code)) {
        return;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
    throw new AssertionError("never answered " + code + broker.endOfLog());
  }

  private Called call(Job.Kind kind) {
    var job = new Job(++numbers, kind, "a1", false);
    Called answer = agent.call(job.tool(), job.arguments());
    jobs.put(job.number(), job);
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
}
