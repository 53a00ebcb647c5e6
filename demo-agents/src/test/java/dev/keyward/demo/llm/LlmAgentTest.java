package dev.keyward.demo.llm;

import static dev.keyward.demo.llm.ScriptedEndpoint.calls;
import static dev.keyward.demo.llm.ScriptedEndpoint.completion;
import static dev.keyward.demo.llm.ScriptedEndpoint.reply;
import static dev.keyward.demo.llm.ScriptedEndpoint.says;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// The loop against a real HTTP server whose model is scripted.
final class LlmAgentTest {
  private static final String KEY = "sk-canary-5fa1c9";
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final LlmAgent.Bounds BOUNDS = new LlmAgent.Bounds(6, 3, 100, 20_000);

  private final List<Duration> pauses = new CopyOnWriteArrayList<>();
  private final Notebook notebook = new Notebook();

  @Test
  void callsWhatTheModelAsksForAndTellsItWhatCameBack() throws IOException {
    ScriptedEndpoint.Model model =
        (turn, _) -> turn == 0 ? calls("crm_read_ticket", "{\"id\": 7}") : says("It is open.");
    try (var endpoint = ScriptedEndpoint.model(model)) {
      Ending ending = work(endpoint, (tool, arguments) -> tool + " of " + arguments);

      assertEquals(new Ending.Finished(), ending);
      assertEquals("crm.read_ticket of {id=7}", endpoint.asked().getLast().last());
      assertEquals(List.of("It is open."), notebook.said);
      JsonNode call = endpoint.asked().getLast().json().at("/messages/2");
      assertTrue(call.path("content").isNull(), call::toString);
      assertEquals("c0", call.at("/tool_calls/0/id").stringValue());
      assertEquals(
          "c0", endpoint.asked().getLast().json().at("/messages/3/tool_call_id").stringValue());
    }
  }

  @Test
  void functionsHaveNamesThatEveryModelTakesAndNoDialect() throws IOException {
    try (var endpoint = ScriptedEndpoint.model((_, _) -> says("Nothing to do."))) {
      work(endpoint, (_, _) -> "");

      JsonNode request = endpoint.asked().getFirst().json();
      for (JsonNode tool : request.path("tools")) {
        assertTrue(
            tool.at("/function/name").stringValue().matches("[A-Za-z0-9_-]{1,64}"), tool::toString);
        assertFalse(tool.at("/function/parameters").has("$schema"));
      }
      assertEquals(2, request.path("tools").size());
      assertEquals("system", request.at("/messages/0/role").stringValue());
      assertTrue(request.at("/messages/0/content").stringValue().contains("approval_wait"));
    }
  }

  @Test
  void callsOfOneAnswerRunAtOnceAndComeBackInOrder() throws IOException {
    var both = new CountDownLatch(2);
    ScriptedEndpoint.Model model =
        (turn, _) ->
            turn == 0
                ? calls("crm_read_ticket", "{\"id\":1}", "crm.read_page", "{\"id\":2}")
                : says("Done.");
    try (var endpoint = ScriptedEndpoint.model(model)) {
      work(
          endpoint,
          (tool, arguments) -> {
            both.countDown();
            await(both); // ends only if the other call is on its way, too
            return tool + arguments;
          });

      JsonNode messages = endpoint.asked().getLast().json().path("messages");
      assertEquals("crm.read_ticket{id=1}", messages.at("/3/content").stringValue());
      assertEquals("crm.read_page{id=2}", messages.at("/4/content").stringValue());
      assertEquals(List.of("crm_read_ticket", "crm.read_page"), notebook.called);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"id\": ", "[1]", "\"x\"", "null", "id=7", "{} {}"})
  void argumentsThatAreNoObjectAreToldBackAndNothingIsCalled(String arguments) throws IOException {
    ScriptedEndpoint.Model model =
        (turn, _) -> turn == 0 ? calls("crm_read_ticket", arguments) : says("I give up.");
    try (var endpoint = ScriptedEndpoint.model(model)) {
      Ending ending = work(endpoint, LlmAgentTest::mustNotBeCalled);

      assertEquals(new Ending.Finished(), ending);
      assertTrue(endpoint.asked().getLast().last().contains("not one JSON object"));
    }
  }

  @Test
  void aToolThatIsNotThereIsToldBack() throws IOException {
    ScriptedEndpoint.Model model =
        (turn, _) -> turn == 0 ? calls("shell", "{}") : says("Then not.");
    try (var endpoint = ScriptedEndpoint.model(model)) {
      work(endpoint, LlmAgentTest::mustNotBeCalled);

      assertTrue(endpoint.asked().getLast().last().contains("no tool of that name"));
      assertTrue(endpoint.asked().getLast().last().contains("crm_read_ticket"));
    }
  }

  @Test
  void callsOfAnAnswerThatWasCutOffAreNotMade() throws IOException {
    ScriptedEndpoint.Script script =
        (turn, _, exchange) ->
            reply(
                exchange,
                200,
                Map.of(),
                turn == 0
                    ? completion(calls("crm_read_ticket", "{}"), "length")
                    : completion(says("Brief"), "length"));
    try (var endpoint = ScriptedEndpoint.of(script)) {
      Ending ending = work(endpoint, LlmAgentTest::mustNotBeCalled);

      assertEquals(new Ending.CutOff(), ending);
      assertTrue(endpoint.asked().getLast().last().contains("cut off"));
    }
  }

  @Test
  void aFilteredAnswerEndsTheWorkWithoutItsCalls() throws IOException {
    ScriptedEndpoint.Script script =
        (_, _, exchange) ->
            reply(
                exchange,
                200,
                Map.of(),
                completion(calls("crm_read_ticket", "{}"), "content_filter"));
    try (var endpoint = ScriptedEndpoint.of(script)) {
      assertEquals(new Ending.Filtered(), work(endpoint, LlmAgentTest::mustNotBeCalled));
    }
  }

  @Test
  void contentMayComeInParts() throws IOException {
    JsonNode message =
        tools.jackson.databind.json.JsonMapper.shared()
            .readTree("{\"content\":[{\"type\":\"text\",\"text\":\"One \"},{\"text\":\"two\"}]}");
    try (var endpoint = ScriptedEndpoint.model((_, _) -> message)) {
      work(endpoint, LlmAgentTest::mustNotBeCalled);

      assertEquals(List.of("One two"), notebook.said);
    }
  }

  @Test
  void aModelThatNeverStopsIsStopped() throws IOException {
    try (var endpoint = ScriptedEndpoint.model((_, _) -> calls("crm_read_ticket", "{}"))) {
      assertEquals(new Ending.OutOfTurns(6), work(endpoint, (_, _) -> "again"));
      assertEquals(6, endpoint.asked().size());
    }
  }

  @Test
  void aConversationThatGrowsTooLongIsStopped() throws IOException {
    ScriptedEndpoint.Model model = (_, _) -> says("x".repeat(15_000));
    ScriptedEndpoint.Model talkative =
        (turn, request) ->
            calls("crm_read_ticket", "{}")
                .set("content", model.next(turn, request).path("content"));
    try (var endpoint = ScriptedEndpoint.model(talkative)) {
      assertEquals(new Ending.TooLong(20_000), work(endpoint, (_, _) -> "again"));
    }
  }

  @Test
  void aLongResultIsCutForTheModel() throws IOException {
    ScriptedEndpoint.Model model =
        (turn, _) -> turn == 0 ? calls("crm_read_ticket", "{}") : says("Long.");
    try (var endpoint = ScriptedEndpoint.model(model)) {
      work(endpoint, (_, _) -> "x".repeat(5_000));

      String told = endpoint.asked().getLast().last();
      assertTrue(told.startsWith("x".repeat(100) + "\n[cut off"), told);
    }
  }

  @Test
  void noMoreCallsAreMadeAtOnceThanAllowed() throws IOException {
    ScriptedEndpoint.Model model =
        (turn, _) ->
            turn == 0
                ? calls(
                    "crm_read_ticket",
                    "{}",
                    "crm_read_ticket",
                    "{}",
                    "crm_read_ticket",
                    "{}",
                    "crm_read_ticket",
                    "{}")
                : says("Done.");
    List<String> made = new CopyOnWriteArrayList<>();
    try (var endpoint = ScriptedEndpoint.model(model)) {
      work(
          endpoint,
          (tool, _) -> {
            made.add(tool);
            return "";
          });

      assertEquals(3, made.size());
      assertTrue(endpoint.asked().getLast().last().contains("at most 3"));
    }
  }

  @Test
  void aLostAnswerIsNotTakenForARefusal() throws IOException {
    ScriptedEndpoint.Model model =
        (turn, _) -> turn == 0 ? calls("crm_read_ticket", "{}") : says("A person must look.");
    try (var endpoint = ScriptedEndpoint.model(model)) {
      work(
          endpoint,
          (_, _) -> {
            throw new IllegalStateException("connection reset, " + KEY);
          });

      String told = endpoint.asked().getLast().last();
      assertTrue(told.contains("not known"), told);
      assertFalse(told.contains(KEY) || told.contains("reset"), told);
    }
  }

  @Test
  void aBusyEndpointIsAskedAgainAfterTheTimeItNames() throws IOException {
    ScriptedEndpoint.Script script =
        (turn, _, exchange) -> {
          switch (turn) {
            case 0 -> reply(exchange, 429, Map.of("Retry-After", "7"), "slow down");
            case 1 -> reply(exchange, 429, Map.of("Retry-After", "86400"), "slow down");
            case 2 -> reply(exchange, 503, Map.of(), "");
            default -> reply(exchange, 200, Map.of(), completion(says("Here."), "stop"));
          }
        };
    try (var endpoint = ScriptedEndpoint.of(script)) {
      assertEquals(new Ending.Finished(), work(endpoint, LlmAgentTest::mustNotBeCalled));
      assertEquals(
          List.of(Duration.ofSeconds(7), Duration.ofSeconds(30), Duration.ofSeconds(4)), pauses);
    }
  }

  @Test
  void anEndpointThatStaysBrokenEndsTheWork() throws IOException {
    ScriptedEndpoint.Script script =
        (_, _, exchange) -> reply(exchange, 500, Map.of(), "trace with " + KEY);
    try (var endpoint = ScriptedEndpoint.of(script)) {
      Ending ending = work(endpoint, LlmAgentTest::mustNotBeCalled);

      assertTrue(ending.sentence().contains("status 500, 4 times"), ending.sentence());
      assertFalse(ending.sentence().contains(KEY));
      assertEquals(4, endpoint.asked().size());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 418})
  void aRefusalIsNotRepeatedAndItsWordsStayThere(int status) throws IOException {
    ScriptedEndpoint.Script script =
        (_, _, exchange) ->
            reply(exchange, status, Map.of(), "{\"error\":\"bad key " + KEY + "\"}");
    try (var endpoint = ScriptedEndpoint.of(script)) {
      Ending ending = work(endpoint, LlmAgentTest::mustNotBeCalled);

      assertInstanceOf(Ending.Failed.class, ending);
      assertFalse(ending.sentence().contains(KEY));
      assertEquals(1, endpoint.asked().size());
    }
  }

  @Test
  void theKeyGoesToTheEndpointOnlyAndNotBehindARedirect() throws IOException {
    try (var elsewhere = ScriptedEndpoint.model((_, _) -> says("Caught."));
        var endpoint =
            ScriptedEndpoint.of(
                (_, _, exchange) ->
                    reply(
                        exchange,
                        307,
                        Map.of("Location", elsewhere.base() + "/chat/completions"),
                        ""))) {
      assertInstanceOf(Ending.Failed.class, work(endpoint, LlmAgentTest::mustNotBeCalled));
      assertEquals("Bearer " + KEY, endpoint.asked().getFirst().authorization());
      assertEquals(List.of(), elsewhere.asked());
    }
  }

  @Test
  void anEndpointThatNeverAnswersIsGivenUp() throws IOException {
    var end = new CountDownLatch(1);
    try (var endpoint = ScriptedEndpoint.of((_, _, _) -> await(end))) {
      Ending ending = work(endpoint, SHORT, LlmAgentTest::mustNotBeCalled);

      end.countDown();
      assertTrue(ending.sentence().contains("in time, 4 times"), ending.sentence());
    }
  }

  @Test
  void anAnswerThatNeverEndsIsGivenUp() throws IOException {
    try (var endpoint = ScriptedEndpoint.of((_, _, exchange) -> drip(exchange))) {
      Ending ending = work(endpoint, SHORT, LlmAgentTest::mustNotBeCalled);

      assertInstanceOf(Ending.Failed.class, ending);
    }
  }

  @Test
  void aFloodOfNonsenseIsGivenUp() throws IOException {
    try (var endpoint = ScriptedEndpoint.of((_, _, exchange) -> flood(exchange))) {
      Ending ending = work(endpoint, LlmAgentTest::mustNotBeCalled);

      assertInstanceOf(Ending.Failed.class, ending);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>gateway</html>",
        "",
        "data: {\"choices\":[]}\n\ndata: [DONE]\n",
        "{\"choices\":[]}",
        "{\"choices\":[{\"message\":\"hello\"}]}",
        "{\"choices\":[{\"message\":{\"content\":\"cut"
      })
  void anAnswerThatIsNoCompletionIsAskedForAgain(String body) throws IOException {
    ScriptedEndpoint.Script script =
        (turn, _, exchange) ->
            reply(exchange, 200, Map.of(), turn == 0 ? body : completion(says("Now."), "stop"));
    try (var endpoint = ScriptedEndpoint.of(script)) {
      assertEquals(new Ending.Finished(), work(endpoint, LlmAgentTest::mustNotBeCalled));
      assertEquals(List.of("Now."), notebook.said);
    }
  }

  private Ending work(
      ScriptedEndpoint endpoint, BiFunction<String, Map<String, Object>, String> tools) {
    return work(endpoint, LONG, tools);
  }

  private Ending work(
      ScriptedEndpoint endpoint,
      Duration answer,
      BiFunction<String, Map<String, Object>, String> tools) {
    var patience =
        new HttpChatModel.Patience(
            4, answer, Duration.ofSeconds(1), Duration.ofSeconds(30), pauses::add);
    try (var model = new HttpChatModel(endpoint.settings(KEY), patience, _ -> {})) {
      return new LlmAgent(model, new Hands(tools), notebook, BOUNDS).work("Look at ticket 7.");
    }
  }

  private static String mustNotBeCalled(String tool, Map<String, Object> arguments) {
    throw new AssertionError("was called: " + tool);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private static void drip(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream body = exchange.getResponseBody()) {
      while (!Thread.currentThread().isInterrupted()) {
        body.write(' ');
        body.flush();
        Thread.onSpinWait();
      }
    }
  }

  private static void flood(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    byte[] nonsense =
        "{\"choices\":[[[[[".repeat(4096).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    try (OutputStream body = exchange.getResponseBody()) {
      for (int i = 0; i < 200; i++) {
        body.write(nonsense);
      }
    }
  }

  /// Two tools.
  private record Hands(BiFunction<String, Map<String, Object>, String> does) implements Toolset {
    @Override
    public List<Offer> offers() {
      JsonNode schema =
          JsonNodeFactory.instance
              .objectNode()
              .put("$schema", "https://json-schema.org/draft/2020-12/schema")
              .put("type", "object");
      return List.of(
          new Offer("crm.read_page", "Reads a page.", schema),
          new Offer("crm.read_ticket", "Reads a ticket.", schema));
    }

    @Override
    public Outcome call(String tool, Map<String, Object> arguments) {
      return new Outcome(false, does.apply(tool, arguments), Optional.empty());
    }
  }

  /// Keeps what it sees.
  private static final class Notebook implements Witness {
    private final List<String> said = new ArrayList<>();
    private final List<String> called = new ArrayList<>();

    @Override
    public void turn(int turn) {}

    @Override
    public void said(String text) {
      said.add(text);
    }

    @Override
    public void called(FunctionCall call, Outcome outcome) {
      called.add(call.name());
    }
  }
}
