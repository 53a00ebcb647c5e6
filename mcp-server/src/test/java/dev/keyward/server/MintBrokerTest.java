package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.keyward.server.credential.Canary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Calls whose credential is made for their run, through a whole broker.
@Timeout(120)
final class MintBrokerTest {
  private static final String CLIENT_SECRET = "canary-client-9sKd02Mxq7";
  private static final String TOKEN = "canary-minted-4fJq83Lm-";
  private static final String TICKET = "{\"ticket_id\":\"7\"}";
  private static final String SETTINGS =
      """
      credentials:
        crm:
          kind: oauth_client_credentials
          token_endpoint: ISSUER/token
          client_id: keyward
          client_secret: local:desk#client_secret
          revocation_endpoint: ISSUER/revoke
          scope: tickets:read tickets:write
      """;
  private static final String DESK =
      """
      system: desk
      origin: https://desk.example
      credential: {ref: "mint:crm", in: bearer, scope: "tickets:read"}
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
          credential: {ref: "mint:crm", in: bearer, scope: "tickets:write"}
          result: [id]
      """;

  @TempDir Path folder;
  private final AtomicInteger made = new AtomicInteger();
  private final Canary log = Canary.listening();
  private volatile String subject = "Printer";
  private volatile String refused = "";
  private TestBroker broker;
  private AgentClient agent;

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.in(folder);
    broker.secret("desk#client_secret", CLIENT_SECRET);
    broker.configure(SETTINGS.replace("ISSUER", broker.upstream().origin().toString()));
    broker.stop();
    broker.start();
    broker.catalog("desk.yaml", DESK);
    broker.upstream().answers(this::desk);
    agent = broker.agent("a1", "desk.*", "crm.*");
  }

  /// The issuer and the desk, which takes only what the issuer has made.
  private void desk(HttpExchange exchange) throws IOException {
    if (exchange.getRequestURI().getPath().equals("/revoke")) {
      StandIn.of(200, "text/plain", "").answer(exchange);
      return;
    }
    if (exchange.getRequestURI().getPath().equals("/token")) {
      StandIn.json(
              "{\"access_token\":\"%s%d\",\"token_type\":\"Bearer\",\"expires_in\":300}"
                  .formatted(TOKEN, made.incrementAndGet()))
          .answer(exchange);
      return;
    }
    String shown = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
    boolean good = shown.startsWith("Bearer " + TOKEN) && !shown.equals("Bearer " + refused);
    StandIn.Script answer =
        good
            ? StandIn.json("{\"id\":\"7\",\"subject\":\"" + subject + "\"}")
            : StandIn.of(401, "application/json", "{\"message\":\"no\"}");
    answer.answer(exchange);
  }

  @AfterEach
  void stop() {
    broker.close();
    log.close();
  }

  @Test
  void aCallIsMadeWithATokenThatIsMadeForItsRunAndTheRecordSaysHow() {
    Called called = read();

    assertEquals("ok", called.code(), called.raw());
    assertEquals(Optional.of("Bearer " + TOKEN + 1), shown());
    JsonNode used = outcome(called).path("credential");
    assertEquals("mint:crm", used.path("reference").asString(""));
    assertFalse(used.path("standing").asBoolean(true));
    assertEquals("oauth_client_credentials", used.path("kind").asString(""));
    assertEquals("tickets:read", used.path("scope_asked").asString(""));
    assertEquals(300, used.path("lifetime_s").asInt());
    assertTrue(used.path("fingerprint").asString("").matches("[0-9a-f]{16}"));
  }

  @Test
  void theRecordHasTheLeaseBeforeItsUseAndItsEndAtTheIssuer() {
    Called called = read();
    JsonNode made = leases("lease.made").getFirst();
    JsonNode used = outcome(called).path("credential");
    assertEquals(used.path("fingerprint"), made.at("/credential/fingerprint"));
    assertEquals("mint:crm", made.at("/credential/reference").asString(""));
    assertEquals("live", broker.operate("lease.list", "{}").get(0).path("state").asString(""));

    broker.operate("stop", "{\"kind\":\"agent\",\"name\":\"a1\"}");
    eventually(() -> !leases("lease.ended").isEmpty());

    JsonNode end = leases("lease.ended").getFirst();
    assertEquals(made.path("lease"), end.path("lease"));
    assertEquals("run_ended", end.path("why").asString(""));
    assertEquals("done", end.path("revocation").asString(""));
    assertEquals(List.of(TOKEN + 1), givenBack());
    JsonNode shown = broker.operate("lease.list", "{\"agent\":\"a1\"}").get(0);
    assertEquals("done", shown.path("revocation").asString(""));
  }

  @Test
  void aTokenOfABrokerThatDiedIsScrubbedAndGivenBackByTheNextOne() throws Exception {
    read();
    broker.snapshot();
    broker.startFromSnapshot();
    agent = broker.visited(agent);
    subject = "it is " + TOKEN + "1 now";

    Called called = read();

    assertFalse(called.raw().contains(TOKEN + 1), called.raw());
    eventually(() -> !leases("lease.ended").isEmpty());
    assertEquals("orphaned", leases("lease.ended").getFirst().path("why").asString(""));
    assertEquals(TOKEN + 1, givenBack().getLast());
    assertEquals(Optional.of("Bearer " + TOKEN + 2), shown());
  }

  @Test
  void aBrokerThatStopsGivesBackWhatItHadMade() throws Exception {
    read();

    broker.stop();
    assertEquals(List.of(TOKEN + 1), givenBack());
    broker.start();
    agent = broker.visited(agent);

    assertEquals("stopped", leases("lease.ended").getFirst().path("why").asString(""));
    assertEquals("ok", read().code());
  }

  @Test
  void theNextCallOfTheRunCostsTheIssuerNothingAndAnotherAgentHasItsOwn() {
    read();
    read();
    assertEquals(1, made.get());

    broker.agent("a2", "desk.*").call("desk.read_ticket", TICKET);
    assertEquals(2, made.get());
  }

  @Test
  void aTokenThatTheDeskRefusesIsReplacedOnce() {
    read();
    broker.clock().move(Duration.ofSeconds(6));
    refused = TOKEN + 1;

    assertEquals("ok", read().code());

    assertEquals(2, made.get());
    assertEquals(Optional.of("Bearer " + TOKEN + 2), shown());
  }

  @Test
  void aWriteThatIsRefusedIsNotRepeatedAndTheNextOneHasAFreshToken() {
    write();
    broker.clock().move(Duration.ofSeconds(6));
    refused = TOKEN + 1;

    assertNotEquals("ok", write().code());
    assertEquals(1, made.get());
    assertEquals("ok", write().code());
    assertEquals(2, made.get());
  }

  @Test
  void whatWasMadeNeverLeavesAndIsNotTakenBack() throws Exception {
    read();
    subject = "it is " + TOKEN + "1 now";

    Called called = read();

    assertTrue(called.text().contains("[redacted]"), called.text());
    Called sent = agent.call("crm.search_tickets", "{\"query\":\"" + TOKEN + "1\"}");
    assertEquals("secret_in_arguments", sent.code());
    List<String> exits = new ArrayList<>(List.of(called.raw(), sent.raw()));
    for (String command :
        List.of("audit.list", "catalog.list", "secret.list", "lease.list", "doctor")) {
      exits.add(broker.operate(command, "{}").toString());
    }
    broker.stop();
    exits.add(log.logged());
    try (Stream<Path> files = Files.walk(broker.home().folder())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        exits.add(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    exits.forEach(exit -> Canary.assertFree(exit, TOKEN + 1));
    exits.forEach(exit -> Canary.assertFree(exit, CLIENT_SECRET));
  }

  @Test
  void withoutTheClientsSecretNobodyIsAsked() {
    broker.operate("secret.remove", "{\"name\":\"desk#client_secret\"}");

    Called called = agent.call("desk.close_ticket", TICKET);

    assertEquals("credential_missing", called.code());
    assertEquals(List.of(), broker.upstream().journal());
  }

  @Test
  void catalogAndDoctorSayThatNothingStands() {
    JsonNode tool = broker.operate("catalog.show", "{\"tool\":\"desk.read_ticket\"}");
    assertEquals("mint:crm", tool.path("credential").asString(""));
    assertFalse(tool.path("standing").asBoolean(true));
    assertEquals("oauth_client_credentials", tool.path("credential_kind").asString(""));
    assertEquals("tickets:read", tool.path("credential_scope").asString(""));

    String doctor = broker.operate("doctor", "{}").toString();
    assertTrue(doctor.contains("is made when it is needed: oauth_client_credentials"), doctor);
    assertFalse(doctor.contains("local:desk#client_secret, "), doctor);
  }

  @Test
  void whoDecidesIsToldWithWhatTheCallWouldAct() {
    Called asked = agent.call("desk.close_ticket", TICKET);

    String page = broker.signIn("olga").open(asked.approval()).body();

    String said = "mint:crm, oauth_client_credentials, with the scope tickets:write.";
    assertTrue(page.contains("Made for this run: " + said), page);
  }

  @Test
  void doctorNamesAToolThatAsksForTooMuch() {
    broker.catalog("desk.yaml", DESK.replace("tickets:write", "admin"));

    String doctor = broker.operate("doctor", "{}").toString();

    assertTrue(doctor.contains("may not have the scope that the tool asks for"), doctor);
    assertEquals("credential_missing", agent.call("desk.close_ticket", TICKET).code());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x: {kind: magic}|/credentials/x/kind",
        "x: {}|/credentials/x",
        "X: {kind: endpoint}|/credentials",
        "x: {kind: oauth_client_credentials}|/credentials/x",
        "x: {kind: oauth_client_credentials, token_endpoint: 'http://id.example/t',"
            + " client_id: a, client_secret: 'local:a#b'}|/credentials/x/token_endpoint",
        "x: {kind: oauth_client_credentials, token_endpoint: 'https://u:p@id.example/t',"
            + " client_id: a, client_secret: 'local:a#b'}|/credentials/x/token_endpoint",
        "x: {kind: oauth_client_credentials, token_endpoint: 'https://id.example/t',"
            + " client_id: a, client_secret: canary}|/credentials/x/client_secret",
        "x: {kind: oauth_client_credentials, token_endpoint: 'https://id.example/t',"
            + " client_id: a, client_secret: 'mint:x'}|/credentials/x/client_secret",
        "x: {kind: oauth_client_credentials, token_endpoint: 'https://id.example/t',"
            + " client_id: a, client_secret: 'local:a#b', app_id: '7'}|/credentials/x/app_id",
        "x: {kind: github_app, app_id: '7', installation_id: '../8', private_key: 'local:a#b'}"
            + "|/credentials/x/installation_id",
        "x: {kind: oauth_token_exchange, token_endpoint: 'https://id.example/t', client_id: a,"
            + " client_secret: 'local:a#b', subject_issuer: 'https://canary.example'}"
            + "|/credentials/x/subject_issuer",
        "x: {kind: oauth_token_exchange, token_endpoint: 'https://id.example/t', client_id: a,"
            + " client_secret: 'local:a#b', subject: canary}|/credentials/x/subject",
        "x: {kind: aws_assume_role, region: eu-central-1, role_arn: 'arn:aws:iam::1:role/r',"
            + " access_key: 'local:a#b', scope: a}|/credentials/x/scope",
        "x: {kind: vault_database, role: r}|credentials.x needs the section vault",
        "x: {kind: vault_database, role: r, token: 'mint:x'}|/credentials/x/token",
        "x: {kind: vault_database, role: '../canary'}|/credentials/x/role",
        "x: {kind: vault_token}|/credentials/x",
      })
  void aSettingThatIsWrongOrWeakDoesNotStart(String setting, String field) throws Exception {
    broker.stop();
    broker.configure("credentials: {" + setting + "}\n");

    var refusal = assertThrows(CannotStart.class, broker::start);

    String said = String.valueOf(refusal.getMessage());
    assertTrue(said.contains(field), said);
    assertFalse(said.contains("canary"), said);
  }

  /// {@return the records of this type, the newest first}
  private List<JsonNode> leases(String type) {
    List<JsonNode> records = new ArrayList<>();
    for (JsonNode row : broker.operate("audit.list", "{\"type\":\"" + type + "\"}")) {
      records.add(row.has("lease") ? row : row.path("event"));
    }
    return records;
  }

  private List<String> givenBack() {
    return broker.upstream().journal().stream()
        .filter(seen -> seen.path().equals("/revoke"))
        .map(seen -> seen.body().replaceFirst("^token=([^&]*)&.*$", "$1"))
        .toList();
  }

  /// Nobody waits for an issuer that takes something back.
  private static void eventually(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "not within 30 s");
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  private Called read() {
    return agent.call("desk.read_ticket", TICKET);
  }

  private Called write() {
    Called asked = agent.call("desk.close_ticket", TICKET);
    broker.signIn("olga").approve(asked.approval());
    return agent.call("desk.close_ticket", TICKET);
  }

  private Optional<String> shown() {
    return broker.upstream().journal().stream()
        .filter(seen -> seen.path().startsWith("/tickets/"))
        .toList()
        .getLast()
        .authorization();
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
