package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Clients of revision 2026-07-28 that open the page for their user and come back with the call;
/// and what comes of it if they bring something else.
@Timeout(120)
final class RoundsTest {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final String PREFIX = "io.modelcontextprotocol/";
  private static final String NOTE = TestBroker.NOTE;
  private static final String CAN_OPEN = "{\"elicitation\":{\"url\":{}}}";

  @TempDir Path folder;
  private final AtomicInteger ids = new AtomicInteger();
  private TestBroker broker;
  private AgentClient agent;

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.in(folder);
    agent = broker.agent("a1", "crm.*", "stripe.*");
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void theClientShowsThePageAndComesBackOnceItsUserHasAgreed() throws Exception {
    JsonNode asked = first(agent, NOTE);
    JsonNode question = asked.at("/inputRequests/approval");
    assertEquals("elicitation/create", question.path("method").asString());
    assertEquals("url", question.at("/params/mode").asString());
    URI page = URI.create(question.at("/params/url").asString());
    assertEquals(broker.keyward().peopleUrl().orElseThrow().getPort(), page.getPort());
    assertEquals("/approvals/" + approval(asked), page.getPath());
    assertEquals(null, page.getQuery());
    assertEquals(List.of(), broker.upstream().writes());

    broker.signIn("olga").approve(approval(asked));
    JsonNode done = again(agent, NOTE, state(asked), "accept");

    assertEquals("complete", done.path("resultType").asString());
    assertEquals("ok", code(done));
    assertEquals(1, broker.upstream().writes().size());
  }

  @Test
  void anOlderClientIsSentToThePageInPlaceOfAPendingAnswerAndDecidesNothing() {
    agent.initialize(CAN_OPEN);

    JsonNode asked = agent.call("crm.add_note", NOTE).message().path("error");
    assertEquals(-32042, asked.path("code").intValue());
    JsonNode question = asked.at("/data/elicitations/0");
    String approval = question.path("elicitationId").stringValue();
    URI page = URI.create(question.path("url").stringValue());
    assertEquals("/approvals/" + approval, page.getPath());
    assertEquals(null, page.getQuery());
    assertEquals(null, page.getFragment());

    for (String said : List.of("accept", "decline", "cancel")) {
      String call = asked.at("/data/keyward~1call/id").stringValue();
      agent.post(
          "{\"jsonrpc\":\"2.0\",\"id\":\"%s\",\"result\":{\"action\":\"%s\"}}"
              .formatted(call, said));
      JsonNode again = agent.call("crm.add_note", NOTE).message().path("error");
      assertEquals(approval, again.at("/data/elicitations/0/elicitationId").stringValue());
    }
    assertEquals("pending", broker.state(approval));
    assertEquals(List.of(), broker.upstream().writes());
    broker.signIn("olga").approve(approval);
    assertEquals("ok", agent.call("crm.add_note", NOTE).code());
    assertEquals(1, broker.upstream().writes().size());
  }

  /// Its user could not decide on that page.
  @Test
  void anOlderClientIsSentNowhereWhereOthersDecide() {
    agent.initialize(CAN_OPEN);

    assertEquals("pending", agent.call("stripe.create_refund", TestBroker.REFUND).code());
  }

  @Test
  void aStateThatWasTamperedWithIsRefused() throws Exception {
    JsonNode asked = first(agent, NOTE);
    broker.signIn("olga").approve(approval(asked));
    String state = state(asked);
    for (int at : List.of(0, 12, 30, state.length() / 2, state.length() - 2)) {
      char other = state.charAt(at) == 'A' ? 'B' : 'A';
      String forged = state.substring(0, at) + other + state.substring(at + 1);
      assertEquals("invalid_arguments", code(again(agent, NOTE, forged, "accept")));
    }
    for (String forged : List.of("", "AAAA", "not base64 at all!", "A".repeat(5000))) {
      assertEquals("invalid_arguments", code(again(agent, NOTE, forged, "accept")));
    }

    assertEquals(List.of(), broker.upstream().writes());
    assertEquals("approved", broker.state(approval(asked)));
  }

  /// The same in each run; `-Dkeyward.turns=N` makes it N rounds of ten.
  @Test
  void noDamageToAStateGoesUnnoticed() throws Exception {
    var random = new Random(20_260_728);
    JsonNode asked = first(agent, NOTE);
    byte[] state = Base64.getUrlDecoder().decode(state(asked));
    byte[] other = Base64.getUrlDecoder().decode(state(first(agent, NOTE)));
    broker.signIn("olga").approve(approval(asked));

    for (int i = 0; i < 10 * Integer.getInteger("keyward.turns", 10); i++) {
      byte[] damaged = damaged(state, other, random);
      String forged = Base64.getUrlEncoder().withoutPadding().encodeToString(damaged);
      boolean whole = Arrays.equals(damaged, state) || Arrays.equals(damaged, other);
      assertTrue(whole || code(again(agent, NOTE, forged, "accept")).equals("invalid_arguments"));
    }

    assertEquals(List.of(), broker.upstream().writes());
    assertEquals("ok", code(again(agent, NOTE, state(asked), "accept")));
  }

  /// A bit turned, an end cut off or put on, or the head of one good state and the tail of another.
  private static byte[] damaged(byte[] state, byte[] other, Random random) {
    int at = random.nextInt(state.length);
    return switch (random.nextInt(4)) {
      case 0 -> {
        byte[] turned = state.clone();
        turned[at] ^= (byte) (1 << random.nextInt(8));
        yield turned;
      }
      case 1 -> Arrays.copyOf(state, at);
      case 2 -> Arrays.copyOf(state, state.length + 1 + at);
      default -> {
        byte[] joined = other.clone();
        System.arraycopy(state, 0, joined, 0, Math.min(at, joined.length));
        yield joined;
      }
    };
  }

  @Test
  void aStateOpensNothingForAnotherAgentOrOtherArguments() throws Exception {
    JsonNode asked = first(agent, NOTE);
    broker.signIn("olga").approve(approval(asked));
    AgentClient other = broker.agent("a2", "crm.*");

    assertEquals("invalid_arguments", code(again(other, NOTE, state(asked), "accept")));
    String changed = NOTE.replace("4812", "4813");
    assertEquals("invalid_arguments", code(again(agent, changed, state(asked), "accept")));

    assertEquals(List.of(), broker.upstream().writes());
  }

  @Test
  void aStateOfAnotherRunOfTheSameAgentIsRefused() throws Exception {
    JsonNode asked = first(agent, NOTE);
    String fresh = broker.operate("agent.rotate", "{\"name\":\"a1\"}").get("key").stringValue();

    JsonNode refused = again(agent.with(fresh), NOTE, state(asked), "accept");

    assertEquals("invalid_arguments", code(refused));
  }

  @Test
  void anExpiredStateIsRefused() throws Exception {
    broker.configure("approvals: {expire_after_minutes: 5}\n");
    broker.stop();
    broker.start();
    JsonNode asked = first(agent, NOTE);
    broker.clock().move(Duration.ofMinutes(6));

    JsonNode refused = again(agent, NOTE, state(asked), "accept");

    assertEquals("approval_expired", code(refused));
    assertEquals(List.of(), broker.upstream().writes());
  }

  @Test
  void aStateIsGoodForAsLongAsPeopleKeepItsRequestOpen() throws Exception {
    JsonNode asked = first(agent, NOTE);
    broker.clock().move(Duration.ofMinutes(29));
    Reviewer olga = broker.signIn("olga");
    olga.keepOpen(approval(asked));
    broker.clock().move(Duration.ofMinutes(29));
    olga.approve(approval(asked));

    assertEquals("ok", code(again(agent, NOTE, state(asked), "accept")));
    assertEquals(1, broker.upstream().writes().size());
  }

  @Test
  void aStateIsUsedOnce() throws Exception {
    JsonNode asked = first(agent, NOTE);
    broker.signIn("olga").approve(approval(asked));
    assertEquals("ok", code(again(agent, NOTE, state(asked), "accept")));

    JsonNode replayed = again(agent, NOTE, state(asked), "accept");

    assertEquals("invalid_arguments", code(replayed));
    assertEquals(1, broker.upstream().writes().size());
  }

  /// That the client says its user accepted means that the page was opened, and nothing else.
  @Test
  void whatTheClientSaysItsUserWantedAgreesToNothing() throws Exception {
    JsonNode asked = first(agent, NOTE);
    broker.signIn("olga").deny(approval(asked), "No");

    JsonNode refused = again(agent, NOTE, state(asked), "accept");

    assertEquals("not_approved", code(refused));
    assertEquals(List.of(), broker.upstream().writes());
  }

  @Test
  void whoCannotOpenPagesGetsAnOrdinaryPendingAnswer() throws Exception {
    JsonNode pending = send(agent, "crm.add_note", NOTE, "{}", Optional.empty(), "");

    assertEquals("complete", pending.path("resultType").asString());
    assertEquals("pending", code(pending));
    assertFalse(pending.has("requestState"));
  }

  /// Its page is of no use to the client's user, who may not decide.
  @Test
  void whatOthersMustReviewIsAnOrdinaryPendingAnswer() throws Exception {
    JsonNode pending =
        send(agent, "stripe.create_refund", TestBroker.REFUND, CAN_OPEN, Optional.empty(), "");

    assertEquals("complete", pending.path("resultType").asString());
    assertEquals("pending", code(pending));
  }

  private JsonNode first(AgentClient who, String arguments) throws Exception {
    JsonNode asked = send(who, "crm.add_note", arguments, CAN_OPEN, Optional.empty(), "");
    assertEquals("input_required", asked.path("resultType").asString(), asked::toString);
    assertEquals("pending", code(asked));
    assertTrue(state(asked).length() > 60);
    return asked;
  }

  private JsonNode again(AgentClient who, String arguments, String state, String action)
      throws Exception {
    return send(who, "crm.add_note", arguments, CAN_OPEN, Optional.of(state), action);
  }

  private JsonNode send(
      AgentClient who,
      String tool,
      String arguments,
      String capabilities,
      Optional<String> state,
      String action)
      throws Exception {
    JsonMapper json = JsonMapper.shared();
    ObjectNode body = json.createObjectNode().put("jsonrpc", "2.0");
    body.put("id", ids.incrementAndGet()).put("method", "tools/call");
    ObjectNode params = body.putObject("params").put("name", tool);
    params.set("arguments", json.readTree(arguments));
    ObjectNode meta = params.putObject("_meta").put(PREFIX + "protocolVersion", "2026-07-28");
    meta.set(PREFIX + "clientCapabilities", json.readTree(capabilities));
    state.ifPresent(
        brought -> {
          params.put("requestState", brought);
          params.putObject("inputResponses").putObject("approval").put("action", action);
        });
    HttpRequest request =
        HttpRequest.newBuilder(broker.keyward().agentsUrl().orElseThrow())
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .header("Authorization", "Bearer " + who.key())
            .header("MCP-Protocol-Version", "2026-07-28")
            .header("Mcp-Method", "tools/call")
            .header("Mcp-Name", tool)
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
    HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    return json.readTree(answer.body()).path("result");
  }

  private static String state(JsonNode asked) {
    return asked.path("requestState").asString("");
  }

  private static String approval(JsonNode result) {
    return result.at("/_meta/keyward~1call/approval").asString("");
  }

  private static String code(JsonNode result) {
    return result.at("/_meta/keyward~1call/code").asString("");
  }
}
