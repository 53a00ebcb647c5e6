package dev.keyward.server.notice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.server.StandIn;
import dev.keyward.server.TestBroker;
import dev.keyward.server.control.OperatorError;
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

  @Test
  void mailAndChatsAreSetUpTriedAndToldOverTheSocket() throws Exception {
    try (var chat = new StandIn();
        var mail = MailTaker.plain();
        var broker = TestBroker.in(folder, everyWay(mail))) {
      String url = chat.origin() + "/services/T0/B0/4fJq83LmZx0Vd71PwsTy";
      broker.secret("slack#url", url);
      broker.operate("person.email", "{\"name\":\"olga\",\"address\":\"olga@people.example\"}");

      broker.operate("notify.test", "{\"way\":\"email\",\"person\":\"olga\"}");
      assertTrue(mail.next().headers().contains("Subject: Keyward: A test"));
      broker.operate("notify.test", "{\"way\":\"slack\"}");
      assertEquals("/services/T0/B0/4fJq83LmZx0Vd71PwsTy", chat.journal().getFirst().path());
      var missing =
          assertThrows(
              OperatorError.class, () -> broker.operate("notify.test", "{\"way\":\"teams\"}"));
      assertTrue(String.valueOf(missing.getMessage()).contains("secret local:teams#url"));
      String doctor = broker.operate("doctor", "{}").toString();
      assertTrue(doctor.contains("\"problem\",\"what\":\"approvals.teams\""), doctor);
      assertTrue(doctor.contains("\"ok\",\"what\":\"approvals.email\""), doctor);

      var agent = broker.agent("a1", "crm.*");
      assertEquals("pending", agent.call("crm.add_note", TestBroker.NOTE).code());
      assertTrue(mail.next().text().contains("crm.add_note (write, confirm) by agent a1"));
      String withUrl = TestBroker.NOTE.replaceFirst("\"text\":\\s*\"", "$0" + url + " ");
      assertEquals("secret_in_arguments", agent.call("crm.add_note", withUrl).code());
    }
  }

  private static String everyWay(MailTaker mail) {
    return """
    approvals:
      email: {server: "127.0.0.1:%d", tls: none, from: keyward@keyward.example}
      slack: {url: "local:slack#url"}
      teams: {url: "local:teams#url"}
    """
        .formatted(mail.port());
  }

  private static String settings(Receiver receiver, Path key) {
    return "approvals: {webhook: {url: \"%s\", secret_file: \"%s\"}}\n"
        .formatted(receiver.url(), key);
  }
}
