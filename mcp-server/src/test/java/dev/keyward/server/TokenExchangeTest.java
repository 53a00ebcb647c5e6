package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.keyward.server.credential.Canary;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Tools that act as the person for whom the run is (RFC 8693), through a whole broker.
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class TokenExchangeTest {
  private static final String AUDIENCE = "https://keyward.example.com/mcp";
  private static final String CLIENT_SECRET = "canary-client-7Qm2xLd0Wz";
  private static final String MADE = "canary-acts-for-";
  private static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
  private static final String SETTINGS =
      """
      issuers:
        - issuer: HOME
          audience: AUDIENCE
          agents:
            - {when: {sub: job}, agent: job}
            - {when: {azp: desk-app}, agent: desk, delegator: preferred_username}
        - issuer: OTHER
          audience: AUDIENCE
          agents:
            - {when: {azp: desk-app}, agent: desk, delegator: preferred_username}
      credentials:
        person:
          kind: oauth_token_exchange
          token_endpoint: SERVER/token
          revocation_endpoint: SERVER/revoke
          client_id: keyward
          client_secret: local:desk#client_secret
          subject_issuer: HOME
          audience: files-api
          resource: https://files.example/api
          scope: files:read files:write
      """;
  private static final String FILES =
      """
      system: files
      origin: https://files.example
      credential: {ref: "mint:person", in: bearer, scope: "files:read"}
      error: [message]
      tools:
        mine:
          title: List files
          description: Lists the person's files.
          tier: read
          summary: List files
          input: {properties: {}}
          request: {method: GET, path: "/mine"}
          result: [owner, note]
        drop:
          title: Drop the files
          description: Drops the person's files.
          tier: write
          summary: Drop files
          input: {properties: {}}
          request: {method: POST, path: "/drop"}
          credential: {ref: "mint:person", in: bearer, scope: "files:write"}
          result: [owner]
      """;

  private final SettableClock issuersClock = new SettableClock();
  private final TestIssuer issuer = new TestIssuer(issuersClock);
  private final TestIssuer other = new TestIssuer(issuersClock);
  private final StandIn elsewhere = new StandIn();
  private final AtomicInteger made = new AtomicInteger();
  private final AtomicInteger people = new AtomicInteger();
  private final Canary log = Canary.listening();
  private volatile String note = "";
  private volatile Optional<StandIn.Script> tokenAnswer = Optional.empty();
  private TestBroker broker;
  private RunDoor runs;
  private String agentKey;
  private int before;

  @BeforeAll
  void open(@TempDir Path folder) throws Exception {
    broker = TestBroker.in(folder);
    broker.secret("desk#client_secret", CLIENT_SECRET);
    broker.configure(
        SETTINGS
            .replace("HOME", issuer.name())
            .replace("OTHER", other.name())
            .replace("AUDIENCE", AUDIENCE)
            .replace("SERVER", broker.upstream().origin().toString()));
    broker.stop();
    broker.start();
    broker.catalog("files.yaml", FILES.replace("https://files.example", origin()));
    broker.upstream().answers(this::serve);
    for (String agent : List.of("job", "desk")) {
      broker.operate(
          "agent.add",
          "{\"name\":\"%s\",\"owner\":\"olga\",\"tools\":[\"files.*\"],\"no_key\":true}"
              .formatted(agent));
    }
    agentKey = broker.agent("keyed", "files.*").key();
    runs = new RunDoor(broker);
  }

  private String origin() {
    return broker.upstream().origin().toString();
  }

  @BeforeEach
  void start() {
    note = "";
    tokenAnswer = Optional.empty();
    before = broker.upstream().journal().size();
  }

  @AfterAll
  void close() {
    broker.close();
    issuer.close();
    other.close();
    elsewhere.close();
    log.close();
  }

  /// The issuer's token endpoint, and files that belong to whoever the token is for.
  private void serve(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (path.equals("/token")) {
      String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      tokenAnswer.orElseGet(() -> exchanged(form)).answer(exchange);
      return;
    }
    String shown = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
    String owner = shown.replaceFirst("^Bearer " + MADE + "([a-z0-9]+)-.*$", "$1");
    StandIn.json("{\"owner\":\"%s\",\"note\":\"%s\"}".formatted(owner, note)).answer(exchange);
  }

  private StandIn.Script exchanged(String form) {
    return answer(MADE + person(field(form, "subject_token")) + "-" + made.incrementAndGet());
  }

  private static StandIn.Script answer(String token) {
    return StandIn.json(
        """
        {"access_token":"%s","issued_token_type":"%s","token_type":"Bearer","expires_in":300}\
        """
            .formatted(token, ACCESS_TOKEN));
  }

  @Test
  void aToolActsAsThePersonWhoseTokenTheAgentShows() {
    String person = newPerson();
    String token = token(person);

    Called called = files(token);

    assertEquals("ok", called.code(), called.raw());
    assertEquals(person, called.text().replaceFirst("(?s).*\"owner\":\"([a-z0-9]*)\".*", "$1"));
    StandIn.Seen asked = asked().getFirst();
    assertEquals(
        "urn:ietf:params:oauth:grant-type:token-exchange", field(asked.body(), "grant_type"));
    assertEquals(token, field(asked.body(), "subject_token"));
    assertEquals(ACCESS_TOKEN, field(asked.body(), "subject_token_type"));
    assertEquals("files-api", field(asked.body(), "audience"));
    assertEquals("https://files.example/api", field(asked.body(), "resource"));
    assertEquals("files:read", field(asked.body(), "scope"));
    assertTrue(asked.authorization().orElse("").startsWith("Basic "));
    JsonNode used =
        broker
            .operate("audit.list", "{\"call\":\"" + called.call() + "\",\"whole\":true}")
            .findValue("credential");
    assertEquals("oauth_token_exchange", used.path("kind").asString(""));
    assertEquals("delegator", used.path("subject").asString(""));
  }

  @Test
  void whatWasMadeForOnePersonIsNeverAnothersAlthoughTheAgentIsTheSame() {
    String mina = newPerson();
    String zoe = newPerson();

    assertEquals(mina, owner(files(token(mina))));
    assertEquals(zoe, owner(files(token(zoe))));
    assertEquals(mina, owner(files(token(mina))));

    assertEquals(2, asked().size());
  }

  @Test
  void aRunThatWasOpenedWithAPersonsTokenActsForThemAndSoDoesOneInIt() {
    String person = newPerson();
    RunDoor.Reply run = runs.post(token(person), "{\"purpose\":\"test\"}");
    RunDoor.Reply inner = runs.post(run.token(), "{\"purpose\":\"more\"}");

    assertEquals(person, owner(files(run.token())));
    assertEquals(person, owner(files(inner.token())));

    assertEquals(2, asked().size());
  }

  @Test
  void whoIsOnlySaidToBeBehindARunIsNobody() {
    RunDoor.Reply claimed = runs.post(agentKey, "{\"purpose\":\"test\",\"delegator\":\"mina\"}");
    String nobodys = issuer.token("job", AUDIENCE).signed();

    for (String shown : List.of(agentKey, claimed.token(), nobodys)) {
      assertEquals("delegator_not_verified", files(shown).code());
      Called write = broker.stranger(shown).call("files.drop", "{}");
      assertEquals("delegator_not_verified", write.code());
      assertEquals("", write.approval());
    }
    assertEquals(List.of(), sent());
  }

  @Test
  void anotherIssuersTokenIsNotShownToThisOne() {
    String foreign =
        other
            .token("u-9", AUDIENCE)
            .claim("azp", "desk-app")
            .claim("preferred_username", "mina")
            .signed();

    assertEquals("delegator_not_verified", files(foreign).code());

    assertEquals(List.of(), sent());
    assertEquals(0, rows("person = 'mina' AND issuer = '" + other.name() + "'"));
  }

  @Test
  void theTokenIsKeptSealedAndForgottenWithItsRun() throws Exception {
    String person = newPerson();
    String token = token(person);
    RunDoor.Reply run = runs.post(token, "{\"purpose\":\"test\"}");
    assertEquals(1, rows("run = '" + run.run() + "'"));
    assertFalse(database().contains(token.substring(token.lastIndexOf('.'))));

    runs.end(token, run.run());

    assertEquals(0, rows("run = '" + run.run() + "'"));
    assertEquals(401, files(run.token()).status());
    broker.operate("stop", "{\"kind\":\"agent\",\"name\":\"desk\"}");
    assertEquals(0, rows("person = '" + person + "'"));
    broker.operate("resume", "{\"kind\":\"agent\",\"name\":\"desk\"}");
    assertEquals(List.of(), sent().stream().filter(one -> one.path().equals("/token")).toList());
  }

  @Test
  void aRowThatWasPutInAnothersPlaceOpensNothing() throws Exception {
    RunDoor.Reply one = runs.post(token(newPerson()), "{\"purpose\":\"a\"}");
    RunDoor.Reply two = runs.post(token(newPerson()), "{\"purpose\":\"b\"}");
    String taken = "(SELECT %s FROM subject_tokens WHERE run = '" + two.run() + "')";
    for (String change :
        List.of(
            "sealed = " + taken.formatted("sealed"),
            "person = " + taken.formatted("person"),
            "expires_at = expires_at + 60000")) {
      change(change, one.run());

      assertEquals("delegator_not_verified", files(one.token()).code(), change);
    }
    assertEquals(List.of(), sent());
  }

  @Test
  void afterARestartTheRunStillActsForItsPerson() throws Exception {
    String person = newPerson();
    RunDoor.Reply run = runs.post(token(person), "{\"purpose\":\"test\"}");
    broker.stop();
    broker.start();

    assertEquals(person, owner(files(run.token())));
  }

  @Test
  void aNewerTokenOfThePersonIsTheOneThatIsShown() {
    String person = newPerson();
    assertEquals(person, owner(files(token(person))));
    move(Duration.ofMinutes(5));
    String newer = token(person);

    assertEquals(person, owner(files(newer)));

    assertEquals(newer, field(asked().getLast().body(), "subject_token"));
  }

  @Test
  void anEndpointThatRedirectsIsNotFollowed() {
    tokenAnswer =
        Optional.of(StandIn.of(307, "text/plain", "", "Location", elsewhere.origin() + "/token"));

    assertEquals("credential_unavailable", files(token(newPerson())).code());

    assertEquals(List.of(), elsewhere.journal());
  }

  @Test
  void whatIsNoAccessTokenIsNotUsed() {
    tokenAnswer =
        Optional.of(
            StandIn.json(
                """
                {"access_token":"canary-id","token_type":"Bearer",
                 "issued_token_type":"urn:ietf:params:oauth:token-type:id_token"}\
                """));

    assertEquals("credential_missing", files(token(newPerson())).code());
    assertEquals(1, sent().size());
  }

  @Test
  void neitherTokenEverLeaves() throws Exception {
    String person = newPerson();
    String token = token(person);
    files(token);
    note = "for " + token + " I had " + MADE + person;

    Called echoed = files(token);
    tokenAnswer =
        Optional.of(
            StandIn.of(
                400,
                "application/json",
                "{\"error\":\"invalid_request\",\"e\":\"" + token + "\"}"));
    Called refused = files(token(newPerson()));

    assertEquals("ok", echoed.code(), echoed.raw());
    assertEquals("credential_missing", refused.code());
    assertTrue(echoed.text().contains("[redacted]"), echoed.text());
    List<String> exits = new ArrayList<>(List.of(echoed.raw(), refused.raw(), log.logged()));
    for (String command : List.of("audit.list", "lease.list", "run.list", "doctor")) {
      exits.add(broker.operate(command, "{}").toString());
    }
    try (Stream<Path> files = Files.walk(broker.home().folder())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        exits.add(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    String signature = token.substring(token.lastIndexOf('.') + 1);
    for (String secret : List.of(token, signature, CLIENT_SECRET)) {
      exits.forEach(exit -> Canary.assertFree(exit, secret));
    }
  }

  private Called files(String shown) {
    return broker.stranger(shown).call("files.mine", "{}");
  }

  private static String owner(Called called) {
    assertEquals("ok", called.code(), called.raw());
    return called.text().replaceFirst("(?s).*\"owner\":\"([a-z0-9]*)\".*", "$1");
  }

  private List<StandIn.Seen> sent() {
    List<StandIn.Seen> all = broker.upstream().journal();
    return all.subList(before, all.size()).stream()
        .filter(seen -> !seen.path().equals("/revoke"))
        .toList();
  }

  private List<StandIn.Seen> asked() {
    return sent().stream().filter(seen -> seen.path().equals("/token")).toList();
  }

  /// {@return a person of whom no run knows yet}
  private String newPerson() {
    return "p" + people.incrementAndGet();
  }

  private String token(String person) {
    return issuer
        .token("u-" + person, AUDIENCE)
        .claim("azp", "desk-app")
        .claim("preferred_username", person)
        .signed();
  }

  private static String person(String token) {
    byte[] claims = Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]);
    return JsonMapper.shared().readTree(claims).path("preferred_username").asString("");
  }

  private static String field(String form, String name) {
    for (String pair : form.split("&", -1)) {
      if (pair.startsWith(name + "=")) {
        return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
      }
    }
    return "";
  }

  private void move(Duration by) {
    broker.clock().move(by);
    issuersClock.move(by);
  }

  private int rows(String where) {
    try (var sql = broker.sql();
        var statement = sql.createStatement();
        var found = statement.executeQuery("SELECT COUNT(*) FROM subject_tokens WHERE " + where)) {
      assertTrue(found.next());
      return found.getInt(1);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private void change(String what, String run) throws SQLException {
    try (var sql = broker.sql();
        var statement = sql.createStatement()) {
      assertNotEquals(
          0,
          statement.executeUpdate(
              "UPDATE subject_tokens SET " + what + " WHERE run = '" + run + "'"));
    }
  }

  private String database() throws IOException {
    return Files.readString(broker.home().database(), StandardCharsets.ISO_8859_1);
  }
}
