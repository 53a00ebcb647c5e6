package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.server.credential.Canary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Credentials that a program prints, and the embedded store's master key, through a whole broker.
@Timeout(120)
final class SecretSourcesTest {
  private static final String VALUE = "desk-4fJq83LmZx0Vd71PwsTy";
  private static final String DESK =
      """
      system: desk
      origin: https://desk.example
      credential: {ref: "command:desk#value", in: bearer}
      tools:
        read_ticket:
          title: Read a ticket
          description: Reads one ticket.
          tier: read
          summary: Read ticket {ticket_id}
          input:
            properties:
              ticket_id: {type: string, description: The number., maxLength: 60}
            required: [ticket_id]
          request: {method: GET, path: "/tickets/{ticket_id}"}
          result: [id, subject]
      """;

  @TempDir Path folder;
  private final Canary log = Canary.listening();
  private TestBroker broker;
  private AgentClient agent;

  @BeforeEach
  void start() throws Exception {
    broker =
        TestBroker.in(
            folder,
            """
            commands:
              desk: {run: [/bin/sh, -c, 'echo "$0 $*" >> runs; cat desk-key', one, two]}
            """);
    broker.catalog("desk.yaml", DESK);
    agent = broker.agent("a1", "desk.*");
    broker.upstream().answers("{\"id\":\"7\",\"subject\":\"echo " + VALUE + "\"}");
  }

  @AfterEach
  void stop() {
    broker.close();
    log.close();
  }

  @Test
  void whatAProgramPrintsOpensTheUpstreamAndComesBackToNobody() throws Exception {
    Files.writeString(broker.home().folder().resolve("desk-key"), VALUE + "\n");

    Called called = read("7");

    assertEquals(
        Optional.of("Bearer " + VALUE), broker.upstream().journal().getLast().authorization());
    assertEquals("ok", called.code(), called.raw());
    Canary.assertFree(called.raw(), VALUE);
    Canary.assertFree(log.logged(), VALUE);
    Canary.assertFree(broker.operate("audit.list", "{}").toString(), VALUE);
  }

  @Test
  void nothingThatAnAgentSendsReachesTheProgram() throws Exception {
    Files.writeString(broker.home().folder().resolve("desk-key"), VALUE);

    read("$(id)");
    read("`id`; id");

    String runs = Files.readString(broker.home().folder().resolve("runs"));
    assertTrue(runs.matches("(one two\n)+"), runs);
  }

  @Test
  void aProgramThatFailsEndsTheCallAndDoctorSaysWhy() {
    int before = broker.upstream().journal().size();

    Called called = read("7");

    assertEquals(before, broker.upstream().journal().size(), "nothing was sent");
    assertEquals("credential_unavailable", called.code(), called.raw());
    assertTrue(log.logged().contains("command:desk#value of tool desk.read_ticket cannot be had"));
    JsonNode doctor = broker.operate("doctor", "{}");
    assertTrue(doctor.toString().contains("the program ends with exit code 1"), doctor.toString());
    assertTrue(doctor.toString().contains("\"master key\""), doctor.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "commands: {desk: {}}|/commands/desk/run",
        "commands: {desk: {run: []}}|/commands/desk/run",
        "commands: {desk: {run: op read}}|/commands/desk/run",
        "commands: {'a b': {run: [op]}}|/commands",
        "commands: {desk: {run: [op], environment: [A=canary]}}|/commands/desk/environment",
        "commands: {desk: {run: [op], shell: true}}|/commands/desk",
        "commands: {desk: {run: [op], cache_seconds: 0}}|/commands/desk/cache_seconds",
        "secrets: {master_key: {}}|/secrets/master_key",
        "secrets: {master_key: {key: canary}}|/secrets/master_key",
        "secrets: {master_key: {systemd_credential: ../x}}|/secrets/master_key/systemd_credential",
        "secrets: {master_key: {systemd_credential: x, file: y}}|/secrets/master_key",
        "secrets: {master_key: {systemd_credential: x}}|CREDENTIALS_DIRECTORY",
        "secrets: {master_key: {command: {run: [/bin/false]}}}|secrets.master_key.command",
        "secrets: {master_key: {command: {run: [/bin/echo, changeme]}}}|placeholder",
        "secrets: {master_key: {file: none}}|is missing",
        "secrets: {keep_replaced_hours: 0}|/secrets/keep_replaced_hours",
      })
  void aSettingThatIsWrongDoesNotStart(String settings, String field) throws Exception {
    broker.stop();
    broker.configure(settings + "\n");

    var refused = assertThrows(CannotStart.class, broker::start);

    String said = String.valueOf(refused.getMessage());
    assertTrue(said.contains(field), said);
    assertFalse(said.contains("canary"), said);
  }

  private Called read(String ticket) {
    return agent.call("desk.read_ticket", "{\"ticket_id\":\"" + ticket + "\"}");
  }
}
