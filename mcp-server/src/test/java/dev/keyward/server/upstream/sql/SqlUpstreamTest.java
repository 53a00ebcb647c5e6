package dev.keyward.server.upstream.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.AgentId;
import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallId;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Caller;
import dev.keyward.call.Cancellation;
import dev.keyward.call.PersonId;
import dev.keyward.call.Refusal;
import dev.keyward.call.RunId;
import dev.keyward.catalog.CatalogFile;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCall;
import dev.keyward.redaction.Secret;
import dev.keyward.server.TestAuthority;
import dev.keyward.server.credential.Canary;
import dev.keyward.server.credential.Lease;
import dev.keyward.server.credential.MintFacts;
import dev.keyward.server.handle.Restored;
import dev.keyward.server.policy.PermittedCall;
import dev.keyward.server.policy.PermittedCalls;
import dev.keyward.server.upstream.AllowedAddresses;
import dev.keyward.server.upstream.Failure;
import dev.keyward.server.upstream.Reply;
import dev.keyward.server.upstream.Resolution;
import dev.keyward.server.upstream.Sending;
import dev.keyward.store.PostgresSettings;
import dev.keyward.store.TestPostgres;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Statements at a real PostgreSQL server that asks for passwords.
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SqlUpstreamTest {
  private static final String PASSWORD = "canary-db-7Kd02MxQ";
  private static final Secret LOGIN = Secret.of("sql_reader:" + PASSWORD);
  private static final CredentialRef REF = CredentialRef.parse("local:orders#login");

  private final TestPostgres server = TestPostgres.shared();
  private final PostgresSettings orders = server.database();
  private final URI origin = URI.create("postgresql://127.0.0.1:" + server.port());
  private final SqlUpstream upstream = upstream(Set.of(origin));
  private Passing sending = new Passing();

  @BeforeAll
  void prepare() {
    server.demandPasswords();
    server.execute(
        orders,
        """
        CREATE TABLE orders (id bigint PRIMARY KEY, customer text NOT NULL, paid boolean,
          amount numeric, tags text[], extra jsonb, made timestamptz DEFAULT now());
        INSERT INTO orders VALUES
          (1, 'ada', true, 10.50, '{a,b}', '{"k": [1, null]}', '2026-01-02 03:04:05+00'),
          (2, 'bob', false, 'NaN', NULL, NULL, NULL),
          (3, 'o''brien; DROP TABLE orders', NULL, 1e30, '{}', '[]', NULL);
        CREATE FUNCTION note(text) RETURNS bigint LANGUAGE sql AS
          $$ INSERT INTO orders (id, customer) VALUES (99, $1) RETURNING id $$;
        DO $$ BEGIN
          CREATE ROLE sql_reader LOGIN PASSWORD 'canary-db-7Kd02MxQ';
          EXCEPTION WHEN duplicate_object THEN NULL; END $$;
        GRANT SELECT, INSERT, UPDATE ON orders TO sql_reader;
        """);
  }

  @BeforeEach
  void anotherCall() {
    sending = new Passing();
    server.execute(orders, "DELETE FROM orders WHERE id > 3");
  }

  @Test
  void rowsComeAsJsonWithTheTypesThatJsonHas() {
    JsonNode body =
        read("SELECT * FROM orders WHERE id <= :id::bigint ORDER BY id", "{\"id\":\"2\"}");

    assertEquals(
        json(
            """
            {"rows":[{"id":1,"customer":"ada","paid":true,"amount":10.50,"tags":["a","b"],
              "extra":{"k":[1,null]},"made":"2026-01-02 03:04:05+00"},
             {"id":2,"customer":"bob","paid":false,"amount":"NaN","tags":null,"extra":null,
              "made":null}],"count":2,"more":false}\
            """),
        json(body.toString()));
    assertEquals(1, sending.firstBytes.get());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ada' OR '1'='1",
        "ada'; DROP TABLE orders; --",
        "o'brien; DROP TABLE orders",
        "\\'; SELECT pg_sleep(9); --",
        "$1",
        ":customer",
        "?",
        "ada\u0000"
      })
  void anArgumentIsAValueAndNothingElse(String text) {
    var arguments = JsonMapper.shared().createObjectNode().put("customer", text);

    Reply reply =
        send(
            tool(
                "read",
                "SELECT id FROM orders WHERE customer = :customer",
                "customer: {type: string}"),
            arguments.toString());

    var answered = assertInstanceOf(Reply.Answered.class, reply);
    int expected = text.startsWith("o'brien") ? 1 : 0;
    assertEquals(expected, answered.body().path("rows").size());
    assertEquals(3, read("SELECT count(*) AS n FROM orders", "{}").at("/rows/0/n").asInt());
  }

  @Test
  void eachTypeIsBoundAsItselfAndWhatIsLeftOutIsNull() {
    Tool tool =
        tool(
            "read",
            "SELECT :i AS i, pg_typeof(:i)::text AS it, :n AS n, :b AS b, :t AS t, :l AS l,"
                + " cardinality(:w) AS w, :x IS NULL AS x, '{\\\"k\\\": 1}'::jsonb ? 'k' AS q",
            "i: {type: integer}",
            "n: {type: number}",
            "b: {type: boolean}",
            "t: {type: [string, 'null']}",
            "l: {type: array, items: {type: integer}}",
            "w: {type: array, items: {type: string}}",
            "x: {type: integer}");

    JsonNode row =
        body(send(
                tool,
                "{\"i\":7,\"n\":1.5,\"b\":true,\"t\":null,\"l\":[1,2],\"w\":[\"a,b\",\"{}\"]}"))
            .at("/rows/0");

    assertEquals(
        json(
            "{\"i\":7,\"it\":\"bigint\",\"n\":1.5,\"b\":true,\"t\":null,\"l\":[1,2],\"w\":2,\"x\":true,"
                + "\"q\":true}"),
        json(row.toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO orders (id, customer) VALUES (50, 'x') RETURNING id",
        "WITH made AS (INSERT INTO orders (id, customer) VALUES (51, 'x') RETURNING id)"
            + " SELECT id FROM made",
        "SELECT note('x')",
        "SELECT id FROM orders FOR UPDATE"
      })
  void aReadWhoseStatementWritesIsRefusedByTheDatabase(String statement) {
    var answered = assertInstanceOf(Reply.Answered.class, send(tool("read", statement), "{}"));

    assertEquals(403, answered.status());
    assertEquals("{\"sqlstate_class\":\"25\"}", answered.body().toString());
    assertEquals("3", count());
  }

  @Test
  void aWriteIsDoneAndSaysHowManyRowsItChanged() {
    Tool insert =
        tool(
            "write",
            "INSERT INTO orders (id, customer) VALUES (:id, :customer)",
            "id: {type: integer}",
            "customer: {type: string}");

    assertEquals(1, body(send(insert, "{\"id\":60,\"customer\":\"eve\"}")).path("count").asInt());
    assertEquals("4", count());
  }

  @Test
  void whatTheDatabaseRefusesIsToldByItsClassAloneAndNothingIsDone() {
    try (var log = Canary.listening()) {
      Tool insert =
          tool(
              "write",
              "INSERT INTO orders (id, customer) VALUES (:id, :customer)",
              "id: {type: integer}",
              "customer: {type: string}");

      var answered =
          assertInstanceOf(
              Reply.Answered.class, send(insert, "{\"id\":1,\"customer\":\"canary-value\"}"));

      assertEquals(409, answered.status());
      assertEquals("{\"sqlstate_class\":\"23\"}", answered.body().toString());
      Canary.assertFree(log.logged(), "canary-value");
      Canary.assertFree(log.logged(), PASSWORD);
    }
    assertEquals("3", count());
  }

  @Test
  void moreRowsThanTheToolTakesAreLeftOutAndThatIsSaid() {
    JsonNode body = body(send(tool("read", "SELECT n FROM generate_series(1, 100000) AS n"), "{}"));

    assertEquals(20, body.path("rows").size());
    assertTrue(body.path("more").asBoolean());
  }

  @Test
  void moreTextThanTheToolTakesIsLeftOutAndARowWithoutMeasureIsNotRead() {
    JsonNode body =
        body(send(tool("read", "SELECT repeat('x', 800) AS x FROM generate_series(1, 9)"), "{}"));
    assertTrue(body.path("more").asBoolean());
    assertEquals(5, body.path("rows").size());

    Reply huge = send(tool("read", "SELECT repeat('x', 5000000) AS x"), "{}");
    assertInstanceOf(Reply.Failed.class, huge);
  }

  @Test
  void aStatementThatTakesTooLongIsEndedAtTheServer() {
    Tool slow = tool("read", "SELECT pg_sleep(30)");

    Reply reply = send(slow, "{}");

    var answered = assertInstanceOf(Reply.Answered.class, reply);
    assertEquals(504, answered.status());
    assertEquals("{\"sqlstate_class\":\"57\"}", answered.body().toString());
  }

  @Test
  void aReadIsCancelledAndAWriteRunsOn() throws Exception {
    var began = new CompletableFuture<Boolean>();
    sending.onFirstByte = () -> began.complete(true);
    var reading =
        CompletableFuture.supplyAsync(() -> send(tool("read", "SELECT pg_sleep(20)"), "{}"));
    began.get(20, TimeUnit.SECONDS);
    sending.cancellation.cancel(new Refusal.Cancelled());
    var failed = assertInstanceOf(Reply.Failed.class, reading.get(20, TimeUnit.SECONDS));
    assertEquals(Failure.CANCELLED, failed.why());

    sending = new Passing();
    var wrote = new CompletableFuture<Boolean>();
    sending.onFirstByte = () -> wrote.complete(true);
    Tool slow =
        tool(
            "write",
            "INSERT INTO orders (id, customer) SELECT 70, 'x' FROM pg_sleep(0.3) RETURNING id");
    var writing = CompletableFuture.supplyAsync(() -> send(slow, "{}"));
    wrote.get(20, TimeUnit.SECONDS);
    sending.cancellation.cancel(new Refusal.Cancelled());
    assertEquals(1, body(writing.get(20, TimeUnit.SECONDS)).path("count").asInt());
    assertEquals("4", count());
  }

  @Test
  void whatIsRefusedJustBeforeTheFirstByteIsNotSent() {
    sending.onFirstByte =
        () -> {
          throw new CallRefused(new Refusal.Cancelled());
        };

    assertThrows(
        CallRefused.class,
        () -> send(tool("write", "INSERT INTO orders (id, customer) VALUES (80, 'x')"), "{}"));
    assertEquals("3", count());

    var over = new Passing();
    over.cancellation.cancel(new Refusal.Cancelled());
    sending = over;
    assertInstanceOf(Reply.NotSent.class, send(tool("read", "SELECT 1 AS a"), "{}"));
    assertEquals(0, over.firstBytes.get());
  }

  @Test
  void aWriteWhoseAnswerIsLostIsNotKnown() throws Exception {
    var began = new CompletableFuture<Boolean>();
    sending.onFirstByte = () -> began.complete(true);
    Tool slow = tool("write", "INSERT INTO orders (id, customer) SELECT 90, 'x' FROM pg_sleep(20)");
    var writing = CompletableFuture.supplyAsync(() -> send(slow, "{}"));
    began.get(20, TimeUnit.SECONDS);
    await(() -> sessions() > 0);

    server.execute(
        orders,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'sql_reader'");

    var failed = assertInstanceOf(Reply.Failed.class, writing.get(20, TimeUnit.SECONDS));
    assertTrue(failed.sent());
    assertEquals(Failure.BROKEN_OFF, failed.why());
  }

  @Test
  void noConnectionIsKept() {
    read("SELECT 1 AS a", "{}");

    await(() -> sessions() == 0);
  }

  @Test
  void aLoginThatIsRefusedHasSentNothingAndIsTriedOnceMoreWithAFresherOne() {
    Tool tool = tool("write", "INSERT INTO orders (id, customer) VALUES (61, 'x')");
    var wrong = new Lent(Secret.of("sql_reader:canary-wrong"), Optional.empty());
    try (var log = Canary.listening()) {
      var refused = assertInstanceOf(Reply.NotSent.class, send(tool, "{}", wrong));

      assertEquals(Failure.LOGIN_REFUSED, refused.why());
      assertEquals(0, sending.firstBytes.get());
      Canary.assertFree(log.logged(), "canary-wrong");
    }
    var stale = new Lent(Secret.of("sql_reader:canary-wrong"), Optional.of(LOGIN));
    assertEquals(1, body(send(tool, "{}", stale)).path("count").asInt());
    assertEquals("4", count());
    sending.permitted = false;
    assertInstanceOf(Reply.NotSent.class, send(tool, "{}", stale));
  }

  @ParameterizedTest
  @CsvSource({"true, 1", "false, 0"})
  void theAddressMustBeAllowedAndIsTheOneThatWasChecked(boolean listed, int firstBytes) {
    URI named = URI.create("postgresql://db.example.com:" + server.port());
    List<InetAddress> loopback = List.of(InetAddress.ofLiteral("127.0.0.1"));
    var there =
        new SqlUpstream(
            new AllowedAddresses(_ -> loopback, listed ? Set.of(named) : Set.of()), Path.of(""));
    Tool tool =
        CatalogFile.read(
                "orders.yaml",
                yaml("read", "SELECT 1 AS a", List.of())
                    .replace(origin.toString(), named.toString())
                    .replace("database:", "tls: disable\n      database:"))
            .tools()
            .getFirst();
    PermittedCall call = permitted(tool, "{}");

    Reply reply =
        there.send(
            call,
            Restored.unchanged(call),
            new Lent(LOGIN, Optional.empty()),
            Optional.empty(),
            sending);

    assertEquals(firstBytes, sending.firstBytes.get());
    if (!listed) {
      assertEquals(Failure.ADDRESS_REFUSED, assertInstanceOf(Reply.NotSent.class, reply).why());
    }
  }

  @Test
  void aServerWithoutTlsIsNotShownThePasswordWhereTlsIsAsked() {
    String yaml = yaml("read", "SELECT 1 AS a", List.of());
    Tool tool =
        CatalogFile.read("o.yaml", yaml.replace("database:", "tls: verify-full\n      database:"))
            .tools()
            .getFirst();

    var notSent = assertInstanceOf(Reply.NotSent.class, send(tool, "{}"));

    assertEquals(Failure.UNREACHABLE, notSent.why());
  }

  @Test
  void anEncryptedServerIsBelievedForItsAuthorityAndItsNameOnly(@TempDir Path home)
      throws Exception {
    var authority = new TestAuthority(home);
    Files.writeString(home.resolve("ca.pem"), authority.pem());
    authority.serverFor("dns:db.example.com", home.resolve("crt.pem"), home.resolve("key.pem"));
    try (TestPostgres secure = TestPostgres.start()) {
      secure.demandPassword(
          "sql_owner", PASSWORD, home.resolve("crt.pem"), home.resolve("key.pem"));
      var login = new Lent(Secret.of("sql_owner:" + PASSWORD), Optional.empty());
      String named = "postgresql://db.example.com:" + secure.port();
      String other = "postgresql://db.example.org:" + secure.port();

      assertEquals(1, rows(over(home, named, "tls: verify-full, tls_ca: ca.pem", login)));
      assertEquals(1, rows(over(home, other, "tls: verify-ca, tls_ca: ca.pem", login)));
      for (Reply refused :
          List.of(
              over(home, other, "tls: verify-full, tls_ca: ca.pem", login),
              over(home, named, "tls: verify-full", login),
              over(home, named, "tls: disable", login))) {
        assertInstanceOf(Reply.NotSent.class, refused);
      }
    }
  }

  private static int rows(Reply reply) {
    return body(reply).path("rows").size();
  }

  private Reply over(Path home, String named, String tls, Lease lease) {
    String yaml =
        yaml("read", "SELECT 1 AS a", List.of())
            .replace(origin.toString(), named)
            .replace("database: " + orders.address().database(), "database: sql_owner")
            .replace("limits:", "sql: {" + tls + "}\nlimits:");
    Tool tool = CatalogFile.read("orders.yaml", yaml).tools().getFirst();
    List<InetAddress> loopback = List.of(InetAddress.ofLiteral("127.0.0.1"));
    var there =
        new SqlUpstream(new AllowedAddresses(_ -> loopback, Set.of(tool.target().origin())), home);
    PermittedCall call = permitted(tool, "{}");
    return there.send(call, Restored.unchanged(call), lease, Optional.empty(), new Passing());
  }

  @Test
  void aStandingPasswordOfAUserThatTheCatalogNamesOpensTheDatabase() {
    String yaml =
        yaml("read", "SELECT current_user::text AS me", List.of())
            .replace("in: login", "in: {login: sql_reader}");
    Tool tool = CatalogFile.read("o.yaml", yaml).tools().getFirst();

    Reply reply = send(tool, "{}", new Lent(Secret.of(PASSWORD), Optional.empty()));

    assertEquals("sql_reader", body(reply).at("/rows/0/me").asString(""));
  }

  @Test
  void nothingPrintsRowsOrTheLogin() {
    Reply reply = send(tool("read", "SELECT customer FROM orders WHERE id = 1"), "{}");

    assertFalse(reply.toString().contains("ada"));
  }

  private String count() {
    return String.valueOf(read("SELECT count(*) AS n FROM orders", "{}").at("/rows/0/n").asInt());
  }

  private int sessions() {
    return Integer.parseInt(
        server.answer("SELECT count(*) FROM pg_stat_activity WHERE usename = 'sql_reader'"));
  }

  private static void await(BooleanSupplier what) {
    while (!what.getAsBoolean()) {
      Thread.onSpinWait();
    }
  }

  private JsonNode read(String statement, String arguments) {
    Passing before = sending;
    sending = arguments.equals("{}") ? new Passing() : before;
    Tool tool =
        arguments.equals("{}")
            ? tool("read", statement)
            : tool("read", statement, "id: {type: string}");
    JsonNode body = body(send(tool, arguments));
    sending = before;
    return body;
  }

  private static JsonNode body(Reply reply) {
    var answered = assertInstanceOf(Reply.Answered.class, reply);
    assertEquals(200, answered.status(), answered.body().toString());
    return answered.body();
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private Reply send(Tool tool, String arguments) {
    return send(tool, arguments, new Lent(LOGIN, Optional.empty()));
  }

  private Reply send(Tool tool, String arguments, Lease lease) {
    PermittedCall call = permitted(tool, arguments);
    return upstream.send(call, Restored.unchanged(call), lease, Optional.empty(), sending);
  }

  private static SqlUpstream upstream(Set<URI> allowed) {
    return new SqlUpstream(new AllowedAddresses(Resolution.SYSTEM, allowed), Path.of(""));
  }

  private static PermittedCall permitted(Tool tool, String json) {
    var random = new Random(7);
    var caller =
        new Caller(
            new AgentId("triage-1"),
            "triage",
            "support",
            new PersonId("ada"),
            RunId.random(random),
            Optional.empty());
    var arguments = Arguments.of(JsonMapper.shared().readTree(json));
    var digest = CallDigest.of(caller, tool.name(), arguments);
    return PermittedCalls.of(new ToolCall(CallId.random(random), caller, tool, arguments, digest));
  }

  private Tool tool(String tier, String statement, String... properties) {
    CatalogFile file = CatalogFile.read("orders.yaml", yaml(tier, statement, List.of(properties)));
    assertEquals(List.of(), file.problems());
    return file.tools().getFirst();
  }

  private String yaml(String tier, String statement, List<String> properties) {
    String input =
        properties.isEmpty()
            ? ""
            : "    input:\n      properties:\n        "
                + String.join("\n        ", properties)
                + "\n";
    return """
    system: orders
    origin: %s
    credential: {ref: "local:orders#login", in: login}
    limits: {timeout: 4s, max_response_bytes: 4096}
    tools:
      act:
        title: Act
        description: Acts.
        tier: %s
        summary: Act
    %s    sql:
          database: %s
          max_rows: 20
          statement: "%s"
        result: [rows, count, more]
    """
        .formatted(origin, tier, input, orders.address().database(), statement);
  }

  /// A lease of `value`, with `newer` to be had once it is asked for.
  private record Lent(Secret value, Optional<Secret> newer) implements Lease {
    @Override
    public Optional<Secret> secret() {
      return Optional.of(value);
    }

    @Override
    public Optional<CredentialRef> ref() {
      return Optional.of(REF);
    }

    @Override
    public Optional<Instant> expires() {
      return Optional.empty();
    }

    @Override
    public boolean standing() {
      return true;
    }

    @Override
    public int version() {
      return 1;
    }

    @Override
    public Optional<MintFacts> facts() {
      return Optional.empty();
    }

    @Override
    public void rejected() {}

    @Override
    public Optional<Lease> fresher() {
      return newer.map(fresh -> new Lent(fresh, Optional.empty()));
    }

    @Override
    public void close() {}
  }

  /// Lets everything pass, and counts.
  private static final class Passing implements Sending {
    private final AtomicInteger firstBytes = new AtomicInteger();
    private final Cancellation cancellation = new Cancellation();
    private volatile boolean permitted = true;
    private volatile Runnable onFirstByte = () -> {};

    @Override
    public void firstByte() {
      onFirstByte.run();
      firstBytes.incrementAndGet();
    }

    @Override
    public boolean stillPermitted() {
      return permitted;
    }

    @Override
    public Cancellation cancellation() {
      return cancellation;
    }
  }
}
