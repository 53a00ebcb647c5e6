package dev.keyward.server.transport;

import static dev.keyward.server.transport.RawClient.call;
import static dev.keyward.server.transport.RawClient.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Requests in a session are answered without the SDK, unless their text is not UTF-8.
final class DirectAnswersTest {
  private final ScriptedBroker broker = new ScriptedBroker();
  private final AgentListener listener;
  private final RawClient raw;

  DirectAnswersTest() throws IOException {
    listener =
        AgentListener.start(
            AgentListener.Settings.on(Loopback.anyPort()), broker, new SecureRandom());
    raw = new RawClient(listener.uri(), ScriptedBroker.KEY_TEXT);
  }

  @AfterEach
  void stop() {
    broker.release();
    raw.close();
    listener.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'jsonrpc':'2.0','id':1,'method':'ping'}",
        "{'jsonrpc':'2.0','id':'a-b','method':'ping','params':{'_meta':{}}}",
        "{'jsonrpc':'2.0','id':1,'method':'ping','params':null}",
        "{'jsonrpc':'2.0','id':1,'method':'tools/list'}",
        "{'jsonrpc':'2.0','id':9007199254740993,'method':'tools/list','params':{'cursor':'x'}}",
        "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'crm.echo','arguments':{'a':[1.10,null,'\\u00e9']}}}",
        "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'crm.echo','arguments':[1]}}",
        "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'crm.pending','arguments':{}}}",
        "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'crm.explode','arguments':{}}}",
        "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'nobody.knows'}}",
        "{'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':7}}",
        "{'jsonrpc':'2.0','id':1,'method':'tools/call'}",
        "{'jsonrpc':'2.0','id':1,'method':'no/such'}",
        "{'jsonrpc':'2.0','id':1,'method':'ping','method':'tools/list'}",
        "{'jsonrpc':'2.0','id':{},'method':'ping'}",
        "{'jsonrpc':'2.0','method':'ping'}",
        "{'jsonrpc':'2.0','method':'notifications/initialized'}",
        "{'jsonrpc':'2.0','method':'notifications/nobody-knows','params':{'a':1}}",
        "{'jsonrpc':'2.0','id':5,'result':{}}",
        "[]",
        "{",
        ""
      })
  void bothWaysAnswerAlike(String body) throws Exception {
    String session = raw.open();
    String text = body.replace('\'', '"');

    HttpResponse<String> direct = post(session, text, "application/json");
    HttpResponse<String> bySdk = post(session, text, "application/json; charset=us-ascii");

    assertEquals(bySdk.statusCode(), direct.statusCode());
    assertEquals(told(bySdk), told(direct));
  }

  @Test
  void anAnswerIsOneBodyOfKnownLength() throws Exception {
    HttpResponse<String> answer = raw.post(raw.open(), call(3, "crm.echo", "{\"a\":\"é\"}"));

    assertEquals("application/json", answer.headers().firstValue("Content-Type").orElseThrow());
    assertTrue(answer.headers().firstValueAsLong("Content-Length").isPresent());
    assertEquals(3, message(answer).path("id").asInt());
    assertEquals(
        "{\"a\":\"é\"}",
        message(answer).path("result").path("content").path(0).path("text").asString());
  }

  @Test
  void aBodyInChunksIsAnsweredToo() throws Exception {
    var request =
        raw.request("Mcp-Session-Id", raw.open())
            .POST(
                BodyPublishers.fromPublisher(
                    BodyPublishers.ofString(call(4, "crm.echo", "{\"a\":1}"))))
            .build();

    assertEquals(4, message(raw.send(request)).path("id").asInt());
  }

  @Test
  void aSessionOfWhichACallIsUnderWayMakesNoRoom() throws Exception {
    String busy = raw.open();
    var waiting =
        raw.http()
            .sendAsync(
                raw.request("Mcp-Session-Id", busy)
                    .POST(BodyPublishers.ofString(call(9, "crm.wait", "{}")))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    broker.awaitWaiting(1);

    for (int i = 0; i < AgentListener.Settings.SESSIONS; i++) {
      raw.open();
    }

    assertEquals(200, raw.post(busy, RawClient.PING).statusCode());
    broker.release();
    assertEquals(9, message(waiting.get()).path("id").asInt());
  }

  private HttpResponse<String> post(String session, String body, String type) throws Exception {
    return raw.send(
        raw.request("Mcp-Session-Id", session)
            .setHeader("Content-Type", type)
            .POST(BodyPublishers.ofString(body))
            .build());
  }

  /// What a client reads, but for the names of calls.
  private static Map<String, String> told(HttpResponse<String> response) {
    if (response.body().isEmpty()) {
      return Map.of();
    }
    JsonNode message = message(response);
    return Map.of("message", message.toString().replaceAll("call_[0-9a-z]{26}", "call"));
  }
}
