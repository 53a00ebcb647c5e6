package dev.keyward.server.upstream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.server.credential.PermittedTools;
import dev.keyward.server.handle.Restored;
import dev.keyward.server.upstream.Calls.Lent;
import dev.keyward.server.upstream.Calls.Passing;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class PermittedCallTest {
  private final Passing sending = new Passing();

  @Test
  void aPermittedCallIsSentAsItsCatalogSays() throws Exception {
    try (var server = ScriptedServer.answering(ScriptedServer.json("{\"ok\":true}"));
        var upstream = HttpUpstream.start(Resolution.SYSTEM, Set.of(server.origin()))) {
      var call = PermittedTools.write(server.origin(), "local:crm#token");

      Reply reply =
          upstream.send(
              call, Restored.unchanged(call), Lent.of(Calls.KEY), Optional.of("key-1"), sending);

      assertEquals(200, assertInstanceOf(Reply.Answered.class, reply).status());
      String request = server.requests().getFirst();
      assertTrue(request.startsWith("POST /things/a%20b HTTP/1.1\r\n"), request);
      assertTrue(request.contains("\r\nIdempotency-Key: key-1\r\n"));
      assertTrue(request.contains("\r\nAuthorization: Bearer " + Calls.KEY_TEXT + "\r\n"));
      Trace trace = reply.trace();
      assertEquals("POST", trace.method());
      assertEquals(server.origin().toString(), trace.origin());
      assertEquals("/things/{id}", trace.pathTemplate());
      assertEquals(List.of(200), trace.attempts().stream().map(Trace.Attempt::status).toList());
    }
  }

  @Test
  void anotherToolsLeaseIsNotSentToThisToolsOrigin() throws Exception {
    try (var server = ScriptedServer.answering(ScriptedServer.json("{}"));
        var upstream = HttpUpstream.start(Resolution.SYSTEM, Set.of(server.origin()))) {
      for (String ref : List.of("local:other#token", "")) {
        var call = PermittedTools.write(server.origin(), ref);
        assertThrows(
            IllegalArgumentException.class,
            () ->
                upstream.send(
                    call, Restored.unchanged(call), Lent.of(Calls.KEY), Optional.empty(), sending));
      }
      assertEquals(0, server.connections());
    }
  }
}
