package dev.keyward.server.notice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.server.TestBroker;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A whole broker that tells a webhook what waits.
final class NoticesEndToEndTest {
  private static final String KEY = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

  @TempDir private Path folder;
  @TempDir private Path elsewhere;

  @Test
  void whatAnAgentWantsIsToldAndItsArgumentsAndTheKeyAreNot() throws Exception {
    Path key = Files.writeString(elsewhere.resolve("key"), KEY + "\n");
    try (var receiver = new Receiver();
        var broker = TestBroker.in(folder, settings(receiver, key))) {
      var agent = broker.agent("a1", "crm.*");

      assertEquals("pending", agent.call("crm.add_note", TestBroker.NOTE).code());

      Receiver.Received message = receiver.next();
      String approval = message.approvals().getFirst();
      assertEquals("pending", broker.state(approval));
      assertTrue(message.body().contains("/approvals/" + approval));
      assertFalse(message.body().contains("Called the customer"), message.body());
      String withKey = TestBroker.NOTE.replaceFirst("\"text\":\\s*\"", "$0" + KEY + " ");
      assertEquals("secret_in_arguments", agent.call("crm.add_note", withKey).code());
    }
  }

  @Test
  void aSecretThatTheOperatorPutIntoATitleIsNotTold() throws Exception {
    Path key = Files.writeString(elsewhere.resolve("key"), KEY + "\n");
    try (var receiver = new Receiver();
        var broker = TestBroker.in(folder, settings(receiver, key))) {
      broker.catalog(
          "extra.yaml",
          """
          system: extra
          origin: https://extra.example
          tools:
            put:
              title: Put %s
              description: Puts.
              tier: write
              summary: Put
              input: {properties: {}}
              request: {method: POST, path: /put}
              result: [id]
          """
              .formatted(TestBroker.CRM_KEY));

      assertEquals("pending", broker.agent("a1", "extra.*").call("extra.put", "{}").code());

      Receiver.Received message = receiver.next();
      assertEquals("Put [redacted]", message.json().at("/data/requests/0/title").stringValue());
    }
  }

  private static String settings(Receiver receiver, Path key) {
    return "approvals: {webhook: {url: \"%s\", secret_file: \"%s\"}}\n"
        .formatted(receiver.url(), key);
  }
}
