package dev.keyward.server.transport;

import static dev.keyward.server.transport.RawClient.call;
import static dev.keyward.server.transport.RawClient.message;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Requests in a session are answered without the SDK, and bad ones are refused.
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
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      textBlock =
          """
          200; result; {'jsonrpc':'2.0','id':1,'method':'ping'}
          200; result; {'jsonrpc':'2.0','id':'a-b','method':'ping','params':{'_meta':{}}}
          200; result; {'jsonrpc':'2.0','id':1,'method':'ping','params':null}
          200; result; {'jsonrpc':'2.0','id':1,'method':'tools/list'}
          200; result; {'jsonrpc':'2.0','id':9007199254740993,'method':'tools/list','params':{'cursor':'x'}}
          200; result; {'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'crm.echo','arguments':{'a':[1.10,null,'\\u00e9']}}}
          200; result; {'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'crm.echo','arguments':[1]}}
          200; result; {'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'crm.pending','arguments':{}}}
          200; -32603; {'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'crm.explode','arguments':{}}}
          200; -32602; {'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':'nobody.knows'}}
          200; -32602; {'jsonrpc':'2.0','id':1,'method':'tools/call','params':{'name':7}}
          200; -32602; {'jsonrpc':'2.0','id':1,'method':'tools/call'}
          200; -32601; {'jsonrpc':'2.0','id':1,'method':'no/such'}
          200; -32600; {'jsonrpc':'2.0','id':1,'method':'initialize','params':{'protocolVersion':'2025-11-25','capabilities':{}}}
          400; -32700; {'jsonrpc':'2.0','id':1,'method':'ping','method':'tools/list'}
          400; -32600; {'jsonrpc':'2.0','id':{},'method':'ping'}
          202; nothing; {'jsonrpc':'2.0','method':'ping'}
          202; nothing; {'jsonrpc':'2.0','method':'notifications/initialized'}
          202; nothing; {'jsonrpc':'2.0','method':'notifications/nobody-knows','params':{'a':1}}
          202; nothing; {'jsonrpc':'2.0','id':5,'result':{}}
          400; -32600; []
          400; -32700; {
          400; -32700; ``
          400; -32700; \u00ff
          """)
  void eachMessageHasItsAnswerWhateverItsCharsetIsSaidToBe(int status, String told, String body)
      throws Exception {
    String session = raw.open();
    String text = body.replace('\'', '"');

    HttpResponse<String> plain = post(session, text, "application/json");
    HttpResponse<String> said = post(session, text, "application/json; charset=us-ascii");

    assertEquals(status, plain.statusCode());
    assertEquals(told, told(plain));
    assertEquals(status, said.statusCode());
    assertEquals(told, told(said));
  }

  @Test
  void aHandshakeInASessionThatIsNotUtf8IsNoMessage() throws Exception {
    byte[] body = RawClient.INITIALIZE.replace("client", "\u00ff").getBytes(ISO_8859_1);

    for (String session : List.of(raw.open(), "")) {
      var request = session.isEmpty() ? raw.request() : raw.request("Mcp-Session-Id", session);
      var answer = raw.send(request.POST(BodyPublishers.ofByteArray(body)).build());

      assertEquals(400, answer.statusCode());
      assertEquals("-32700", told(answer));
    }
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

  /// The code of an error, or whether there is a result.
  private static String told(HttpResponse<String> response) {
    if (response.body().isEmpty()) {
      return "nothing";
    }
    JsonNode message = message(response);
    return message.has("result") ? "result" : message.at("/error/code").asString("");
  }
}
