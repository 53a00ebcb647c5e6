package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// `access`: who can reach what, in which runs, and when each last did.
@Timeout(120)
final class InventoryTest {
  private static final String TICKET = "{\"ticket_id\":\"4812\"}";

  @TempDir Path folder;
  private TestBroker broker;
  private RunDoor runs;

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.in(folder);
    runs = new RunDoor(broker);
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void itSaysWhatEachAgentReachesWithWhichCredential() {
    broker.agent("a1", "crm.read_ticket", "stripe.list_invoices");
    broker.agent("a2", "crm.*");

    JsonNode row = row("a1", "crm.read_ticket");

    assertEquals(Set.of("crm.read_ticket", "stripe.list_invoices"), tools("{\"agent\":\"a1\"}"));
    assertEquals("local:crm#token", row.get("credential").stringValue());
    assertEquals("read", row.get("tier").stringValue());
    assertEquals(Set.of("stripe.list_invoices"), tools("{\"target\":\"stripe\"}"));
    assertEquals(2, rows("{\"tool\":\"crm.read_ticket\"}").size());
    assertEquals(0, rows("{\"credential\":\"local:other#token\"}").size());
    assertFalse(rows("{}").toString().contains(TestBroker.CRM_KEY));
  }

  @Test
  void itNamesTheRunsInWhichATool_isReachedAndWhenItLastWas() {
    AgentClient agent = broker.agent("a1", "crm.*");
    RunDoor.Reply narrow = runs.open(agent.key(), "[{\"tools\":[\"crm.add_note\"]}]");
    RunDoor.Reply inner =
        runs.open(
            runs.open(agent.key(), "[{\"tools\":[\"crm.read_ticket\"]}]").token(),
            "[{\"tools\":[\"crm.read_ticket\"]}]");
    assertFalse(row("a1", "crm.read_ticket").has("last_used"));
    agent.call("crm.read_ticket", TICKET);

    JsonNode read = row("a1", "crm.read_ticket");

    assertEquals(
        broker.clock().instant().toString().substring(0, 19) + "Z",
        read.get("last_used").stringValue());
    assertEquals(3, read.get("runs").size(), "the standing run, the outer and the inner one");
    assertTrue(read.get("runs").toString().contains(inner.run()));
    assertFalse(read.get("runs").toString().contains(narrow.run()));
    runs.end(agent.key(), narrow.run());
    assertEquals(1, row("a1", "crm.add_note").get("runs").size());
  }

  @Test
  void whatIsStoppedOrRevokedIsSaid() {
    broker.agent("a1", "crm.*");
    broker.agent("a2", "crm.*");
    broker.operate("stop", "{\"kind\":\"tool\",\"name\":\"crm.read_ticket\"}");
    broker.operate("agent.revoke", "{\"name\":\"a2\"}");

    assertEquals(true, row("a1", "crm.read_ticket").get("stopped").booleanValue());
    assertEquals(false, row("a1", "crm.add_note").get("stopped").booleanValue());
    assertEquals(0, rows("{\"agent\":\"a2\"}").size());
  }

  private JsonNode row(String agent, String tool) {
    JsonNode rows = rows("{\"agent\":\"%s\",\"tool\":\"%s\"}".formatted(agent, tool));
    assertEquals(1, rows.size(), rows.toString());
    return rows.get(0);
  }

  private JsonNode rows(String filter) {
    return broker.operate("access", filter);
  }

  private Set<String> tools(String filter) {
    List<JsonNode> rows = rows(filter).valueStream().toList();
    Set<String> tools = new TreeSet<>();
    rows.forEach(row -> tools.add(row.get("tool").stringValue()));
    return tools;
  }
}
