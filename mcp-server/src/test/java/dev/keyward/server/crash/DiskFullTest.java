package dev.keyward.server.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.server.AgentClient;
import dev.keyward.server.Called;
import dev.keyward.server.Reviewer;
import dev.keyward.server.config.Home;
import dev.keyward.server.control.OperatorError;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A broker whose home folder, log included, lies on a real disk of a few megabytes that fills up.
@Tag("crash")
@Timeout(900)
final class DiskFullTest {
  private static final int DISK_BYTES = 6 << 20;
  private static final int MANY = 2_000;

  @TempDir Path folder;
  private final Company company = new Company(0);
  private final List<BrokerProcess> started = new ArrayList<>();
  private final Ledger ledger = new Ledger();
  private final Map<Integer, Job> jobs = new ConcurrentHashMap<>();
  private SmallDisk disk;
  private Home inside;
  private Home seen;
  private BrokerProcess broker;
  private AgentClient agent;
  private Reviewer olga;
  private int numbers;

  @BeforeEach
  void start() throws Exception {
    disk = SmallDisk.mount(Files.createDirectory(folder.resolve("disk")), DISK_BYTES);
    inside = new Home(disk.inside().resolve("home"));
    seen = CrashHome.make(disk.seen().resolve("home"), company.origin(), "");
    company.alwaysAnswers();
    broker = serve().listening();
    broker.operate("secret.set", Map.of("name", "desk#token", "value", "desk-key-0"));
    olga = signIn("olga");
    var added =
        broker.operate(
            "agent.add", Map.of("name", "a1", "owner", "olga", "tools", List.of("desk.*")));
    agent = new AgentClient("a1", () -> broker.agents(), added.path("key").stringValue());
  }

  @AfterEach
  void stop() {
    started.forEach(BrokerProcess::end);
    if (disk != null) {
      disk.close();
    }
    company.close();
  }

  @Test
  void onAFullDiskNothingIsSentAndThereIsAClearSentence() throws Exception {
    fillUntilRefused();
    int sent = company.journal().size();

    for (Job.Kind kind : Job.Kind.values()) {
      Called refused = call(kind);

      assertEquals("audit_unavailable", refused.code(), refused.text());
      assertTrue(refused.text().contains("cannot write its record"), refused.text());
    }
    assertEquals(sent, company.journal().size());
  }

  @Test
  void onceThereIsRoomItGoesOnWithoutARestartAndHasLostNothing() throws Exception {
    call(Job.Kind.CONFIRMED);
    fillUntilRefused();

    disk.makeRoom();

    untilAnswered("ok", Job.Kind.FREE_WRITE);
    assertEquals("ok", call(Job.Kind.READ).code());
    assertEquals("pending", call(Job.Kind.CONFIRMED).code());
    assertEquals(List.of(), brokenClaims());
  }

  @Test
  void thePageSaysThatItCannotWriteAndTheDecisionCountsOnlyOnceThereIsRoom() throws Exception {
    String approval = call(Job.Kind.CONFIRMED).approval();
    fillUntilRefused();

    assertEquals(503, olga.approve(approval));
    assertTrue(olga.all().contains("The broker cannot write at the moment"), olga.all());
    assertEquals(200, olga.get("/approvals").statusCode(), "what waits can still be read");
    assertEquals("pending", agent.awaitApproval(approval, 0).code());

    disk.makeRoom();
    assertEquals(303, untilDecided(approval));
    assertEquals("approved", agent.awaitApproval(approval, 0).code());
  }

  @Test
  void aSecretThatCannotBeWrittenLeavesTheOldOneInItsPlace() throws Exception {
    byte[] before = Files.readAllBytes(seen.secrets());
    fillUntilRefused();
    assertThrows(
        OperatorError.class,
        () -> broker.operate("secret.rotate", Map.of("name", "desk#token", "value", "desk-key-1")));

    assertEquals(-1, Arrays.mismatch(before, Files.readAllBytes(seen.secrets())));
    disk.makeRoom();
    untilAnswered("ok", Job.Kind.READ);
    assertEquals(
        2,
        broker
            .operate("secret.rotate", Map.of("name", "desk#token", "value", "desk-key-2"))
            .path("version")
            .intValue());
    assertEquals("ok", call(Job.Kind.READ).code());
  }

  /// Whether a start needs more room than the last log left depends on where the kill hit.
  @Test
  void killedOnAFullDiskItSaysSoIfItCannotStartAndLosesNothing() throws Exception {
    fillUntilRefused();
    broker.kill();
    disk.fill();

    BrokerProcess next = serve(folder.resolve("next.log"));
    if (!next.comesUp()) {
      assertEquals(3, next.ended(), next.endOfLog());
      assertTrue(next.endOfLog().contains("disk"), next.endOfLog());
    }
    next.kill();
    disk.makeRoom();

    broker = serve().listening();
    agent.with(agent.key());
    assertEquals("ok", call(Job.Kind.FREE_WRITE).code());
    assertEquals(List.of(), brokenClaims());
  }

  @Test
  void checkpointsCatchUpOnceThereIsRoom() throws Exception {
    fillUntilRefused();
    disk.makeRoom();
    untilAnswered("ok", Job.Kind.FREE_WRITE);

    assertEquals(0, broker.stop());

    Engine engine = new SqliteEngine(copyOfHome());
    assertEquals(List.of(), Aftermath.findings(engine));
    assertEquals(0, engine.verify().unsigned());
    assertFalse(
        Files.readString(seen.folder().resolve("checkpoints.txt")).isEmpty(), "checkpoints");
  }

  /// Fills the disk; SQLite still has room in the log that it has, so calls until that is used up.
  private void fillUntilRefused() throws IOException {
    disk.fill();
    for (int i = 0; i < MANY; i++) {
      if (call(Job.Kind.FREE_WRITE).code().equals("audit_unavailable")) {
        disk.fill();
        return;
      }
    }
    throw new AssertionError(
        "the disk is full and the broker goes on: " + codes() + broker.endOfLog());
  }

  private void untilAnswered(String code, Job.Kind kind) {
    for (int i = 0; i < MANY; i++) {
      if (call(kind).code().equals(code)) {
        return;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }
    throw new AssertionError("never answered " + code + ": " + codes() + broker.endOfLog());
  }

  private Map<String, Long> codes() {
    return ledger.answers().stream()
        .collect(Collectors.groupingBy(Ledger.Answer::code, Collectors.counting()));
  }

  private int untilDecided(String approval) {
    int status = 503;
    for (int i = 0; i < MANY && status == 503; i++) {
      status = olga.approve(approval);
    }
    return status;
  }

  private Called call(Job.Kind kind) {
    var job = new Job(++numbers, kind, "a1", false);
    Called answer = agent.call(job.tool(), job.arguments());
    jobs.put(job.number(), job);
    ledger.answered(job, answer);
    return answer;
  }

  /// Held against the disk after an orderly end: what had to wait for room has been written.
  private List<String> brokenClaims() throws Exception {
    assertEquals(0, broker.stop());
    Engine engine = new SqliteEngine(copyOfHome());
    var broken = new ArrayList<>(Aftermath.read(engine).broken(ledger, jobs, company.journal()));
    broken.addAll(Aftermath.findings(engine));
    return broken;
  }

  private Home copyOfHome() throws IOException {
    Path copy = Files.createDirectories(folder.resolve("copy"));
    try (var files = Files.list(seen.folder())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return new Home(copy);
  }

  private Reviewer signIn(String name) {
    var added = broker.operate("person.add", Map.of("name", name));
    URI link = URI.create(added.path("link").stringValue());
    return Reviewer.signIn(() -> broker.people(), link).orElseThrow();
  }

  /// Its log is on the small disk too.
  private BrokerProcess serve() {
    return serve(disk.seen().resolve("broker.log"));
  }

  private BrokerProcess serve(Path log) {
    BrokerProcess process = BrokerProcess.start(inside, seen, log, disk.runner());
    started.add(process);
    return process;
  }
}
