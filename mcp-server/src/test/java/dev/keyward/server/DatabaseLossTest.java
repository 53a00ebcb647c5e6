package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.keyward.store.CutWire;
import dev.keyward.store.PostgresSettings;
import dev.keyward.store.TestPostgres;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A broker whose database goes away sends nothing, and goes on when it is back.
@Timeout(180)
final class DatabaseLossTest {
  private static final String TICKET = "{\"ticket_id\":\"4812\"}";
  private static final String NOTE = TestBroker.NOTE;

  @TempDir Path folder;
  private final PostgresSettings database = TestPostgres.shared().database();
  private final CutWire wire = new CutWire(database);
  private TestBroker broker;
  private AgentClient agent;

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.in(folder, TestBroker.on(wire.through(database)));
    agent = broker.agent("a1", "crm.*");
    agent.initialize();
  }

  @AfterEach
  void stop() throws Exception {
    broker.close();
    wire.close();
  }

  @Test
  void withoutTheDatabaseNothingIsSentAndWithItCallsRunAgain() {
    assertEquals("ok", agent.call("crm.read_ticket", TICKET).code());
    wire.cut();
    until(() -> agent.call("crm.read_ticket", TICKET).status() == 503);
    int sent = broker.upstream().journal().size();

    Called refused = agent.call("crm.read_ticket", TICKET);
    Called write = agent.call("crm.add_note", NOTE);
    wire.mend();

    assertNotEquals("ok", refused.code());
    assertNotEquals("pending", write.code());
    assertEquals(sent, broker.upstream().journal().size());
    until(() -> agent.call("crm.read_ticket", TICKET).code().equals("ok"));
    assertEquals("pending", agent.call("crm.add_note", NOTE).code());
  }

  @Test
  void aWriteWhoseIntentMayOrMayNotStandIsNotSentAndItsApprovalIsGivenBack() {
    String approval = approved();
    wire.loseAnswerToCommitOf("call.intent");

    Called refused = agent.call("crm.add_note", NOTE);

    assertEquals("audit_unavailable", refused.code());
    assertEquals(0, broker.upstream().writes().size());
    until(() -> state(approval).equals("approved"));
    List<String> trail = broker.trail(refused.call());
    assertEquals(1, trail.stream().filter("call.outcome"::equals).count(), trail.toString());
    assertEquals("ok", agent.call("crm.add_note", NOTE).code());
    assertEquals(1, broker.upstream().writes().size());
  }

  @Test
  void anOutcomeThatMayOrMayNotStandIsRecordedOnceAndItsAnswerKeptBack() {
    String approval = approved();
    wire.loseAnswerToCommitOf("call.outcome");

    Called lost = agent.call("crm.add_note", NOTE);

    assertEquals("outcome_unknown", lost.code());
    until(() -> state(approval).equals("done"));
    until(() -> agent.call("crm.read_ticket", TICKET).code().equals("ok"));
    List<String> trail = broker.trail(lost.call());
    assertEquals(1, trail.stream().filter("call.outcome"::equals).count(), trail.toString());
    assertEquals(1, broker.upstream().writes().size());
  }

  private String approved() {
    String approval = agent.call("crm.add_note", NOTE).approval();
    assertEquals(303, broker.signIn("olga").approve(approval));
    return approval;
  }

  /// As the database tells it without the broker; empty while that cannot be asked.
  private String state(String approval) {
    try {
      return broker.state(approval);
    } catch (RuntimeException e) {
      return "";
    }
  }

  private static void until(BooleanSupplier holds) {
    while (!holds.getAsBoolean()) {
      Thread.onSpinWait();
    }
  }
}
