package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.server.credential.Canary;
import dev.keyward.server.credential.vault.VaultAdmin;
import dev.keyward.server.credential.vault.VaultTwin;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Calls whose credential lies in Vault, through a whole broker.
@Timeout(120)
final class VaultBrokerTest {
  private static final String FIRST = "desk-4fJq83LmZx0Vd71PwsTy";
  private static final String SECOND = "desk-9sKd02Mxq7TzLbW4uYhE";
  private static final String READ = "/v1/kv/data/desk";
  private static final String TICKET = "{\"ticket_id\":\"7\"}";
  private static final String DESK =
      """
      system: desk
      origin: https://desk.example
      credential: {ref: "vault:kv/desk#token", in: bearer}
      error: [message]
      tools:
        read_ticket:
          title: Read a ticket
          description: Reads one ticket.
          tier: read
          summary: Read ticket {ticket_id}
          input:
            properties:
              ticket_id: {type: string, description: The number., pattern: "^[0-9]{1,9}$"}
            required: [ticket_id]
          request: {method: GET, path: "/tickets/{ticket_id}"}
          result: [id, subject]
        close_ticket:
          title: Close a ticket
          description: Closes one ticket.
          tier: write
          summary: Close ticket {ticket_id}
          input:
            properties:
              ticket_id: {type: string, description: The number., pattern: "^[0-9]{1,9}$"}
            required: [ticket_id]
          request: {method: POST, path: "/tickets/{ticket_id}/close"}
          result: [id]
      """;

  @TempDir Path folder;
  private final SettableClock twinClock = new SettableClock();
  private final VaultTwin twin = new VaultTwin(twinClock);
  private final VaultAdmin admin = new VaultAdmin(twin.address(), VaultTwin.ROOT, Optional.empty());
  private final Canary log = Canary.listening();
  private TestBroker broker;
  private AgentClient agent;

  @BeforeEach
  void start() throws Exception {
    admin.mount("kv");
    admin.policy("broker", "kv/data/");
    admin.write("kv", "desk", "token", FIRST);
    String role = admin.appRole("approle", "broker", "broker", "\"token_ttl\":3600");
    Files.writeString(folder.resolve("secret-id"), admin.secretId("approle", "broker"));
    broker =
        TestBroker.in(
            folder,
            """
            vault:
              address: %s
              auth: {approle: {role_id: %s, secret_id_file: ../secret-id}}
              connect_timeout_seconds: 2
              request_timeout_seconds: 2
            """
                .formatted(twin.address(), role));
    broker.catalog("desk.yaml", DESK);
    broker.upstream().answers("{\"id\":\"7\",\"subject\":\"Printer\"}");
    agent = broker.agent("a1", "desk.*", "crm.*");
  }

  @AfterEach
  void stop() {
    broker.close();
    twin.close();
    log.close();
  }

  @Test
  void aCallIsMadeWithWhatVaultHolds() {
    Called called = read();

    assertEquals("ok", called.code(), called.raw());
    assertEquals(Optional.of("Bearer " + FIRST), shown());
    JsonNode outcome = outcome(called);
    assertEquals("vault:kv/desk#token", outcome.at("/credential/reference").asString(""));
    assertEquals(1, outcome.at("/credential/version").asInt());
    assertTrue(outcome.at("/credential/standing").asBoolean());
  }

  @Test
  void callsCostVaultNothingWhileTheValueIsKept() {
    for (int i = 0; i < 20; i++) {
      assertEquals("ok", read().code());
    }

    assertEquals(1, reads().size());
  }

  @Test
  void aRotationIsPickedUpOnceTheCacheIsOver() {
    read();
    admin.write("kv", "desk", "token", SECOND);

    broker.clock().move(Duration.ofSeconds(61));
    Called called = read();

    assertEquals(Optional.of("Bearer " + SECOND), shown());
    assertEquals(2, outcome(called).at("/credential/version").asInt());
  }

  @Test
  void aRotationIsPickedUpAtOnceWhereTheOldValueIsRefused() {
    read();
    admin.write("kv", "desk", "token", SECOND);
    refuses(FIRST);

    assertEquals("ok", read().code());
    assertEquals(Optional.of("Bearer " + SECOND), shown());

    int before = reads().size();
    assertEquals("ok", read().code());
    assertEquals(before, reads().size(), "the new value is kept");
  }

  @Test
  void anUpstreamThatRefusesEverythingDoesNotFloodVault() {
    refuses("");
    for (int i = 0; i < 20; i++) {
      read();
    }

    assertEquals(2, reads().size(), "once, and once past the cache");
  }

  @Test
  void theBrokerStartsWithoutVaultAndRefusesWhatNeedsIt() throws Exception {
    broker.stop();
    twin.goDown();

    broker.start();
    Called refused = read();

    assertEquals("credential_unavailable", refused.code());
    assertTrue(refused.text().startsWith("Not executed: the broker cannot get"), refused.text());
    assertFalse(refused.raw().contains("ault"), "the agent hears nothing of what lies behind");
    assertEquals(List.of(), broker.upstream().journal());
    assertEquals("ok", agent.call("crm.read_ticket", "{\"ticket_id\":\"1\"}").code());
    assertTrue(
        log.logged().contains("vault:kv/desk#token of tool desk.read_ticket cannot be read"),
        log.logged());

    twin.comeBack();
    broker.clock().move(Duration.ofSeconds(11));
    assertEquals("ok", read().code());
  }

  @Test
  void aKeptValueCarriesCallsOverAShortOutage() {
    read();
    twin.goDown();

    broker.clock().move(Duration.ofSeconds(55));
    assertEquals("ok", read().code());
    broker.clock().move(Duration.ofSeconds(10));
    assertEquals("credential_unavailable", read().code());
    assertEquals(2, broker.upstream().journal().size());
  }

  @Test
  void nobodyIsAskedAboutACallThatCouldNotBeMade() {
    twin.seal(true);

    Called refused = agent.call("desk.close_ticket", TICKET);

    assertEquals("credential_unavailable", refused.code());
    assertEquals(0, broker.operate("approvals.list", "{}").size());
  }

  @Test
  void anApprovedWriteIsNotSentWithoutItsCredentialAndItsApprovalStands() {
    Called asked = agent.call("desk.close_ticket", TICKET);
    broker.signIn("olga").approve(asked.approval());
    admin.need("DELETE", "kv/data/desk", "");
    broker.clock().move(Duration.ofSeconds(61));

    assertEquals("credential_missing", agent.call("desk.close_ticket", TICKET).code());
    assertEquals(List.of(), broker.upstream().writes());

    admin.write("kv", "desk", "token", SECOND);
    broker.clock().move(Duration.ofSeconds(6));
    assertEquals("ok", agent.call("desk.close_ticket", TICKET).code());
    assertEquals(1, broker.upstream().writes().size());
  }

  @Test
  void oldAndNewValuesAndTheBrokersOwnTokenAreScrubbed() throws Exception {
    read();
    String token = reads().getLast().token().orElseThrow();
    String secretId = Files.readString(folder.resolve("secret-id")).strip();
    admin.write("kv", "desk", "token", SECOND);
    broker.clock().move(Duration.ofSeconds(61));
    read();

    for (String secret : List.of(FIRST, SECOND, token, secretId)) {
      broker.upstream().answers("{\"id\":\"7\",\"subject\":\"it is " + secret + " now\"}");
      Called called = read();
      assertTrue(called.text().contains("[redacted]"), called.text());
      Canary.assertFree(called.raw(), secret);
    }
  }

  @Test
  void anAgentCannotSendWhatVaultHolds() {
    read();

    Called sent = agent.call("crm.search_tickets", "{\"query\":\"" + FIRST + "\"}");

    assertEquals("secret_in_arguments", sent.code());
  }

  @Test
  void nothingThatAnAgentSendsReachesAPathAtVault() {
    for (String id : List.of("../../sys/raw", "7/../../secret", "%2e%2e%2fsys", "7#x", "kv/data")) {
      agent.call("desk.read_ticket", "{\"ticket_id\":\"" + id + "\"}");
      agent.call("desk." + id, TICKET);
      agent.call("vault:kv/" + id, TICKET);
    }
    read();

    Set<String> paths = new TreeSet<>();
    twin.journal().stream()
        .filter(seen -> !seen.token().equals(Optional.of(VaultTwin.ROOT)))
        .forEach(seen -> paths.add(seen.path()));
    assertEquals(Set.of("/v1/auth/approle/login", READ), paths);
  }

  @Test
  void doctorSaysHowVaultIsAndWhatCanBeRead() {
    broker.catalog(
        "other.yaml",
        DESK.replace("system: desk", "system: other").replace("kv/desk#token", "kv/none#token"));

    String well = broker.operate("doctor", "{}").toString();
    assertTrue(well.contains("answers and is unsealed"), well);
    assertTrue(well.contains("and can be renewed"), well);
    assertTrue(well.contains("is stored, version 1"), well);
    assertTrue(well.contains("is not there: nothing is stored under its path"), well);
    Canary.assertFree(well, FIRST);

    twin.seal(true);
    broker.clock().move(Duration.ofSeconds(6));
    String sealed = broker.operate("doctor", "{}").toString();
    assertTrue(sealed.contains("is sealed"), sealed);
    assertFalse(
        sealed.contains("is stored, version 1\"},{\"level\":\"ok\",\"what\":\"credential v"));
  }

  @Test
  void theCatalogCallsItWhatItIsAndTheEmbeddedStoreStaysApart() {
    JsonNode tool = broker.operate("catalog.show", "{\"tool\":\"desk.read_ticket\"}");
    assertEquals("vault:kv/desk#token", tool.path("credential").asString(""));
    assertTrue(tool.path("standing").asBoolean());

    assertFalse(broker.operate("secret.list", "{}").toString().contains("vault"));
  }

  @Test
  void noExitHoldsATokenASecretIdOrAValue() throws Exception {
    List<String> exits = new ArrayList<>();
    List<String> secrets = new ArrayList<>(List.of(FIRST, SECOND));
    secrets.add(Files.readString(folder.resolve("secret-id")).strip());
    exits.add(read().raw());
    secrets.add(reads().getLast().token().orElseThrow());
    for (int status : List.of(200, 307, 400, 403, 404, 412, 429, 500, 503)) {
      for (int i = 0; i < 4; i++) {
        twin.next(VaultTwin.of(status, "{\"errors\":[\"" + String.join(" ", secrets) + "\"]}"));
      }
      broker.clock().move(Duration.ofSeconds(61));
      exits.add(read().raw());
      exits.add(agent.call("desk.close_ticket", TICKET).raw());
      exits.add(broker.operate("doctor", "{}").toString());
    }
    twin.noMore();
    admin.write("kv", "desk", "token", SECOND);
    broker.clock().move(Duration.ofSeconds(61));
    exits.add(read().raw());
    Files.writeString(folder.resolve("secret-id"), "wrong-canary-77af-Zx0Vd7");
    secrets.add("wrong-canary-77af-Zx0Vd7");
    broker.clock().move(Duration.ofHours(2));
    twinClock.move(Duration.ofHours(3));
    exits.add(read().raw());
    for (String command : List.of("audit.list", "catalog.list", "secret.list", "doctor")) {
      exits.add(broker.operate(command, "{}").toString());
    }
    twin.journal().stream().flatMap(seen -> seen.token().stream()).forEach(secrets::add);
    broker.stop();
    exits.add(log.logged());
    try (Stream<Path> files = Files.walk(broker.home().folder())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        exits.add(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }

    for (String secret : secrets) {
      exits.forEach(exit -> Canary.assertFree(exit, secret));
    }
  }

  @Test
  void aBrokerThatStopsGivesItsTokenBack() {
    read();
    String token = reads().getLast().token().orElseThrow();

    broker.stop();

    assertEquals(403, admin.lookUp(token).status());
  }

  /// What the broker asked for the secret; the test's own writing of it aside.
  private List<VaultTwin.Seen> reads() {
    return twin.journal(READ).stream().filter(seen -> seen.method().equals("GET")).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "address: http://vault.example.com, auth: {token_file: t}|/vault/address",
        "address: http://10.0.0.7:8200, auth: {token_file: t}|/vault/address",
        "address: https://u:p@vault.example.com, auth: {token_file: t}|/vault/address",
        "address: https://vault.example.com/v1/kv, auth: {token_file: t}|/vault/address",
        "address: https://vault.example.com|/vault",
        "address: https://vault.example.com, auth: {}|/vault/auth",
        "address: https://vault.example.com, auth: {token_file: t, token_env: T}|/vault/auth",
        "address: https://vault.example.com, auth: {approle: {role_id: r}}|/vault/auth/approle",
        "address: https://vault.example.com, auth: {token: s.canary}|/vault/auth",
        "address: https://vault.example.com, auth: {token_file: t}, namespace: a/../b|/vault/namesp",
        "address: https://vault.example.com, auth: {token_file: t}, ca_file: none.pem|vault.ca_file",
      })
  void aSettingThatIsWrongOrWeakDoesNotStart(String setting, String field) throws Exception {
    broker.stop();
    broker.configure("vault: {" + setting + "}\n");

    var refused = assertThrows(CannotStart.class, broker::start);

    String said = String.valueOf(refused.getMessage());
    assertTrue(said.contains(field), said);
    assertFalse(said.contains("canary"), said);
  }

  private Called read() {
    return agent.call("desk.read_ticket", TICKET);
  }

  private Optional<String> shown() {
    return broker.upstream().journal().getLast().authorization();
  }

  /// The desk refuses this key, or every key if it is empty.
  private void refuses(String key) {
    broker
        .upstream()
        .answers(
            exchange -> {
              String shown = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
              var answer =
                  shown.contains(key)
                      ? StandIn.of(401, "application/json", "{}")
                      : StandIn.json("{\"id\":\"7\",\"subject\":\"Printer\"}");
              answer.answer(exchange);
            });
  }

  private JsonNode outcome(Called called) {
    for (JsonNode row : broker.operate("audit.list", "{\"call\":\"" + called.call() + "\"}")) {
      if (row.path("type").asString("").equals("call.outcome")) {
        return row.has("credential") ? row : row.path("event");
      }
    }
    throw new AssertionError("no outcome of " + called.call());
  }
}
