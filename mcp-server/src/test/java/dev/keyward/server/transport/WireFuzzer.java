package dev.keyward.server.transport;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// The way of a message from its bytes to its answer, in both eras, without a connection: whatever
/// was thought of to reach new code, it is answered or refused, and tells nothing of the inside.
public final class WireFuzzer {
  private static final McpJson JSON = new McpJson();
  private static final ScriptedBroker BROKER = new ScriptedBroker();
  private static final Heartbeat HEARTBEAT = new Heartbeat(Heartbeat.Pace.USUAL);
  private static final McpMethods METHODS =
      new McpMethods(BROKER, new SecureRandom(), new CallsInFlight(), HEARTBEAT);
  private static final ModernMethods MODERN = new ModernMethods(METHODS);
  private static final AtomicLong EXCHANGES = new AtomicLong();

  static {
    BROKER.release();
  }

  private WireFuzzer() {}

  /// One message; the name is Jazzer's.
  public static void fuzzerTestOneInput(byte[] body) throws Exception {
    BROKER.calls.clear();
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
      JSONRPCMessage message = JSON.message(text);
      if (message instanceof JSONRPCRequest request) {
        String told = JSON.tree(JSON.line(answer(request))).toString();
        String asked = JSON.tree(text).toString(); // the fuzzer learns what is searched for
        for (String secret : List.of(ScriptedBroker.CANARY, ScriptedBroker.KEY_TEXT)) {
          assertFalse(told.contains(secret) && !asked.contains(secret), told);
        }
      }
    } catch (CharacterCodingException | BadMessage | ModernFault refused) {
      // in order
    }
  }

  private static RpcReply answer(JSONRPCRequest request) throws ModernFault {
    String exchange = "exchange_" + EXCHANGES.incrementAndGet();
    var client = new Presented(ScriptedBroker.KEY, exchange, "http", "", WayBack.NONE);
    return ModernEndpoint.claims(request)
        ? MODERN.answer(ModernRequest.of(request), client)
        : METHODS.answer(request.method(), client, (Inbound) request.params());
  }
}
