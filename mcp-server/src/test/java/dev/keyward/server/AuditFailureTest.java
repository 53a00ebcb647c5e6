package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.server.audit.AuditVerifier;
import dev.keyward.server.audit.VerifierKey;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Where no record can be written, nothing is sent.
@Timeout(180)
final class AuditFailureTest {
  private static final String TICKET = "{\"ticket_id\":\"4812\"}";
  private static final String NOTE = TestBroker.NOTE;

  @TempDir Path folder;
  private TestBroker broker;
  private StandIn upstream;

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.in(folder);
    upstream = broker.upstream();
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void anApprovedWriteIsNotSentWhileItsIntentCannotBeWritten() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    Called asked = agent.call("crm.add_note", NOTE);
    broker.signIn("olga").approve(asked.approval());

    try (Connection lock = locked()) {
      Called refused = agent.call("crm.add_note", NOTE);

      assertEquals("audit_unavailable", refused.code());
      assertEquals(List.of(), upstream.journal());
      lock.createStatement().execute("ROLLBACK");
    }

    assertEquals("ok", agent.call("crm.add_note", NOTE).code());
    assertEquals(1, upstream.writes().size());
  }

  @Test
  void afterOneFailedRecordNothingNewIsSentUntilTheNextOneHolds() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    upstream.answers("{\"id\":\"4812\",\"subject\":\"Late\"}");
    agent.list();
    agent.call("crm.read_ticket", TICKET);
    assertEquals(1, upstream.journal().size());

    Path aside = broker.home().folder().resolve("aside.db");
    Files.move(broker.home().database(), aside);
    Called first = agent.call("crm.read_ticket", TICKET);
    assertEquals("audit_unavailable", first.code());
    assertFalse(first.raw().contains("Late"), first.raw());
    int sent = upstream.journal().size();

    Called second = agent.call("crm.read_ticket", TICKET);

    assertEquals("audit_unavailable", second.code());
    assertEquals(sent, upstream.journal().size());
    Files.move(aside, broker.home().database());
    broker.stop();
    broker.start();
    assertEquals("ok", agent.with(agent.key()).call("crm.read_ticket", TICKET).code());
  }

  @Test
  void aDatabaseThatIsGoneIsNoticed() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    Called asked = agent.call("crm.add_note", NOTE);
    broker.signIn("olga").approve(asked.approval());
    Path aside = broker.home().folder().resolve("aside.db");
    Files.move(broker.home().database(), aside);

    Called refused = agent.call("crm.add_note", NOTE);

    assertTrue(refused.failed());
    assertEquals("audit_unavailable", refused.code());
    assertEquals(List.of(), upstream.journal());
    Files.move(aside, broker.home().database());
  }

  @Test
  void theRecordIsWholeAfterATroubledDay() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    agent.call("crm.read_ticket", TICKET);
    Path aside = broker.home().folder().resolve("aside.db");
    Files.move(broker.home().database(), aside);
    agent.call("crm.read_ticket", TICKET);
    agent.call("crm.read_ticket", TICKET);
    Files.move(aside, broker.home().database());
    broker.stop();
    broker.start();
    agent.with(agent.key()).call("crm.read_ticket", TICKET);
    broker.stop();

    var result =
        AuditVerifier.verify(
            broker.home().database(),
            Optional.of(broker.home().folder().resolve("checkpoints.txt")),
            Optional.of(VerifierKey.read(broker.home().auditPublicKey())));

    assertEquals(List.of(), result.findings());
  }

  /// {@return a connection that keeps everybody from writing, the broker included}
  private Connection locked() throws Exception {
    Connection other = broker.sql();
    try (var statement = other.createStatement()) {
      statement.execute("PRAGMA busy_timeout = 20000");
      statement.execute("BEGIN IMMEDIATE");
    }
    return other;
  }
}
