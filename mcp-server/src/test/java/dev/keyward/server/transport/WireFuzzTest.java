package dev.keyward.server.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.fuzz.Fuzzing;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Messages of both eras, damaged at random, at every entry: each is answered in order or refused
/// in order, and the next good one is served.
///
/// At random it is the same in each run; `-Dkeyward.turns=N` makes it N rounds of a hundred,
/// `-Dkeyward.seed` others. `-Dkeyward.fuzz.seconds=N` also has [WireFuzzer] led to new code for so
/// long.
@Timeout(600)
final class WireFuzzTest {
  private static final int TURNS = 100 * Integer.getInteger("keyward.turns", 10);
  private static final long SEED = Long.getLong("keyward.seed", 20_260_728);

  /// What breaks readers: ends of texts and numbers, what looks like structure, other spellings.
  private static final List<String> SPLINTERS =
      List.of(
          "{",
          "}",
          "[",
          "]",
          "\"",
          "\\",
          ",",
          ":",
          "null",
          "true",
          "-0",
          "1e400",
          "1E-9999",
          "9223372036854775808",
          "0.1e1",
          "\\ud800",
          "\\u0000",
          "\u2028",
          "é",
          "\"id\":1,",
          "\"jsonrpc\":\"2.0\",",
          "\"method\":\"tools/list\",",
          "\"params\":{\"_meta\":{}},",
          "\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",",
          "\"io.modelcontextprotocol/clientCapabilities\":[],",
          "\"name\":{},",
          "\"arguments\":[],",
          "\"requestState\":7,",
          "[".repeat(2_000),
          "{\"a\":".repeat(1_200),
          "\r\n",
          "\u0001");

  /// Calls that wait are left out: nobody would release them.
  private static final List<String> SEEDS =
      List.of(
          RawClient.INITIALIZE,
          RawClient.LIST,
          RawClient.PING,
          RawClient.call(3, "crm.echo", "{\"a\":[1,2.5,\"é\",null,{\"b\":true}]}"),
          "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":3}}",
          ModernClient.draft(1, "server/discover").body.toString(),
          ModernClient.draft("l", "tools/list").body.toString(),
          ModernClient.draftCall(4, "crm.echo", "{\"a\":1}").body.toString());

  private final Random random = new Random(SEED);
  private final ScriptedBroker broker = new ScriptedBroker();

  @Test
  void anyTextIsAMessageOrABadOne() throws Exception {
    var json = new McpJson();
    for (int i = 0; i < 10 * TURNS; i++) {
      byte[] body = damaged(seed());
      try {
        JSONRPCMessage message = json.message(text(body));
        if (message instanceof JSONRPCRequest request && ModernEndpoint.claims(request)) {
          ModernRequest.of(request).name();
        }
      } catch (BadMessage | ModernFault refused) {
        assertFalse(String.valueOf(refused.getMessage()).isEmpty());
      } catch (RuntimeException | Error broken) {
        throw new AssertionError(turn(i, body), broken);
      }
    }
  }

  @Test
  void anyBodyIsAnsweredAndTheNextOneServed() throws Exception {
    var settings = AgentListener.Settings.on(Loopback.anyPort());
    try (var listener = AgentListener.start(settings, broker, new SecureRandom());
        var older = new RawClient(listener.uri(), ScriptedBroker.KEY_TEXT);
        var modern = new ModernClient(listener.uri(), ScriptedBroker.KEY_TEXT)) {
      String session = older.open();
      for (int i = 0; i < TURNS; i++) {
        byte[] body = damaged(seed());
        HttpRequest request =
            modern
                .builder(headers(session))
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        var answer = modern.http().send(request, HttpResponse.BodyHandlers.ofString());
        assertInOrder(answer, turn(i, body));
      }
      assertEquals(200, older.post(session, RawClient.PING).statusCode());
      assertEquals(200, modern.send(ModernClient.draft(1, "tools/list")).statusCode());
    }
  }

  @Test
  void anyLineIsAnsweredOnceAndTheNextOneServed() throws Exception {
    var client = new StdioPair();
    var server =
        new StdioServer(
            broker,
            ScriptedBroker.KEY,
            client.in(),
            client.out(),
            new SecureRandom(),
            Duration.ofSeconds(30));
    Thread running = Thread.startVirtualThread(() -> run(server));
    client.send(RawClient.INITIALIZE);
    client.receive();
    int answers = 0;
    for (int i = 0; i < TURNS; i++) {
      byte[] line = damaged(seed());
      client.sendRaw(
          new String(line, ISO_8859_1).replace('\n', ' ').concat("\n").getBytes(ISO_8859_1));
      client.send("{\"jsonrpc\":\"2.0\",\"id\":\"probe-%d\",\"method\":\"ping\"}".formatted(i));
      JsonNode told = client.receive();
      while (!told.path("id").asString("").equals("probe-" + i)) {
        assertTrue(++answers <= i + 1, turn(i, line)); // one for each line, in any order
        assertTrue(told.has("result") || told.has("error") || told.has("method"), turn(i, line));
        told = client.receive();
      }
    }
    broker.release();
    client.end();
    running.join();
  }

  @Test
  void aMessageMadeToReachNewCodeIsAnsweredOrRefused(@TempDir Path folder) throws Exception {
    List<byte[]> seeds = SEEDS.stream().map(seed -> seed.getBytes(UTF_8)).toList();
    Fuzzing.run(WireFuzzer.class, seeds, folder);
  }

  private static void run(StdioServer server) {
    try {
      server.run();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void assertInOrder(HttpResponse<String> answer, String turn) {
    String body = answer.body();
    assertTrue(answer.statusCode() < 500, () -> answer.statusCode() + body + turn);
    assertFalse(body.contains("Exception") || body.contains("java."), turn + "\n" + body);
    assertFalse(body.contains(ScriptedBroker.KEY_TEXT), turn);
    if (answer.statusCode() != 202 && !body.isEmpty()) {
      JsonNode told = RawClient.message(answer);
      assertTrue(told.has("result") != told.has("error"), turn + "\n" + body);
    }
  }

  private Map<String, String> headers(String session) {
    return switch (random.nextInt(6)) {
      case 0 -> Map.of();
      case 1 -> Map.of("Mcp-Session-Id", session);
      case 2 -> Map.of("Mcp-Session-Id", session, "MCP-Protocol-Version", "2025-11-25");
      case 3 -> Map.of("MCP-Protocol-Version", "2026-07-28");
      case 4 ->
          Map.of("MCP-Protocol-Version", "2026-07-28", "Mcp-Method", "tools/list", "Mcp-Name", "x");
      default ->
          Map.of(
              "MCP-Protocol-Version",
              "2026-07-28",
              "Mcp-Method",
              "tools/call",
              "Mcp-Name",
              "crm.echo");
    };
  }

  private byte[] seed() {
    return SEEDS.get(random.nextInt(SEEDS.size())).getBytes(UTF_8);
  }

  private byte[] damaged(byte[] whole) {
    byte[] damaged = whole;
    for (int i = random.nextInt(4); i >= 0; i--) {
      damaged = damagedOnce(damaged);
    }
    return damaged;
  }

  private byte[] damagedOnce(byte[] whole) {
    if (whole.length < 2) {
      return whole;
    }
    int at = random.nextInt(whole.length);
    int to = at + random.nextInt(Math.min(40, whole.length - at));
    return switch (random.nextInt(6)) {
      case 0 -> Arrays.copyOf(whole, at);
      case 1 -> joined(Arrays.copyOf(whole, at), Arrays.copyOfRange(whole, to, whole.length));
      case 2 -> joined(Arrays.copyOf(whole, to), Arrays.copyOfRange(whole, at, whole.length));
      case 3 -> {
        byte[] flipped = whole.clone();
        flipped[at] ^= (byte) (1 << random.nextInt(8));
        yield flipped;
      }
      case 4 -> {
        byte[] spelt = whole.clone();
        spelt[at] = (byte) random.nextInt(256);
        yield spelt;
      }
      default -> {
        String splinter = SPLINTERS.get(random.nextInt(SPLINTERS.size()));
        yield joined(
            joined(Arrays.copyOf(whole, at), splinter.getBytes(UTF_8)),
            Arrays.copyOfRange(whole, at, whole.length));
      }
    };
  }

  private static byte[] joined(byte[] first, byte[] second) {
    var joined = new ByteArrayOutputStream(first.length + second.length);
    joined.writeBytes(first);
    joined.writeBytes(second);
    return joined.toByteArray();
  }

  private static String text(byte[] body) throws BadMessage {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw BadMessage.notJson();
    }
  }

  private static String turn(int i, byte[] body) {
    return "turn " + i + " of -Dkeyward.seed=" + SEED + ": " + new String(body, ISO_8859_1);
  }
}
