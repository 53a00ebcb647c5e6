package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.catalog.ExampleCatalogs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// What the broker makes of what nobody should send it.
@Timeout(120)
final class BadInputTest {
  private static final String TICKET = "{\"ticket_id\":\"4812\"}";

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
  void everyKeyThatDoesNotOpenGetsTheSameAnswer() {
    AgentClient revoked = broker.agent("revoked", "crm.*");
    AgentClient rotated = broker.agent("rotated", "crm.*");
    broker.operate("agent.revoke", "{\"name\":\"revoked\"}");
    broker.operate("agent.rotate", "{\"name\":\"rotated\"}");
    AgentClient expired = broker.agent("expired", "crm.*");
    assertEquals(200, expired.initialize().status());
    broker.clock().move(Duration.ofDays(90));

    List<Called> answers = new ArrayList<>();
    for (String key :
        List.of(
            "",
            "x",
            "kw_agent_" + "A".repeat(43),
            TestBroker.CRM_KEY,
            revoked.key(),
            rotated.key(),
            expired.key())) {
      answers.add(broker.stranger(key).initialize());
    }

    for (Called answer : answers) {
      assertEquals(401, answer.status());
      assertEquals("2.0", answer.message().path("jsonrpc").asString(""));
      assertTrue(answer.message().at("/error/code").isInt(), answer.raw());
      assertEquals(answers.getFirst().message(), answer.message());
    }
    assertEquals(List.of(), upstream.journal());
  }

  @Test
  void aSessionDoesNotKeepAnExpiredKeyAlive() {
    AgentClient agent = broker.agent("a1", "crm.*");
    assertEquals("ok", agent.call("crm.read_ticket", TICKET).code());

    broker.clock().move(Duration.ofDays(90));

    assertEquals(401, agent.call("crm.read_ticket", TICKET).status());
    assertEquals(1, upstream.journal().size());
  }

  @Test
  void aToolThatIsNotThereAndOneThatMayNotBeSeenGetTheSameAnswer() {
    AgentClient agent = broker.agent("a1", "crm.read_ticket");

    Called invisible = agent.call("stripe.create_refund", TestBroker.REFUND);
    Called unknown = agent.call("stripe.create_refunds", TestBroker.REFUND);
    Called invisibleAndWrong = agent.call("stripe.create_refund", "{\"nonsense\":1}");

    assertEquals("unknown_tool", unknown.code());
    for (Called answer : List.of(invisible, invisibleAndWrong)) {
      assertEquals(unknown.status(), answer.status());
      assertEquals(
          unknown.message().at("/error/code").asInt(), answer.message().at("/error/code").asInt());
      assertEquals(unknown.text(), answer.text());
      assertEquals(unknown.code(), answer.code());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "crm.read_ticket|{\"ticket_id\":\"canary-4711\"}|/ticket_id",
        "crm.read_ticket|{\"ticket_id\":47110815}|/ticket_id",
        "crm.read_ticket|{}|ticket_id",
        "crm.read_ticket|{\"ticket_id\":\"1\",\"extra\":\"canary-4711\"}|/",
        "crm.search_tickets|{\"limit\":4711}|/limit",
        "crm.search_tickets|{\"status\":\"canary-4711\"}|/status",
        "crm.read_page|{\"slug\":\"../canary-4711\"}|/slug",
        "stripe.create_refund|{\"amount\":5}|/",
      })
  void aBrokenSchemaIsToldByFieldAndRuleWithoutTheValue(
      String tool, String arguments, String field) {
    Called refused = broker.agent("a1", "crm.*", "stripe.*").call(tool, arguments);

    assertEquals(200, refused.status());
    assertTrue(refused.failed());
    assertEquals("invalid_arguments", refused.code());
    assertTrue(refused.text().contains(field), refused.text());
    assertFalse(refused.raw().contains("4711"), refused.raw());
    assertEquals(List.of(), upstream.journal());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "crm.read_ticket|{\"ticket_id\":\"1\",\"ticket_id\":\"1\"}",
        "crm.read_ticket|{\"ticket_id\":\"1\",\"\\u0074icket_id\":\"1\"}",
        "crm.search_tickets|{\"query\":\"\\ud800\"}",
        "stripe.list_invoices|{\"created_after\":9007199254740993}",
        "stripe.list_invoices|{\"created_after\":1e400}",
        "stripe.list_invoices|[]",
        "stripe.list_invoices|\"text\"",
        "stripe.list_invoices|7"
      })
  void jsonThatTwoReadersWouldReadDifferentlyIsRefused(String tool, String arguments) {
    AgentClient agent = broker.agent("a1", "crm.*", "stripe.*");

    assertTrue(agent.call(tool, arguments).failed());

    assertEquals(List.of(), upstream.journal());
  }

  @Test
  void aNumberThatEveryReaderReadsAlikeIsFine() {
    Called read =
        broker
            .agent("a1", "stripe.*")
            .call("stripe.list_invoices", "{\"created_after\":9007199254740991}");

    assertEquals("ok", read.code());
    assertTrue(upstream.journal().getFirst().path().endsWith("=9007199254740991"));
  }

  @Test
  void anUpstreamThatIsDownIsToldAndNothingWasSent() {
    upstream.goDown();

    Called refused = broker.agent("a1", "crm.*").call("crm.read_ticket", TICKET);

    assertEquals("upstream_unreachable", refused.code());
    assertEquals("not_sent", ending(refused));
  }

  @Test
  void anUpstreamThatIsTooSlowIsNotWaitedFor() throws Exception {
    var release = new CountDownLatch(1);
    upstream.answers(
        exchange -> {
          try {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
    limited("timeout: 2s");

    Called refused = broker.agent("a1", "crm.*").call("crm.read_ticket", TICKET);
    release.countDown();

    assertEquals("upstream_unusable", refused.code());
    assertEquals("failed", ending(refused));
  }

  @Test
  void anAnswerThatIsTooLargeIsRefused() throws Exception {
    limited("max_response_bytes: 2048");
    upstream.answers("{\"id\":\"" + "x".repeat(4096) + "\"}");

    refusedAsUnusable();
  }

  @Test
  void anAnswerOfAnotherTypeIsRefused() {
    upstream.answers(StandIn.of(200, "text/html", "<p>hello</p>"));

    refusedAsUnusable();
  }

  @Test
  void aRedirectIsNotFollowed() {
    upstream.answers(
        StandIn.of(302, "text/plain", "", "Location", upstream.origin() + "/elsewhere"));

    refusedAsUnusable();
    assertEquals(1, upstream.journal().size());
  }

  @Test
  void malformedJsonIsRefusedAndNotRepeated() {
    upstream.answers("{\"id\": \"x-canary-4711");

    Called refused = refusedAsUnusable();
    assertFalse(refused.raw().contains("4711"), refused.raw());
  }

  @Test
  void anAnswerWithTheSameKeyTwiceIsRefused() {
    upstream.answers("{\"id\":\"1\",\"id\":\"2\"}");

    refusedAsUnusable();
  }

  @Test
  void ofAnErrorOnlyTheStatusAndTheDeclaredFieldsAreTold() {
    String echo = "Bearer " + TestBroker.CRM_KEY;
    upstream.answers(
        StandIn.of(
            500,
            "application/json",
            "{\"error\":{\"code\":\"boom\",\"message\":\"you sent "
                + echo
                + "\",\"stack\":\"at x\"},\"headers\":{\"authorization\":\""
                + echo
                + "\"}}"));

    Called refused = broker.agent("a1", "crm.*").call("crm.read_ticket", TICKET);

    assertEquals("upstream_error", refused.code());
    assertTrue(refused.failed());
    assertTrue(refused.text().contains("boom"), refused.text());
    assertTrue(refused.text().contains("500"), refused.text());
    assertFalse(refused.raw().contains(TestBroker.CRM_KEY), refused.raw());
    assertFalse(refused.raw().contains("stack"), refused.raw());
    assertEquals("error_answered", ending(refused));
  }

  @Test
  void aMissingSecretIsToldToTheOperatorByItsReference() throws Exception {
    broker.operate("secret.remove", "{\"name\":\"crm#token\"}");

    Called refused = broker.agent("a1", "crm.*").call("crm.read_ticket", TICKET);

    assertEquals("credential_missing", refused.code());
    assertFalse(refused.raw().contains("crm#token"), refused.raw());
    assertEquals(List.of(), upstream.journal());
    assertTrue(
        problems().stream().anyMatch(problem -> problem.contains("local:crm#token")),
        problems().toString());
  }

  @ParameterizedTest
  @MethodSource("spellings")
  void aSecretInAnArgumentIsRefusedAndStoredNowhere(String spelled) throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*");
    String arguments = "{\"ticket_id\":\"1\",\"text\":\"look: " + spelled + "\",\"internal\":true}";

    Called refused = agent.call("crm.add_note", arguments);

    assertEquals("secret_in_arguments", refused.code());
    assertFalse(refused.text().contains("/text"), refused.text());
    assertFalse(refused.raw().contains(spelled), refused.raw());
    assertEquals(0, broker.operate("approvals.list", "{}").size());
    assertEquals(List.of("call.refused"), broker.trail(refused.call()));
    assertEquals(0, rows("SELECT COUNT(*) FROM audit_arguments"));
    broker.stop();
    try (Stream<Path> files = Files.walk(broker.home().folder())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertFalse(bytes.contains(spelled), file + " holds it");
      }
    }
  }

  static Stream<String> spellings() {
    byte[] bytes = TestBroker.CRM_KEY.getBytes(StandardCharsets.UTF_8);
    return Stream.of(
        TestBroker.CRM_KEY,
        new StringBuilder(TestBroker.CRM_KEY).reverse().toString(),
        Base64.getEncoder().encodeToString(bytes),
        HexFormat.of().formatHex(bytes));
  }

  @Test
  void aSecretAsTheNameOfAnArgumentIsRefusedAndNotRepeated() {
    Called refused =
        broker
            .agent("a1", "crm.*")
            .call("crm.read_ticket", "{\"" + TestBroker.STRIPE_KEY + "\":\"1\"}");

    assertEquals("invalid_arguments", refused.code());
    assertFalse(refused.raw().contains(TestBroker.STRIPE_KEY), refused.raw());
  }

  @Test
  void aSecondBrokerOnTheSameHomeRefusesAndSaysWhoRuns() {
    var refused =
        assertThrows(
            CannotStart.class, () -> Keyward.open(broker.home(), Mode.SERVE, broker.clock()));

    String said = String.valueOf(refused.getMessage());
    assertTrue(said.contains("serve, process " + ProcessHandle.current().pid()), said);
    assertEquals("ok", broker.agent("a1", "crm.*").call("crm.read_ticket", TICKET).code());
  }

  @ParameterizedTest
  @ValueSource(strings = {"changeme", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "", "short"})
  void aPlaceholderForAMasterKeyDoesNotStart(String placeholder) throws Exception {
    broker.stop();
    Files.writeString(broker.home().masterKey(), placeholder + "\n");

    String said = cannotStart();

    assertTrue(said.contains("master.key"), said);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r--r--", "rw----r--", "rw-r-----", "rw-rw----"})
  void aMasterKeyThatOthersCanReadDoesNotStart(String mode) throws Exception {
    broker.stop();
    Files.setPosixFilePermissions(broker.home().masterKey(), PosixFilePermissions.fromString(mode));

    String said = cannotStart();

    assertTrue(said.contains("master.key") && said.contains("0600"), said);
  }

  @Test
  void anotherMasterKeyDoesNotStart() throws Exception {
    broker.stop();
    Files.delete(broker.home().masterKey());
    dev.keyward.server.credential.MasterKey.create(broker.home().masterKey());

    String said = cannotStart();

    assertTrue(said.contains("secrets.json"), said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "agnets: {}|agnets",
        "approvals: {single_operator: maybe}|/approvals/single_operator",
        "approvals: {questions: {agent: {burst: 0}}}|/approvals/questions/agent/burst",
        "policy: {allow: [{agents: [a1]}]}|/policy/allow/0",
      })
  void aSettingThatIsNotUnderstoodDoesNotStart(String setting, String field) throws Exception {
    broker.stop();
    broker.configure(setting + "\n");

    String said = cannotStart();

    assertTrue(said.contains("config.yaml, line 4"), said);
    assertTrue(said.contains(field), said);
  }

  @Test
  void aBrokenCatalogFileKeepsTheLastGoodOneAndIsTold() throws Exception {
    AgentClient agent = broker.agent("a1", "crm.*", "stripe.*");
    String broken = ExampleCatalogs.text("crm.yaml").replaceFirst("tier: read", "tier: raed");
    int line = broken.substring(0, broken.indexOf("tier: raed")).split("\n", -1).length;

    broker.catalog("crm.yaml", broken);

    assertEquals("ok", agent.call("crm.read_ticket", TICKET).code());
    assertEquals("ok", agent.call("stripe.list_invoices", "{}").code());
    String told = String.join("\n", problems());
    assertTrue(told.contains("crm.yaml:" + line + ": tools.read_ticket.tier"), told);
    assertTrue(told.contains("dangerous_write"), told);
  }

  @Test
  void aMessageThatIsNoJsonIsAnError() {
    AgentClient agent = broker.agent("a1", "crm.*");
    agent.initialize();

    Called refused = agent.post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"");

    assertTrue(refused.status() >= 400 && refused.status() < 500, refused.raw());
    assertFalse(refused.raw().contains("Exception"), refused.raw());
  }

  private Called refusedAsUnusable() {
    Called refused = broker.agent("a1", "crm.*").call("crm.read_ticket", TICKET);
    assertEquals("upstream_unusable", refused.code());
    assertTrue(refused.failed());
    assertEquals("failed", ending(refused));
    return refused;
  }

  /// Gives every tool of the CRM this limit.
  private void limited(String limit) {
    broker.catalog(
        "crm.yaml",
        ExampleCatalogs.text("crm.yaml")
            .replace("\ntools:\n", "\nlimits: {" + limit + "}\ntools:\n"));
  }

  /// {@return how the audit says that a call ended}
  private String ending(Called call) {
    return broker
        .operate("audit.list", "{\"type\":\"call.outcome\",\"call\":\"" + call.call() + "\"}")
        .at("/0/event/outcome/ending")
        .asString("");
  }

  private List<String> problems() {
    List<String> problems = new ArrayList<>();
    for (JsonNode finding : broker.operate("doctor", "{}")) {
      if (finding.path("level").asString("").equals("problem")) {
        problems.add(finding.path("what").asString("") + " " + finding.path("detail").asString(""));
      }
    }
    return problems;
  }

  private int rows(String sql) throws SQLException {
    try (var connection = broker.sql();
        var statement = connection.createStatement();
        var result = statement.executeQuery(sql)) {
      result.next();
      return result.getInt(1);
    }
  }

  private String cannotStart() {
    return Optional.ofNullable(
            assertThrows(
                    CannotStart.class,
                    () -> Keyward.open(broker.home(), Mode.SERVE, broker.clock()).close())
                .getMessage())
        .orElse("");
  }
}
