package dev.keyward.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.keyward.store.PostgresSettings;
import dev.keyward.store.TestPostgres;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Tasks over two brokers with one database, of which one may end.
@Timeout(180)
final class TaskReplicasTest {
  private static final Executor THREADS = Executors.newVirtualThreadPerTaskExecutor();
  private static final String TICKET = "{\"ticket_id\":\"4812\"}";
  private static final String NOTE = TestBroker.NOTE;
  private static final int ASKING = 20;

  @TempDir Path folder;
  private final PostgresSettings database = TestPostgres.shared().database();
  private TestBroker one;
  private TestBroker two;
  private AgentClient plain;
  private TaskClient here;
  private TaskClient there;

  @BeforeEach
  void start() throws Exception {
    one = TestBroker.in(folder, TestBroker.on(database));
    two = one.sister(folder, TestBroker.on(database));
    plain = one.agent("a1", "crm.*");
    here = TaskClient.of(one, plain);
    there = TaskClient.of(two, plain);
    while (two.visited(plain).list().status() == 401) {
      Thread.onSpinWait(); // until the other broker knows the new key
    }
  }

  @AfterEach
  void stop() {
    two.close();
    one.close();
  }

  @Test
  void aTaskIsKnownAtBothBrokersAndRunsOnce() {
    String task = here.task("crm.add_note", NOTE);

    two.signIn("olga").approve(there.approval(task));

    JsonNode ended = there.end(task);
    assertEquals("ok", TaskClient.code(ended));
    assertEquals(ended.path("result"), here.end(task).path("result"));
    assertEquals(1, one.upstream().writes().size());
  }

  @Test
  void whatIsTakenBackAtOneBrokerEndsAtTheOther() {
    var go = new CountDownLatch(1);
    one.upstream().answers(_ -> await(go));
    String task = here.task("crm.read_ticket", TICKET);

    there.about("tasks/cancel", task);

    assertEquals("cancelled", there.end(task).path("status").asString());
    go.countDown();
  }

  /// However many ask the brokers that are left, one of them takes it over.
  @Test
  void aTaskWhoseBrokerEndedIsTakenOverOnce() throws Exception {
    String task = here.task("crm.add_note", NOTE);
    String approval = here.approval(task);
    one.stop();
    two.signIn("olga").approve(approval);
    one.start();
    assertEquals(List.of(), one.upstream().writes());

    List<CompletableFuture<JsonNode>> asking = new ArrayList<>();
    for (int i = 0; i < ASKING; i++) {
      TaskClient client = i % 2 == 0 ? here : there;
      asking.add(CompletableFuture.supplyAsync(() -> client.end(task), THREADS));
    }

    for (var asked : asking) {
      assertEquals("ok", TaskClient.code(asked.get(120, SECONDS)));
    }
    assertEquals(1, one.upstream().writes().size());
  }

  @Test
  void aTaskThatWasTakenBackIsNotTakenOver() throws Exception {
    String task = here.task("crm.add_note", NOTE);
    String approval = here.approval(task);
    there.about("tasks/cancel", task);
    one.stop();
    one.start();

    JsonNode ended = there.end(task);

    assertEquals("cancelled", ended.path("status").asString());
    assertEquals("cancelled", one.state(approval));
    assertEquals(List.of(), one.upstream().writes());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
