package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Agents that come with tokens of a trusted issuer. What is done to it lies in [TokenAttackTest].
@Timeout(120)
final class TokensTest {
  private static final String AUDIENCE = "https://keyward.example.com/mcp";
  private static final String READ = "{\"ticket_id\":\"4812\"}";

  @TempDir Path folder;
  private final SettableClock issuersClock = new SettableClock();
  private final TestIssuer issuer = new TestIssuer(issuersClock);
  private TestBroker broker;

  @BeforeEach
  void start() throws Exception {
    broker =
        TestBroker.in(
            folder,
            """
            issuers:
              - issuer: %s
                audience: %s
                agents:
                  - {when: {sub: job}, agent: job}
                  - {when: {azp: desk-app}, agent: desk, delegator: preferred_username}
            """
                .formatted(issuer.name(), AUDIENCE));
    keyless("job", "crm.*");
    keyless("desk", "crm.*");
    broker.operate("person.add", "{\"name\":\"mina\"}");
    broker.operate("person.add", "{\"name\":\"zoe\"}");
  }

  @AfterEach
  void stop() {
    broker.close();
    issuer.close();
  }

  @Test
  void aTokenOfATrustedIssuerStandsForAnAgentWithoutAKey() {
    String token = token("job").signed();

    Called read = broker.stranger(token).call("crm.read_ticket", READ);

    assertEquals("ok", read.code());
    assertEquals(List.of("call.intent", "call.outcome"), broker.trail(read.call()));
  }

  @Test
  void aTokenGoesNoFurtherThanTheBroker() throws Exception {
    String token = token("job").signed();
    broker.stranger(token).call("crm.read_ticket", READ);
    broker.stranger(token).call("crm.add_note", TestBroker.NOTE);

    String seen = broker.upstream().journal().toString();
    assertTrue(seen.contains(TestBroker.CRM_KEY));
    for (String part : token.split("\\.", -1)) {
      assertFalse(seen.contains(part));
      assertFalse(broker.operate("audit.list", "{}").toString().contains(part));
      assertFalse(
          Files.readString(broker.home().database(), StandardCharsets.ISO_8859_1).contains(part));
    }
  }

  @Test
  void withoutATokenTheAnswerSaysWhereToGetOne() throws Exception {
    HttpResponse<String> refused = exchange(mcp().POST(HttpRequest.BodyPublishers.ofString("{}")));

    assertEquals(401, refused.statusCode());
    String challenge = refused.headers().firstValue("WWW-Authenticate").orElseThrow();
    String metadata = url() + "/.well-known/oauth-protected-resource/mcp";
    assertEquals("Bearer scope=\"tools\", resource_metadata=\"" + metadata + "\"", challenge);
    for (String path : List.of(metadata, url() + "/.well-known/oauth-protected-resource")) {
      JsonNode document =
          JsonMapper.shared().readTree(exchange(HttpRequest.newBuilder(URI.create(path))).body());
      assertEquals(url() + "/mcp", document.get("resource").stringValue());
      assertEquals(issuer.name(), document.at("/authorization_servers/0").stringValue());
      assertEquals("tools", document.at("/scopes_supported/0").stringValue());
    }
  }

  @Test
  void aRefusedTokenIsToldThatItIsInvalidAndNotWhy() throws Exception {
    HttpResponse<String> refused =
        exchange(
            mcp()
                .header("Authorization", "Bearer " + token("job").claim("aud", "x").signed())
                .POST(HttpRequest.BodyPublishers.ofString("{}")));

    assertEquals(401, refused.statusCode());
    String challenge = refused.headers().firstValue("WWW-Authenticate").orElseThrow();
    assertTrue(challenge.startsWith("Bearer error=\"invalid_token\", scope="), challenge);
    assertFalse(refused.body().contains("aud"));
  }

  @Test
  void aScopeThatNamesNoToolsIsNotEnoughAndTheAnswerSaysWhichOneIs() throws Exception {
    HttpResponse<String> refused =
        exchange(
            mcp()
                .header("Authorization", "Bearer " + scoped("openid email").signed())
                .POST(HttpRequest.BodyPublishers.ofString("{}")));

    assertEquals(403, refused.statusCode());
    String challenge = refused.headers().firstValue("WWW-Authenticate").orElseThrow();
    assertTrue(
        challenge.startsWith("Bearer error=\"insufficient_scope\", scope=\"tools\""), challenge);
  }

  @Test
  void aScopeNarrowsWhatTheAgentSees() {
    AgentClient narrow = broker.stranger(scoped("tools:crm.read_ticket").signed());

    assertEquals(List.of("crm.read_ticket"), listed(narrow));
    assertEquals("ok", narrow.call("crm.read_ticket", READ).code());
    Called refused = narrow.call("crm.add_note", TestBroker.NOTE);
    assertEquals("insufficient_scope", refused.code());
    assertTrue(refused.text().contains("tools:crm.add_note"), refused.text());
    assertEquals(1, broker.upstream().journal().size());
  }

  @Test
  void aScopeNeverWidensWhatTheAgentSees() {
    AgentClient greedy = broker.stranger(scoped("tools:stripe.* tools:*.* tools:crm").signed());

    assertEquals(List.of(), listed(greedy));
    assertEquals("unknown_tool", greedy.call("stripe.list_invoices", "{}").code());
    assertTrue(listed(broker.stranger(scoped("tools openid").signed())).size() > 2);
  }

  @Test
  void theNextTokenOfTheSameHolderGoesOnWhereTheOneBeforeEnds() {
    Called asked = broker.stranger(token("job").signed()).call("crm.add_note", TestBroker.NOTE);
    broker.signIn("olga").approve(asked.approval());
    move(Duration.ofMinutes(6));

    Called done = broker.stranger(token("job").signed()).call("crm.add_note", TestBroker.NOTE);

    assertEquals("ok", done.code());
    assertEquals(1, broker.upstream().writes().size());
  }

  @Test
  void thePersonOfTheTokenConfirmsNotTheOwner() {
    Called asked = broker.stranger(desk("mina").signed()).call("crm.add_note", TestBroker.NOTE);

    assertNotEquals(
        303, broker.signIn("olga").force(asked.approval(), broker.digest(asked.approval())));
    assertEquals(303, broker.signIn("mina").approve(asked.approval()));
    Called done = broker.stranger(desk("mina").signed()).call("crm.add_note", TestBroker.NOTE);

    assertEquals("ok", done.code());
    String events =
        broker
            .operate("audit.list", "{\"call\":\"" + done.call() + "\",\"whole\":true}")
            .toString();
    assertTrue(events.contains("mina"), events);
  }

  @Test
  void whatOnePersonConfirmedAnotherPersonsTokenCannotUse() {
    Called asked = broker.stranger(desk("mina").signed()).call("crm.add_note", TestBroker.NOTE);
    broker.signIn("mina").approve(asked.approval());

    Called stolen = broker.stranger(desk("zoe").signed()).call("crm.add_note", TestBroker.NOTE);

    assertEquals("pending", stolen.code());
    assertNotEquals(asked.approval(), stolen.approval());
    assertEquals(List.of(), broker.upstream().writes());
  }

  @Test
  void aTokenThatShouldNameAPersonAndDoesNotOpensNothing() {
    assertEquals(401, broker.stranger(desk(null).signed()).initialize().status());
    assertEquals(401, broker.stranger(desk("Not A Name").signed()).initialize().status());
  }

  @Test
  void aRevokedAgentsTokensOpenNothingFromThatMomentOn() {
    AgentClient job = broker.stranger(token("job").signed());
    assertEquals("ok", job.call("crm.read_ticket", READ).code());

    broker.operate("agent.revoke", "{\"name\":\"job\"}");

    assertEquals(401, job.call("crm.read_ticket", READ).status());
    assertEquals(401, broker.stranger(token("job").signed()).initialize().status());
  }

  @Test
  void aRemovedRuleCountsFromTheNextStart() throws Exception {
    String token = token("job").signed();
    broker.stop();
    broker.configure("");
    broker.start();

    assertEquals(401, broker.stranger(token).initialize().status());
  }

  @Test
  void anAnswerThatComesAfterTheTokensEndIsNotGiven() {
    AgentClient job = broker.stranger(token("job").signed());
    job.initialize();
    broker
        .upstream()
        .answers(
            exchange -> {
              move(Duration.ofMinutes(6));
              StandIn.json("{\"id\": \"4812\"}").answer(exchange);
            });

    assertEquals("unauthenticated", job.call("crm.read_ticket", READ).code());
    assertEquals(401, job.call("crm.read_ticket", READ).status());
  }

  @Test
  void aNewKeyOfTheIssuerIsFetchedWhenItsFirstTokenComes() {
    assertEquals(200, broker.stranger(token("job").signed()).initialize().status());
    String old = token("job").signed();
    issuer.rotate();
    move(Duration.ofSeconds(11));

    assertEquals(200, broker.stranger(token("job").signed()).initialize().status());
    assertEquals(401, broker.stranger(old).initialize().status());
  }

  @Test
  void unknownKeysDoNotMakeTheBrokerAskAgainAndAgain() {
    broker.stranger(token("job").signed()).initialize();
    int asked = issuer.journal().size();

    for (int i = 0; i < 20; i++) {
      String unknown = token("job").header("kid", "made-up-" + i).signed();
      assertEquals(401, broker.stranger(unknown).initialize().status());
    }

    assertEquals(asked, issuer.journal().size());
  }

  @Test
  void whileTheIssuerIsDownItsKeysServeForAnHourAndThenNoMore() {
    broker.stranger(token("job").signed()).initialize();
    issuer.goDown();

    move(Duration.ofMinutes(59));
    assertEquals(200, broker.stranger(token("job").signed()).initialize().status());
    move(Duration.ofMinutes(2));
    assertEquals(401, broker.stranger(token("job").signed()).initialize().status());
    issuer.comeBack();
    move(Duration.ofSeconds(11));
    assertEquals(200, broker.stranger(token("job").signed()).initialize().status());
  }

  @Test
  void theDoctorNamesAgentsThatOnlyARuleKnows() {
    broker.operate("agent.revoke", "{\"name\":\"job\"}");

    String findings = broker.operate("doctor", "{}").toString();

    assertTrue(findings.contains("its rules name an agent that does not exist: job"), findings);
    assertFalse(findings.contains("has no live key"), findings);
  }

  private void keyless(String name, String tools) {
    JsonNode added =
        broker.operate(
            "agent.add",
            "{\"name\":\"%s\",\"owner\":\"olga\",\"tools\":[\"%s\"],\"no_key\":true}"
                .formatted(name, tools));
    assertFalse(added.has("key"));
  }

  private TestToken token(String subject) {
    return issuer.token(subject, AUDIENCE);
  }

  private TestToken scoped(String scope) {
    return token("job").claim("scope", scope);
  }

  private TestToken desk(@Nullable String person) {
    return token("u-17").claim("azp", "desk-app").claim("preferred_username", person);
  }

  private void move(Duration by) {
    broker.clock().move(by);
    issuersClock.move(by);
  }

  private List<String> listed(AgentClient agent) {
    return agent
        .list()
        .message()
        .at("/result/tools")
        .valueStream()
        .map(tool -> tool.get("name").stringValue())
        .filter(name -> !name.startsWith("keyward."))
        .toList();
  }

  private String url() {
    return "http://127.0.0.1:" + broker.keyward().agentsUrl().orElseThrow().getPort();
  }

  private HttpRequest.Builder mcp() {
    return HttpRequest.newBuilder(URI.create(url() + "/mcp"))
        .header("Content-Type", "application/json")
        .header("Accept", "application/json, text/event-stream");
  }

  private static HttpResponse<String> exchange(HttpRequest.Builder request) throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}
