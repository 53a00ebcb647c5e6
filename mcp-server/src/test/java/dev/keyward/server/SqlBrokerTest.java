package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.server.credential.Canary;
import dev.keyward.server.credential.vault.VaultAdmin;
import dev.keyward.server.credential.vault.VaultTwin;
import dev.keyward.store.PostgresSettings;
import dev.keyward.store.TestPostgres;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Statements through a whole broker, with logins that Vault makes for each run at a real database.
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SqlBrokerTest {
  private static final String SETTINGS =
      """
      vault:
        address: VAULT
        auth: {token_file: ../vault-token}
      credentials:
        run: {kind: vault_token, policies: [reader]}
        orders: {kind: vault_database, mount: db, role: telling, token: "mint:run"}
      """;
  private static final String CATALOG =
      """
      system: orders
      origin: ORIGIN
      credential: {ref: "mint:orders", in: login}
      sql: {database: DATABASE}
      tools:
        find:
          title: Find orders
          description: Finds the orders of a customer.
          tier: read
          input:
            properties: {customer: {type: string, description: Whose.}}
            required: [customer]
          sql: {statement: "SELECT id, secret FROM orders WHERE customer = :customer"}
          result: ["rows[].id", "rows[].secret", count]
        add:
          title: Add an order
          description: Adds an order.
          tier: write
          summary: Add order {id}
          input:
            properties: {id: {type: integer, description: Which.}}
            required: [id]
          sql: {statement: "INSERT INTO orders (id, customer) VALUES (:id, 'eve')"}
          result: [count]
        wait:
          title: Wait
          description: Waits.
          tier: read
          sql: {statement: "SELECT pg_sleep(60)::text AS nothing"}
          result: [count]
          limits: {timeout: 1m}
      """;
  private static final String LOGINS =
      "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'v-twin-telling-%'";

  @TempDir static Path folder;
  private final TestPostgres server = TestPostgres.shared();
  private final PostgresSettings orders = server.database();
  private final URI origin = URI.create("postgresql://127.0.0.1:" + server.port());
  private final SettableClock clock = new SettableClock();
  private final VaultTwin twin = new VaultTwin(clock);
  private final Canary log = Canary.listening();
  private TestBroker broker;
  private AgentClient agent;
  private int agents;

  @BeforeAll
  void start() throws Exception {
    server.demandPasswords();
    server.execute(
        orders,
        "CREATE TABLE orders (id bigint PRIMARY KEY, customer text, secret text);"
            + "INSERT INTO orders VALUES (1, 'ada', 'none')");
    var admin = new VaultAdmin(twin.address(), VaultTwin.ROOT, Optional.empty());
    admin.database("db", origin.getAuthority() + "/" + orders.address().database(), 3600, 14_400);
    admin.need("POST", "db/roles/telling", telling());
    admin.rules("reader", "path \"db/creds/telling\" { capabilities = [\"read\"] }");
    admin.rules("broker", "path \"auth/token/create\" { capabilities = [\"update\"] }");
    Files.writeString(
        folder.resolve("vault-token"),
        admin
            .need("POST", "auth/token/create", "{\"policies\":[\"broker\",\"reader\"]}")
            .at("/auth/client_token")
            .asString(""));
    broker = TestBroker.in(folder);
    broker.stop();
    broker.configure(SETTINGS.replace("VAULT", twin.address().toString()), List.of(origin));
    broker.start();
    broker.catalog(
        "orders.yaml",
        CATALOG
            .replace("ORIGIN", origin.toString())
            .replace("DATABASE", orders.address().database()));
  }

  /// A role whose logins write their own password into a row, as a careless table might hold it.
  private static String telling() {
    return """
    {"db_name": "orders", "default_ttl": 3600, "max_ttl": 14400,
     "creation_statements": [
       "CREATE ROLE \\"{{name}}\\" LOGIN PASSWORD '{{password}}'",
       "GRANT SELECT, INSERT ON orders TO \\"{{name}}\\"",
       "UPDATE orders SET secret = 'it is {{password}} of {{name}}' WHERE id = 1"],
     "revocation_statements": [
       "ALTER ROLE \\"{{name}}\\" NOLOGIN",
       "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{{name}}'",
       "DROP OWNED BY \\"{{name}}\\"", "DROP ROLE \\"{{name}}\\""]}
    """;
  }

  @BeforeEach
  void anotherAgent() {
    agent = broker.agent("a" + ++agents, "orders.*");
  }

  @AfterEach
  void endRun() {
    broker.operate("stop", "{\"kind\":\"agent\",\"name\":\"a" + agents + "\"}");
  }

  @AfterAll
  void stop() {
    broker.close();
    assertEquals("0", server.answer(LOGINS)); // a broker that stops leaves no login behind
    twin.close();
    log.close();
  }

  @Test
  void aRowIsReadWithALoginOfItsRunAndTheRecordSaysHow() {
    Called called = find("ada");

    assertEquals("ok", called.code(), called.raw());
    assertTrue(called.raw().contains("\\\"count\\\":1"), called.raw());
    JsonNode outcome = outcome(called);
    assertEquals("vault_database", outcome.at("/credential/kind").asString(""));
    assertFalse(outcome.at("/credential/standing").asBoolean(true));
    JsonNode sent = outcome.path("upstream").get(0);
    assertEquals("SQL", sent.path("method").asString(""), outcome.toString());
    assertEquals(origin.toString(), sent.path("origin").asString(""));
    assertEquals("/" + orders.address().database(), sent.path("path").asString(""));
  }

  @Test
  void aRowThatHoldsTheDatabasesPasswordOrUserLeavesWithoutThem() {
    Called called = find("ada");

    String held = secret();
    assertTrue(held.matches("it is A1a-.* of v-twin-.*"), held);
    for (String word : held.split(" ", -1)) {
      assertFalse(word.length() > 5 && called.raw().contains(word), called.raw());
      Canary.assertFree(log.logged(), word.length() > 5 ? word : "canary-none");
    }
  }

  @Test
  void anArgumentThatHoldsTheLoginIsRefusedAndOneThatBreaksOutFindsNothing() {
    find("ada");
    String password = secret().split(" ", -1)[2];

    assertNotEquals("ok", find(password).code());
    Called escape = find("x' OR '1'='1");
    assertEquals("ok", escape.code());
    assertTrue(escape.raw().contains("\\\"count\\\":0"), escape.raw());
  }

  @Test
  void aWriteWaitsForItsOwnerAndIsDoneOnce() {
    Called asked = agent.call("orders.add", "{\"id\":2}");
    assertEquals("1", server(orders, "SELECT count(*) FROM orders"));
    broker.signIn("olga").approve(asked.approval());

    assertEquals("ok", agent.call("orders.add", "{\"id\":2}").code());
    assertEquals("2", server(orders, "SELECT count(*) FROM orders"));

    Called again = agent.call("orders.add", "{\"id\":2}");
    broker.signIn("olga").approve(again.approval());
    Called refused = agent.call("orders.add", "{\"id\":2}");
    assertEquals("upstream_error", refused.code(), refused.raw());
    assertTrue(refused.raw().contains("sqlstate_class"), refused.raw());
    assertFalse(refused.raw().contains("orders_pkey"), refused.raw());
    server.execute(orders, "DELETE FROM orders WHERE id = 2");
  }

  @Test
  void aStopEndsTheRunsLoginAndTheSessionThatIsOpenWithIt() throws Exception {
    var waiting = CompletableFuture.supplyAsync(() -> agent.call("orders.wait", "{}"));
    eventually(() -> sessions() == 1);

    broker.operate("stop", "{\"kind\":\"agent\",\"name\":\"a" + agents + "\"}");

    assertNotEquals("ok", waiting.get(30, TimeUnit.SECONDS).code());
    eventually(() -> sessions() == 0 && server.answer(LOGINS).equals("0"));
  }

  @Test
  void doctorHasNothingToComplainOfTheTools() {
    String findings = broker.operate("doctor", "{}").toString();

    assertFalse(findings.contains("tool orders."), findings);
    assertFalse(findings.contains("origin " + origin), findings);
  }

  private Called find(String customer) {
    return agent.call("orders.find", "{\"customer\":\"" + customer + "\"}");
  }

  private String secret() {
    return server(orders, "SELECT secret FROM orders WHERE id = 1");
  }

  private String server(PostgresSettings database, String sql) {
    try (var connection = server.connect(database);
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private int sessions() {
    return Integer.parseInt(
        server.answer(
            "SELECT count(*) FROM pg_stat_activity WHERE usename LIKE 'v-twin-telling-%'"));
  }

  private static void eventually(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "not within 30 s");
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
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
