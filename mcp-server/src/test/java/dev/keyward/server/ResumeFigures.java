package dev.keyward.server;

import dev.keyward.store.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// How long it takes from a person's decision until the call that waited for it has been answered;
/// prints figures, checks nothing. Its one argument, if any, is how many decisions.
final class ResumeFigures {
  private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();
  private static final String SETTINGS =
      "approvals: {max_pending_per_agent: 1000, hold_seconds: {test: 3600}}\n";
  private static final int WARM = 50;

  private ResumeFigures() {}

  /// Prints medians and 99th percentiles.
  public static void main(String[] arguments) throws Exception {
    int many = arguments.length == 0 ? 300 : Integer.parseInt(arguments[0]);
    Path folder = Files.createTempDirectory("keyward-resume");
    try (var broker = TestBroker.in(folder.resolve("one"), SETTINGS)) {
      measure("one broker, SQLite", many, broker, broker);
    }
    String shared = TestBroker.on(TestPostgres.shared().database()) + SETTINGS;
    Path home = folder.resolve("two");
    try (var broker = TestBroker.in(home, shared);
        var sister = broker.sister(home, shared)) {
      measure("decided at another broker, PostgreSQL", many, broker, sister);
    } finally {
      delete(folder);
    }
    System.exit(0);
  }

  private static void measure(String what, int many, TestBroker decides, TestBroker waits)
      throws Exception {
    AgentClient agent = decides.agent("a1", "crm.*");
    AgentClient there = waits == decides ? agent : waits.visited(agent);
    Reviewer olga = decides.signIn("olga");
    List<Double> recorded = new ArrayList<>();
    List<Double> resumed = new ArrayList<>();
    while (!there.call("crm.read_ticket", "{\"ticket_id\":\"1\"}").code().equals("ok")) {
      Thread.onSpinWait(); // until the other broker knows the agent
    }
    for (int i = -WARM; i < many; i++) {
      String note = "{\"ticket_id\":\"4812\",\"text\":\"Number " + i + "\",\"internal\":true}";
      CompletableFuture<Called> held =
          CompletableFuture.supplyAsync(() -> there.call("crm.add_note", note), THREADS);
      String approval = waiting(decides, held);
      olga.open(approval);
      long pressed = System.nanoTime();
      CompletableFuture<Long> answered = held.thenApply(_ -> System.nanoTime());
      olga.approve(approval);
      long said = System.nanoTime();
      long back = answered.join();
      if (!held.join().code().equals("ok")) {
        throw new IllegalStateException(held.join().raw());
      }
      if (i >= 0) {
        recorded.add((said - pressed) / 1e6);
        resumed.add((back - pressed) / 1e6);
      }
    }
    say(what + ": pressed, page answered", recorded);
    say(what + ": pressed, agent answered", resumed);
  }

  private static String waiting(TestBroker broker, CompletableFuture<Called> held) {
    while (true) {
      if (held.isDone()) {
        throw new IllegalStateException("answered without people: " + held.join().raw());
      }
      JsonNode listed = broker.operate("approvals.list", "{\"state\":\"pending\"}");
      if (!listed.isEmpty()) {
        return listed.path(0).path("approval").asString();
      }
    }
  }

  private static void say(String what, List<Double> millis) {
    List<Double> sorted = millis.stream().sorted().toList();
    System.out.printf(
        "%-62s p50 %6.2f ms   p99 %6.2f ms   (%d)%n",
        what, sorted.get(sorted.size() / 2), sorted.get(sorted.size() * 99 / 100), sorted.size());
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}
