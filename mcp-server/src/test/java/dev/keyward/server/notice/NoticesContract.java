package dev.keyward.server.notice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.ApprovalSettings;
import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.Ask;
import dev.keyward.approvals.Standing;
import dev.keyward.approvals.Subject;
import dev.keyward.call.AgentId;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.Caller;
import dev.keyward.call.PersonId;
import dev.keyward.call.RunId;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import dev.keyward.redaction.KnownSecrets;
import dev.keyward.redaction.Redactor;
import dev.keyward.server.config.WebhookSettings;
import dev.keyward.store.Database;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.JsonNodeFactory;

/// What is promised of messages to people, on every engine.
abstract class NoticesContract {
  private static final byte[] KEY =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8);
  private static final String PRIVATE = "an argument that is nobody's business";
  private static final Redactor CLEAN = new Redactor(() -> KnownSecrets.of(List.of()));
  private static final URI PAGES = URI.create("https://approve.example");

  @TempDir private Path folder;
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-29T10:00:00Z"));
  private final InstantSource clock = now::get;
  private final Random random = new Random(20261129);
  private final Caller caller =
      new Caller(
          new AgentId("triage-1"),
          "triage",
          "support",
          new PersonId("olga"),
          RunId.random(random),
          Optional.empty());
  private Database database;
  private Receiver receiver;
  private Notices notices;
  private Approvals approvals;

  abstract Database open();

  @BeforeEach
  void start() throws IOException {
    database = open();
    receiver = new Receiver();
    notices = notices();
    approvals =
        new Approvals(
            database,
            clock,
            random,
            (tx, event) -> notices.note(tx, event),
            _ -> Optional.empty(),
            ApprovalSettings.DEFAULT);
  }

  @AfterEach
  void stop() {
    notices.close();
    receiver.close();
    database.close();
  }

  @Test
  void aRequestIsToldOfOnceWithItsLinkAndNoArgument() {
    ApprovalRequest request = ask(1);

    deliver();
    pass(Duration.ofHours(1));
    deliver();

    assertEquals(1, receiver.received().size());
    Receiver.Received message = receiver.received().getFirst();
    var told = message.json().path("data").path("requests").path(0);
    assertEquals("approvals.waiting", message.json().path("type").stringValue());
    assertEquals(PAGES + "/approvals/" + request.id(), told.path("url").stringValue());
    assertEquals("Add a note", told.path("title").stringValue());
    assertFalse(message.body().contains(PRIVATE), message.body());
  }

  @Test
  void itIsSignedAsStandardWebhooksSay() throws Exception {
    ask(1);

    deliver();

    Receiver.Received message = receiver.received().getFirst();
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
    String signed = message.id() + "." + message.timestamp() + "." + message.body();
    byte[] tag = mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
    assertEquals("v1," + Base64.getEncoder().encodeToString(tag), message.signature());
    assertEquals(clock.instant().getEpochSecond(), Long.parseLong(message.timestamp()));
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 400, 500})
  void whatDidNotArriveIsSentAgainAsTheSameMessage(int status) {
    receiver.answer(status);
    ask(1);
    deliver();
    deliver();
    assertEquals(1, receiver.received().size());

    receiver.answer(200);
    pass(Duration.ofSeconds(5));
    deliver();
    pass(Duration.ofHours(1));
    deliver();

    List<Receiver.Received> received = receiver.received();
    assertEquals(2, received.size());
    assertEquals(received.getFirst().id(), received.getLast().id());
    assertEquals(received.getFirst().body(), received.getLast().body());
    assertNotEquals(received.getFirst().signature(), received.getLast().signature());
  }

  @Test
  void aFloodIsOneMessageMoreAndListsTwenty() {
    ApprovalRequest first = ask(0);
    deliver();
    approvals = generous();
    for (int i = 1; i <= 30; i++) {
      ask(i);
      deliver();
    }
    assertEquals(1, receiver.received().size());

    pass(Duration.ofSeconds(30));
    deliver();

    assertEquals(List.of(first.id().value()), receiver.received().getFirst().approvals());
    assertEquals(2, receiver.received().size());
    assertEquals(20, receiver.received().getLast().approvals().size());
    assertEquals(10, receiver.received().getLast().json().path("data").path("more").intValue());
  }

  @Test
  void nobodyIsToldOfWhatIsOver() {
    ApprovalRequest request = ask(1);
    approvals.cancel(request.id(), caller.agent(), caller.run());

    deliver();

    assertEquals(List.of(), receiver.received());
  }

  @Test
  void aRestartLosesNothing() throws IOException {
    receiver.answer(503);
    ask(1);
    deliver();
    ApprovalRequest second = ask(2);
    notices.close();
    notices = notices();
    receiver.answer(200);
    pass(Duration.ofSeconds(5));

    deliver();

    assertEquals(3, receiver.received().size());
    assertEquals(
        1,
        receiver.received().stream()
            .filter(message -> message.approvals().contains(second.id().value()))
            .count());
  }

  @Test
  void oneOfTwoBrokersSendsIt() throws IOException {
    ask(1);
    try (Notices other = notices()) {
      deliver();
      other.deliver(approvals, CLEAN, id -> PAGES.resolve("/approvals/" + id));
    }

    assertEquals(1, receiver.received().size());
  }

  @Test
  void afterADayItIsGivenUp() {
    receiver.answer(500);
    ask(1);
    deliver();
    pass(Duration.ofDays(1));
    deliver();
    receiver.answer(200);
    pass(Duration.ofDays(1));

    deliver();

    assertEquals(2, receiver.received().size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "whsec_", "whsec_dG9vIHNob3J0", "whsec_%%%", "not-a-key"})
  void aKeyOfAnotherShapeIsRefusedWithoutBeingRepeated(String key) throws IOException {
    Path file = Files.writeString(folder.resolve("bad"), key);

    var refused =
        assertThrows(IllegalArgumentException.class, () -> Webhook.open(receiver.url(), file));

    assertFalse(
        key.length() > "whsec_".length() && String.valueOf(refused.getMessage()).contains(key));
  }

  private Notices notices() throws IOException {
    Path file = folder.resolve("webhook-key");
    Files.writeString(file, "whsec_" + Base64.getEncoder().encodeToString(KEY) + "\n");
    return Notices.open(new WebhookSettings(receiver.url(), file), database, clock, random);
  }

  private Approvals generous() {
    return new Approvals(
        database,
        clock,
        random,
        (tx, event) -> notices.note(tx, event),
        _ -> Optional.empty(),
        new ApprovalSettings(Duration.ofMinutes(30), false, 1000));
  }

  private void deliver() {
    notices.deliver(approvals, CLEAN, id -> PAGES.resolve("/approvals/" + id));
  }

  private void pass(Duration time) {
    now.updateAndGet(at -> at.plus(time));
  }

  private ApprovalRequest ask(int ticket) {
    var tool = new ToolName("crm.add_note");
    var arguments =
        Arguments.of(
            JsonNodeFactory.instance.objectNode().put("ticket", ticket).put("text", PRIVATE));
    var call =
        new Subject.Call(
            caller,
            tool,
            "Add a note",
            Tier.WRITE,
            "crm",
            "https://crm.example",
            "Add a note: " + PRIVATE,
            arguments.canonical());
    var ask =
        new Ask(
            ApprovalKind.REVIEW, call, CallDigest.of(caller, tool, arguments), "context", "rule");
    if (approvals.ask(ask) instanceof Standing.Pending(var request)) {
      return request;
    }
    throw new AssertionError("nobody was asked");
  }
}
