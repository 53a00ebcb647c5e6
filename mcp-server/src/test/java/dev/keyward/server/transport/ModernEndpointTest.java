package dev.keyward.server.transport;

import static dev.keyward.server.transport.ModernClient.draft;
import static dev.keyward.server.transport.ModernClient.draftCall;
import static dev.keyward.server.transport.ModernClient.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@Timeout(60)
final class ModernEndpointTest {
  private final ScriptedBroker broker = new ScriptedBroker();
  private final AgentListener listener;
  private final ModernClient client;

  ModernEndpointTest() throws IOException {
    listener =
        AgentListener.start(
            AgentListener.Settings.on(Loopback.anyPort()), broker, new SecureRandom());
    client = new ModernClient(listener.uri(), ScriptedBroker.KEY_TEXT);
  }

  @BeforeEach
  void serves() {
    assertTrue(listener.port() > 0);
  }

  @AfterEach
  void stop() {
    broker.release();
    client.close();
    listener.close();
  }

  @Test
  void itSaysWhatItSpeaks() throws Exception {
    var answer = client.send(draft("d-1", "server/discover"));

    JsonNode result = message(answer).path("result");
    assertEquals(200, answer.statusCode());
    assertEquals("d-1", message(answer).path("id").asString());
    assertEquals("[\"2026-07-28\"]", result.path("supportedVersions").toString());
    assertEquals(
        "{\"tools\":{\"listChanged\":true},\"extensions\":{\"io.modelcontextprotocol/tasks\":{}}}",
        result.path("capabilities").toString());
    assertTrue(result.path("instructions").asString().contains("keyward.approval_wait"));
    assertEquals("complete", result.path("resultType").asString());
    assertEquals("keyward", serverInfo(result).path("name").asString());
    assertFalse(serverInfo(result).path("version").asString().isEmpty());
  }

  @Test
  void itListsForThisAgentAlone() throws Exception {
    JsonNode result = message(client.send(draft(1, "tools/list"))).path("result");

    assertEquals(
        List.of("crm.echo", "crm.explode", "crm.pending", "crm.wait"),
        result.path("tools").valueStream().map(tool -> tool.path("name").asString()).toList());
    assertEquals("private", result.path("cacheScope").asString());
    assertTrue(result.path("ttlMs").isIntegralNumber());
    assertEquals("complete", result.path("resultType").asString());
    assertEquals("keyward", serverInfo(result).path("name").asString());
  }

  @Test
  void itCallsWithoutAHandshake() throws Exception {
    var answer = client.send(draftCall(3, "crm.echo", "{\"id\":7}"));

    JsonNode result = message(answer).path("result");
    assertEquals(200, answer.statusCode());
    assertEquals("application/json", answer.headers().firstValue("Content-Type").orElseThrow());
    assertTrue(answer.headers().firstValue("Mcp-Session-Id").isEmpty());
    assertEquals("complete", result.path("resultType").asString());
    assertEquals("{\"id\":7}", result.path("structuredContent").toString());
    assertEquals("{\"id\":7}", result.at("/content/0/text").asString());
    assertFalse(result.path("isError").asBoolean(true));
    assertEquals("ok", result.at("/_meta/keyward~1call/code").asString());
    assertEquals("keyward", serverInfo(result).path("name").asString());
    assertEquals(ScriptedBroker.KEY, broker.calls.getFirst().key());
  }

  @Test
  void anErrorCarriesNoStructuredContent() throws Exception {
    JsonNode result = message(client.send(draftCall(3, "crm.pending", "{\"a\":1}"))).path("result");

    assertTrue(result.path("isError").asBoolean(false));
    assertFalse(result.has("structuredContent"));
    assertEquals("pending", result.at("/_meta/keyward~1call/code").asString());
  }

  @Test
  void anUnknownToolIsAnErrorOfItsParameters() throws Exception {
    var answer = client.send(draftCall(3, ScriptedBroker.INVISIBLE, "{}"));

    assertEquals(200, answer.statusCode());
    assertEquals(-32602, code(answer));
  }

  @Test
  void whatBreaksInsideIsNotTold() throws Exception {
    var answer = client.send(draftCall(3, "crm.explode", "{}"));

    assertEquals(-32603, code(answer));
    assertFalse(answer.body().contains(ScriptedBroker.CANARY));
  }

  @Test
  void twoRequestsOfOneIdAreTwoRequests() throws Exception {
    var waiting =
        client
            .http()
            .sendAsync(
                client.request(draftCall(9, "crm.wait", "{}")),
                HttpResponse.BodyHandlers.ofString());
    broker.awaitWaiting(1);

    var other = client.send(draftCall(9, "crm.echo", "{\"a\":1}"));
    broker.release();

    assertEquals("{\"a\":1}", message(other).at("/result/structuredContent").toString());
    assertEquals("{}", message(waiting.get()).at("/result/structuredContent").toString());
  }

  @Test
  void aSessionOfTheOlderEraIsIgnored() throws Exception {
    var answer = client.send(draft(1, "tools/list").header("Mcp-Session-Id", "session_of_nobody"));

    assertEquals(200, answer.statusCode());
    assertTrue(answer.headers().firstValue("Mcp-Session-Id").isEmpty());
  }

  @Test
  void withoutAKeyNothingIsSaid() throws Exception {
    try (var stranger = new ModernClient(listener.uri(), "kw_agent_" + "z".repeat(43))) {
      var answer = stranger.send(draft(1, "server/discover"));

      assertEquals(401, answer.statusCode());
      assertFalse(answer.body().contains("2026"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"protocolVersion", "clientCapabilities"})
  void whatEveryRequestMustSayIsRequired(String key) throws Exception {
    var answer = client.send(draft(104, "server/discover").lacking(key));

    assertRefused(answer, 400, -32602);
    assertEquals(104, message(answer).path("id").asInt());
    assertTrue(answer.body().contains(key));
  }

  @Test
  void aRequestOfThisEraWithoutMetaIsRefused() throws Exception {
    var draft = draft(1, "server/discover");
    draft.params.remove("_meta");

    assertRefused(client.send(draft), 400, -32602);
  }

  @Test
  void whatTheClientCallsItselfMayBeLeftOut() throws Exception {
    assertEquals(200, client.send(draft(1, "server/discover").lacking("clientInfo")).statusCode());
  }

  @Test
  void anotherRevisionIsRefusedWithThoseSpokenHere() throws Exception {
    var answer =
        client.send(
            draft(301, "server/discover")
                .revision("v999.0.0")
                .header("MCP-Protocol-Version", "v999.0.0"));

    assertRefused(answer, 400, -32022);
    assertEquals("[\"2026-07-28\"]", message(answer).at("/error/data/supported").toString());
    assertEquals("v999.0.0", message(answer).at("/error/data/requested").asString());
    assertEquals(301, message(answer).path("id").asInt());
  }

  @Test
  void aLongRevisionIsNotRepeated() throws Exception {
    String revision = "2026-".repeat(100);

    var answer =
        client.send(
            draft(1, "server/discover")
                .revision(revision)
                .header("MCP-Protocol-Version", ModernClient.REVISION));

    assertRefused(answer, 400, -32602);
    assertFalse(answer.body().contains(revision));
  }

  @ParameterizedTest
  @ValueSource(strings = {"MCP-Protocol-Version", "Mcp-Method", "Mcp-Name"})
  void everyHeaderIsRequired(String header) throws Exception {
    var answer = client.send(draftCall(5, "crm.echo", "{}").without(header));

    assertRefused(answer, 400, -32020);
    assertTrue(answer.body().contains(header));
    assertEquals(List.of(), broker.calls);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025-11-25", "2026-08-01", "x"})
  void theRevisionOfTheHeaderIsThatOfTheBody(String header) throws Exception {
    var answer = client.send(draftCall(5, "crm.echo", "{}").header("MCP-Protocol-Version", header));

    assertRefused(answer, 400, -32020);
    assertEquals(List.of(), broker.calls);
  }

  @ParameterizedTest
  @ValueSource(strings = {"prompts/list", "TOOLS/CALL", "tools/list", ""})
  void theMethodOfTheHeaderIsThatOfTheBody(String header) throws Exception {
    var answer = client.send(draftCall(5, "crm.echo", "{}").header("Mcp-Method", header));

    assertRefused(answer, 400, -32020);
    assertEquals(List.of(), broker.calls);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "crm.wait",
        "CRM.ECHO",
        "=?base64?Y3JtLndhaXQ=?=",
        "=?base64?Y3JtLmVjaG8?=",
        "=?base64?Y3JtLmVjaG8=",
        "=?base64?Y3Jt!!!LmVjaG8=?=",
        "=?base64?/w==?=",
        "=?base64?=",
        "=?BASE64?Y3JtLmVjaG8=?="
      })
  void theNameOfTheHeaderIsThatOfTheBody(String header) throws Exception {
    var answer = client.send(draftCall(5, "crm.echo", "{}").header("Mcp-Name", header));

    assertRefused(answer, 400, -32020);
    assertEquals(List.of(), broker.calls);
  }

  @Test
  void aNameMayBeWrapped() throws Exception {
    String wrapped =
        "=?base64?"
            + Base64.getEncoder().encodeToString("crm.echo".getBytes(StandardCharsets.UTF_8))
            + "?=";

    var answer = client.send(draftCall(5, "crm.echo", "{\"a\":1}").header("Mcp-Name", wrapped));

    assertEquals("{\"a\":1}", message(answer).at("/result/structuredContent").toString());
  }

  @Test
  void headersMayBeWrittenInAnyCaseAndWithSpaces() throws Exception {
    var draft = draftCall(5, "crm.echo", "{}").without("Mcp-Method").without("Mcp-Name");

    var answer =
        client.send(draft.header("MCP-METHOD", " tools/call ").header("mcp-name", "  crm.echo  "));

    assertEquals(200, answer.statusCode());
    assertEquals(1, broker.calls.size());
  }

  @Test
  void aHeaderThatIsThereTwiceSaysNothing() throws Exception {
    var draft = draftCall(5, "crm.echo", "{}");
    var request =
        client
            .builder(draft.headers)
            .header("Mcp-Name", "crm.wait")
            .POST(HttpRequest.BodyPublishers.ofString(draft.body.toString()))
            .build();

    assertRefused(client.http().send(request, HttpResponse.BodyHandlers.ofString()), 400, -32020);
    assertEquals(List.of(), broker.calls);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"initialize", "ping", "logging/setLevel", "resources/list", "tasks/list", "x"})
  void whatIsNotServedIsNotFound(String method) throws Exception {
    var answer = client.send(draft(7, method));

    assertRefused(answer, 404, -32601);
    assertEquals(7, message(answer).path("id").asInt());
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "DELETE"})
  void thereIsNothingToGetOrDelete(String method) throws Exception {
    var request =
        client
            .builder(Map.of("MCP-Protocol-Version", ModernClient.REVISION))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();

    var answer = client.http().send(request, HttpResponse.BodyHandlers.ofString());

    assertEquals(405, answer.statusCode());
    assertEquals("POST", answer.headers().firstValue("Allow").orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "[{'jsonrpc':'2.0','id':1,'method':'server/discover'}]",
        "null",
        "{'jsonrpc':'2.0','id':null,'method':'tools/list'}",
        "{'jsonrpc':'2.0','id':1.5,'method':'tools/list'}",
        "{'jsonrpc':'1.0','id':1,'method':'tools/list'}",
        "{'jsonrpc':'2.0','id':1,'method':'tools/list','params':[]}",
        "{'jsonrpc':'2.0','id':1,'id':2,'method':'tools/list'}",
        "{'jsonrpc':'2.0','id':1,'result':{}}",
        "{'jsonrpc':'2.0','id':1,'error':{'code':1,'message':'x'}}"
      })
  void whatIsNoRequestIsRefused(String body) throws Exception {
    var answer = post(body.replace('\'', '"'));

    assertEquals(400, answer.statusCode());
    assertTrue(List.of(-32700, -32600).contains(code(answer)), answer.body());
    assertFalse(message(answer).has("id"));
  }

  @Test
  void aNotificationIsTakenAndHasNoAnswer() throws Exception {
    var answer = post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\"}");

    assertEquals(202, answer.statusCode());
    assertEquals("", answer.body());
  }

  @Test
  void bothErasAreServedAtOnce() throws Exception {
    try (var older = new RawClient(listener.uri(), ScriptedBroker.KEY_TEXT)) {
      String session = older.open();

      assertEquals(200, client.send(draft(1, "tools/list")).statusCode());
      assertEquals(200, older.post(session, RawClient.LIST).statusCode());
    }
  }

  /// What stands between may trust the headers: a body of this era is not served under those of
  /// another.
  @Test
  void aBodyOfThisEraInAnOlderSessionIsRefused() throws Exception {
    try (var older = new RawClient(listener.uri(), ScriptedBroker.KEY_TEXT)) {
      String body = draftCall(5, "crm.echo", "{}").body.toString();

      var answer =
          older.post(body, "Mcp-Session-Id", older.open(), "MCP-Protocol-Version", "2025-11-25");

      assertRefused(answer, 400, -32020);
      assertEquals(List.of(), broker.calls);
    }
  }

  private HttpResponse<String> post(String body) throws Exception {
    var headers = Map.of("MCP-Protocol-Version", ModernClient.REVISION, "Mcp-Method", "tools/list");
    var request = client.builder(headers).POST(HttpRequest.BodyPublishers.ofString(body)).build();
    return client.http().send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static void assertRefused(HttpResponse<String> answer, int status, int code) {
    assertEquals(status, answer.statusCode(), answer.body());
    assertEquals(code, code(answer), answer.body());
    assertFalse(message(answer).has("result"));
  }

  private static int code(HttpResponse<String> answer) {
    return message(answer).at("/error/code").asInt();
  }

  private static JsonNode serverInfo(JsonNode result) {
    return result.at("/_meta/io.modelcontextprotocol~1serverInfo");
  }
}
