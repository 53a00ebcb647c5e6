package dev.keyward.server.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.keyward.server.AgentClient;
import dev.keyward.server.Called;
import dev.keyward.server.Reviewer;
import dev.keyward.server.config.Home;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What power loss would take: nothing is acknowledged before the disk has it. The broker's own
/// system calls are the witness, in the order in which the kernel saw them.
@Tag("crash")
@Timeout(300)
final class FsyncOrderTest {
  private static final int ROUNDS = 10;

  @TempDir Path folder;
  private final Company company = new Company(0);
  private BrokerProcess broker;
  private Path trace;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(canTrace(), "needs strace, and the right to trace a child");
    company.alwaysAnswers();
    trace = folder.resolve("trace");
    Home home = CrashHome.make(folder.resolve("home"), company.origin(), "");
    broker = BrokerProcess.start(home, home, BrokerProcess.log(home), SystemCalls.runner(trace));
    broker.listening();
  }

  @AfterEach
  void stop() {
    if (broker != null) {
      broker.end();
    }
    company.close();
  }

  @Test
  void noAnswerAndNoDecisionIsAcknowledgedBeforeItIsOnDisk() throws Exception {
    broker.operate("secret.set", Map.of("name", "desk#token", "value", "desk-key-0"));
    var person = broker.operate("person.add", Map.of("name", "olga"));
    Reviewer olga =
        Reviewer.signIn(() -> broker.people(), URI.create(person.path("link").stringValue()))
            .orElseThrow();
    var added =
        broker.operate(
            "agent.add", Map.of("name", "a1", "owner", "olga", "tools", List.of("desk.*")));
    var agent = new AgentClient("a1", () -> broker.agents(), added.path("key").stringValue());

    for (int i = 0; i < ROUNDS; i++) {
      read(agent, i);
      write(agent, olga, i);
    }
    read(agent, ROUNDS); // by then what came before stands in the trace
    var seen = SystemCalls.read(trace);
    broker.end();

    assertEquals(List.of(), seen.early(), "acknowledged before it was on disk");
    assertTrue(seen.answers() >= 3 * ROUNDS, seen.answers() + " answers seen");
    assertTrue(seen.decisions() >= ROUNDS, seen.decisions() + " decisions seen");
    CrashReport.write(
        "fsync",
        "fsync order: "
            + seen.answers()
            + " answers and "
            + seen.decisions()
            + " decisions, each on the socket only after the fsync that made it durable; "
            + seen.syncs()
            + " fsyncs");
  }

  private static void read(AgentClient agent, int number) {
    var job = new Job(number, Job.Kind.READ, "a1", false);
    assertEquals("ok", agent.call(job.tool(), job.arguments()).code());
  }

  private static void write(AgentClient agent, Reviewer olga, int number) {
    var job = new Job(number, Job.Kind.CONFIRMED, "a1", false);
    Called pending = agent.call(job.tool(), job.arguments());
    assertEquals(303, olga.approve(pending.approval()));
    assertEquals("ok", agent.call(job.tool(), job.arguments()).code());
  }

  private boolean canTrace() throws InterruptedException {
    try {
      Process tried =
          new ProcessBuilder("strace", "-f", "-o", folder.resolve("tried").toString(), "true")
              .redirectErrorStream(true)
              .start();
      tried.getInputStream().readAllBytes();
      return tried.waitFor(20, TimeUnit.SECONDS)
          && tried.exitValue() == 0
          && Files.readString(folder.resolve("tried"), StandardCharsets.UTF_8).contains("execve");
    } catch (IOException e) {
      return false;
    }
  }
}
