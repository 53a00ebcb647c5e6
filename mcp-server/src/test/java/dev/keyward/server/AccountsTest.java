package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import dev.keyward.server.cli.Main;
import dev.keyward.server.control.OperatorError;
import dev.keyward.server.credential.Canary;
import dev.keyward.store.PostgresSettings;
import dev.keyward.store.TestPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Accounts that a person connects once, at two brokers over one database.
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AccountsTest {
  private static final String BACK = "http://127.0.0.1:4711/connected";
  private static final String MAIL = "{\"id\":\"7\"}";
  private static final String SETTINGS =
      """
      credentials:
        mail:
          kind: oauth_refresh_token
          authorization_endpoint: ISSUER/authorize
          token_endpoint: ISSUER/token
          revocation_endpoint: ISSUER/revoke
          client_id: keyward
          client_auth: none
          scope: mail.read offline_access
      """;
  private static final String MAILBOX =
      """
      system: mailbox
      origin: https://mail.example
      credential: {ref: "mint:mail", in: bearer}
      error: [message]
      tools:
        read:
          title: Read a mail
          description: Reads one mail.
          tier: read
          summary: Read mail {id}
          input:
            properties:
              id: {type: string, description: The number., pattern: "^[0-9]{1,9}$"}
            required: [id]
          request: {method: GET, path: "/mails/{id}"}
          result: [id]
      """;

  @TempDir static Path folder;
  private final PostgresSettings database = TestPostgres.shared().database();
  private RotatingIssuer issuer = new RotatingIssuer();
  private TestBroker one;
  private TestBroker two;
  private int agents;

  @BeforeAll
  void start() throws Exception {
    one = TestBroker.in(folder, TestBroker.on(database));
    String settings =
        TestBroker.on(database) + SETTINGS.replace("ISSUER", one.upstream().origin().toString());
    one.configure(settings);
    one.stop();
    one.start();
    two = one.sister(folder, settings);
    one.catalog("mailbox.yaml", MAILBOX);
    two.catalog("mailbox.yaml", MAILBOX);
    one.upstream().answers(this::answer);
  }

  @AfterAll
  void stop() {
    two.close();
    one.close();
  }

  @BeforeEach
  void nobodyIsConnected() throws Exception {
    issuer = new RotatingIssuer();
    one.clock().move(Duration.ofSeconds(1));
    try (Connection sql = TestPostgres.shared().connect(database);
        var statement = sql.createStatement()) {
      statement.execute("DELETE FROM connections");
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    if (issuer.answers(exchange)) {
      return;
    }
    String shown = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
    boolean good = issuer.takes(shown.replaceFirst("^Bearer ", ""));
    StandIn.Script answer =
        good
            ? StandIn.json("{\"id\":\"7\"}")
            : StandIn.of(401, "application/json", "{\"message\":\"no\"}");
    answer.answer(exchange);
  }

  @Test
  void aToolWhoseAccountIsNotConnectedSaysWhatTheOperatorMustDoAndSendsNothing() {
    int before = one.upstream().journal().size();

    Called called = agent().call("mailbox.read", MAIL);

    assertEquals("account_not_connected", called.code());
    assertTrue(called.text().contains("keyward connect mail"), called.text());
    assertEquals(before, one.upstream().journal().size());
    String doctor = one.operate("doctor", "{}").toString();
    assertTrue(doctor.contains("keyward connect mail"), doctor);
    JsonNode listed = one.operate("connection.list", "{}").get(0);
    assertEquals("not connected", listed.path("state").asString(""));
  }

  @Test
  void anAccountThatIsConnectedServesBothBrokersAndEachRefreshReplacesTheToken() {
    connect();

    AgentClient agent = agent();
    assertEquals("ok", agent.call("mailbox.read", MAIL).code());
    assertEquals("ok", atTwo(agent()).call("mailbox.read", MAIL).code());
    assertEquals("ok", agent.call("mailbox.read", MAIL).code());

    assertEquals(2, issuer.refreshes());
    assertEquals(
        "connected", one.operate("connection.list", "{}").get(0).path("state").asString(""));
  }

  @Test
  void ofManyAtTwoBrokersOneRefreshesAtATime() throws Exception {
    connect();
    List<AgentClient> clients = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      AgentClient agent = agent();
      clients.add(i % 2 == 0 ? agent : atTwo(agent));
    }

    List<Future<Called>> calls = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      clients.forEach(client -> calls.add(threads.submit(() -> client.call("mailbox.read", MAIL))));
    }

    for (Future<Called> call : calls) {
      assertEquals("ok", call.get().code(), () -> call.resultNow().raw());
    }
    assertEquals(8, issuer.refreshes());
    assertFalse(issuer.newest().isEmpty());
  }

  @Test
  void aTokenThatSomebodyElseHasUsedEndsTheConnectionUntilItIsMadeAnew() {
    connect();
    issuer.stolen();

    assertEquals("account_not_connected", agent().call("mailbox.read", MAIL).code());
    int refreshes = issuer.refreshes();
    assertEquals("account_not_connected", atTwo(agent()).call("mailbox.read", MAIL).code());

    assertEquals(refreshes, issuer.refreshes());
    String state = two.operate("connection.list", "{}").get(0).path("state").asString("");
    assertTrue(state.contains("connect it again"), state);
    connect();
    assertEquals("ok", agent().call("mailbox.read", MAIL).code());
  }

  @Test
  void whatAnErrorRepeatsGoesNowhereAndNothingIsInTheClear() throws Exception {
    try (var log = Canary.listening()) {
      connect();
      assertEquals("ok", agent().call("mailbox.read", MAIL).code());
      String token = issuer.newest();
      issuer.echoes();
      issuer.stolen();
      Called refused = agent().call("mailbox.read", MAIL);

      List<String> exits = new ArrayList<>(List.of(refused.raw(), log.logged(), rows()));
      for (String command : List.of("audit.list", "connection.list", "lease.list", "doctor")) {
        exits.add(one.operate(command, "{}").toString());
      }
      exits.forEach(exit -> Canary.assertFree(exit, token));
      exits.forEach(exit -> Canary.assertFree(exit, RotatingIssuer.ACCESS));
    }
  }

  @Test
  void anAgentThatShowsARefreshTokenIsRefused() {
    connect();
    String token = issuer.newest();

    Called called = agent("crm.*").call("crm.search_tickets", "{\"query\":\"" + token + "\"}");

    assertEquals("secret_in_arguments", called.code());
  }

  @Test
  void aCodeOfAnotherAttemptConnectsNothing() {
    JsonNode mine = begin();
    JsonNode foreign = begin();
    URI back = issuer.agree(URI.create(foreign.get("page").stringValue()));
    String code = back.getQuery().replaceFirst("^code=([^&]*)&.*$", "$1");

    assertThrows(OperatorError.class, () -> finish(mine.get("state").stringValue(), code, BACK));
    assertThrows(OperatorError.class, () -> finish("forged.state", code, BACK));
    assertThrows(
        OperatorError.class,
        () -> finish(foreign.get("state").stringValue(), code, "http://127.0.0.1:1/connected"));

    assertEquals("account_not_connected", agent().call("mailbox.read", MAIL).code());
  }

  @Test
  void theWayBackIsOnTheOperatorsOwnMachine() {
    for (String elsewhere :
        List.of(
            "https://evil.example/", "http://127.0.0.1.evil.example:1/", "http://localhost:1/")) {
      assertThrows(
          OperatorError.class,
          () ->
              one.operate(
                  "connection.begin", "{\"name\":\"mail\",\"back\":\"%s\"}".formatted(elsewhere)));
    }
  }

  @Test
  void whatIsRemovedIsGivenBack() {
    connect();
    AgentClient agent = agent();
    assertEquals("ok", agent.call("mailbox.read", MAIL).code());

    JsonNode removed = one.operate("connection.remove", "{\"name\":\"mail\"}");

    assertEquals("done", removed.path("revocation").asString(""));
    assertEquals("", issuer.newest());
    assertEquals("account_not_connected", agent.call("mailbox.read", MAIL).code());
    List<String> types = new ArrayList<>();
    one.operate("audit.list", "{\"type\":\"account.\"}")
        .forEach(row -> types.add(row.path("type").asString("")));
    assertEquals(List.of("account.removed", "account.connected"), types.subList(0, 2));
  }

  @Test
  void theCommandWaitsForTheBrowserThatItSentAwayAndForNoOther() throws Exception {
    var printed = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        var browser = HttpClient.newHttpClient()) {
      String home = one.home().folder().toString();
      Future<Integer> command = threads.submit(() -> Main.run("connect", "mail", "--home", home));
      URI back = issuer.agree(page(printed));
      URI stray = back.resolve("/connected?code=theirs&state=guessed");

      assertEquals(404, status(browser, stray));
      assertEquals(404, status(browser, back.resolve("/")));
      assertEquals(200, status(browser, back));

      assertEquals(0, command.get());
    } finally {
      System.setErr(before);
    }
    assertEquals("ok", agent().call("mailbox.read", MAIL).code());
  }

  @Test
  void anAdministratorConnectsAnAccountOnThePageAndTheRecordSaysWho() {
    Reviewer ada = administrator("ada");
    String name = "ada-" + agents;
    assertTrue(ada.get("/accounts").body().contains("Not connected"));

    assertEquals(303, cameBack(ada, issuer.agree(begun(ada))).statusCode());

    assertTrue(ada.get("/accounts").body().contains("Connected"));
    assertEquals("ok", agent().call("mailbox.read", MAIL).code());
    JsonNode record = one.operate("audit.list", "{\"type\":\"account.connected\"}").get(0);
    assertEquals("person:" + name, record.at("/event/by").asString(""));
    assertFalse(ada.all().contains(RotatingIssuer.REFRESH));
    assertFalse(ada.all().contains(RotatingIssuer.ACCESS));
  }

  @Test
  void whatABrowserBringsBackCountsOnceAndInTheSessionThatBegan() {
    Reviewer ada = administrator("ada");
    String name = "ada-" + agents;
    Reviewer eve = administrator("eve");
    URI back = issuer.agree(begun(ada));

    assertEquals(409, cameBack(eve, back).statusCode());
    assertEquals(409, cameBack(one.signIn(name), back).statusCode()); // another browser of hers
    assertEquals("account_not_connected", agent().call("mailbox.read", MAIL).code());
    assertEquals(303, cameBack(ada, back).statusCode());
    int asked = one.upstream().journal().size();
    assertEquals(409, cameBack(ada, back).statusCode());

    assertEquals(asked, one.upstream().journal().size());
  }

  @Test
  void anAttemptThatIsTooOldConnectsNothing() {
    Reviewer ada = administrator("ada");
    URI back = issuer.agree(begun(ada));
    one.clock().move(Duration.ofMinutes(16));

    assertEquals(409, cameBack(ada, back).statusCode());
    assertEquals(409, ada.get("/accounts/connected?error=access_denied&state=x").statusCode());
    assertEquals(409, ada.get("/accounts/connected?code=x&state=forged.1.x").statusCode());
  }

  @Test
  void theCommandsAttemptIsNotFinishedOnThePageNorThePagesByTheCommand() {
    Reviewer ada = administrator("ada");
    URI commands = issuer.agree(URI.create(begin().get("page").stringValue()));
    URI pages = issuer.agree(begun(ada));

    assertEquals(409, cameBack(ada, commands).statusCode());
    String state = pages.getQuery().replaceFirst("^.*&state=", "");
    String code = pages.getQuery().replaceFirst("^code=([^&]*)&.*$", "$1");
    for (String way : List.of(BACK, ada.address("/accounts/connected").toString())) {
      assertThrows(OperatorError.class, () -> finish(state, code, way));
    }
  }

  @Test
  void nobodyButAnAdministratorConnectsAnything() {
    Reviewer ada = administrator("ada");
    URI back = issuer.agree(begun(ada));
    Reviewer rob = one.reviewer("rob" + agents);

    assertEquals(404, rob.get("/accounts").statusCode());
    assertEquals(404, cameBack(rob, back).statusCode());
    assertEquals(404, rob.submit("/accounts", Map.of("name", "mail")));
    assertEquals(403, ada.submit("/accounts", Map.of("name", "mail", "csrf", "guessed")));
    assertEquals(409, ada.submit("/accounts", Map.of("name", "other")));
  }

  private Reviewer administrator(String name) {
    String unique = name + "-" + ++agents;
    one.operate("person.add", "{\"name\":\"%s\",\"roles\":[\"administrator\"]}".formatted(unique));
    return one.signIn(unique);
  }

  /// {@return the issuer's page to which the accounts page points once somebody has begun}
  private static URI begun(Reviewer person) {
    String page = person.submitted("/accounts", Map.of("name", "mail")).body();
    return URI.create(Jsoup.parse(page).select("a[rel=noreferrer]").attr("href"));
  }

  private static HttpResponse<String> cameBack(Reviewer person, URI back) {
    return person.get("/accounts/connected?" + back.getRawQuery());
  }

  private static URI page(ByteArrayOutputStream printed) {
    Pattern page = Pattern.compile("(?s).*?\\n  (http\\S+)\\n.*");
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (true) {
      Matcher there = page.matcher(printed.toString(StandardCharsets.UTF_8));
      if (there.matches()) {
        return URI.create(there.group(1));
      }
      assertTrue(System.nanoTime() < end, "no page within 30 s");
      Thread.onSpinWait();
    }
  }

  private static int status(HttpClient browser, URI address) throws Exception {
    return browser
        .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private void connect() {
    JsonNode begun = begin();
    URI back = issuer.agree(URI.create(begun.get("page").stringValue()));
    finish(
        begun.get("state").stringValue(),
        back.getQuery().replaceFirst("^code=([^&]*)&.*$", "$1"),
        BACK);
  }

  private JsonNode begin() {
    return one.operate("connection.begin", "{\"name\":\"mail\",\"back\":\"" + BACK + "\"}");
  }

  /// By the other broker: the two halves share nothing.
  private void finish(String state, String code, String back) {
    two.operate(
        "connection.finish",
        "{\"back\":\"%s\",\"state\":\"%s\",\"code\":\"%s\"}".formatted(back, state, code));
  }

  /// {@return the agent at the other broker, which hears of its key within a second}
  private AgentClient atTwo(AgentClient agent) {
    AgentClient there = two.visited(agent);
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (there.initialize().status() != 200) {
      assertTrue(System.nanoTime() < end, "not known within 30 s");
    }
    return there;
  }

  private AgentClient agent() {
    return agent("mailbox.*");
  }

  private AgentClient agent(String tools) {
    one.clock().move(Duration.ofSeconds(2)); // an issuer's no stands for a second
    return one.agent("a" + ++agents, tools);
  }

  private String rows() throws Exception {
    var all = new StringBuilder();
    try (Connection sql = TestPostgres.shared().connect(database);
        var statement = sql.createStatement();
        var rows = statement.executeQuery("SELECT name, sealed FROM connections")) {
      while (rows.next()) {
        all.append(rows.getString(1)).append(' ').append(rows.getString(2)).append('\n');
      }
    }
    return all.toString();
  }
}
