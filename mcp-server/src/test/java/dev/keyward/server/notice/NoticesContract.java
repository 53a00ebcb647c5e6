package dev.keyward.server.notice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.approvals.Addresses;
import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.ApprovalSettings;
import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.Ask;
import dev.keyward.approvals.DecisionResult;
import dev.keyward.approvals.GlassBreak;
import dev.keyward.approvals.Person;
import dev.keyward.approvals.QuestionLimits;
import dev.keyward.approvals.Receipt;
import dev.keyward.approvals.ReviewScope;
import dev.keyward.approvals.Reviewers;
import dev.keyward.approvals.Role;
import dev.keyward.approvals.Standing;
import dev.keyward.approvals.Subject;
import dev.keyward.approvals.TestSeal;
import dev.keyward.approvals.passkey.Passkey;
import dev.keyward.approvals.passkey.PasskeyRefused;
import dev.keyward.approvals.passkey.PasskeySite;
import dev.keyward.approvals.web.SoftPasskey;
import dev.keyward.call.AgentId;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.Caller;
import dev.keyward.call.EmailAddress;
import dev.keyward.call.PersonId;
import dev.keyward.call.RunId;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import dev.keyward.redaction.KnownSecrets;
import dev.keyward.redaction.Redactor;
import dev.keyward.redaction.Secret;
import dev.keyward.server.config.Config;
import dev.keyward.server.config.NoticeSettings;
import dev.keyward.server.credential.HeldSecret;
import dev.keyward.server.credential.Lookup;
import dev.keyward.store.Database;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
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
  private final Readers people = new Readers();
  private Database database;
  private Receiver receiver;
  private MailTaker mail;
  private Outbox outbox;
  private Notices notices;
  private List<Lane> lanes = List.of();
  private Approvals approvals;

  abstract Database open();

  @BeforeEach
  void start() throws IOException {
    database = open();
    receiver = new Receiver();
    mail = MailTaker.plain();
    outbox = new Outbox(database, clock, random);
    start(notices());
    approvals = approvals(_ -> Optional.empty(), ApprovalSettings.DEFAULT);
  }

  @AfterEach
  void stop() {
    notices.close();
    mail.close();
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
    pass(Duration.ofSeconds(179));
    deliver();
    assertEquals(1, receiver.received().size());

    pass(Duration.ofSeconds(1));
    deliver();

    assertEquals(List.of(first.id().value()), receiver.received().getFirst().approvals());
    assertEquals(2, receiver.received().size());
    Receiver.Received digest = receiver.received().getLast();
    assertEquals(20, digest.approvals().size());
    assertEquals(10, digest.json().at("/data/more").intValue());
    assertEquals(30, digest.json().at("/data/kinds/0/count").intValue());
    assertEquals(1, digest.json().at("/data/earlier").intValue());
    assertEquals(
        List.of("1 request waits for people", "30 more requests wait for people"),
        headlines("rita"));
  }

  @Test
  void theFirstRequestOfEachRunIsToldOfAtOnceAndTheNextIsNot() {
    ApprovalRequest one = ask(1);
    deliver();
    ApprovalRequest other = askIn(RunId.random(random), 1);
    deliver();
    askIn(other.subject().caller().run(), 2);
    deliver();

    assertEquals(
        List.of(List.of(one.id().value()), List.of(other.id().value())),
        receiver.received().stream().map(Receiver.Received::approvals).toList());
  }

  /// Else the next of its run would count as the first again.
  @Test
  void whatIsKeptOpenIsKnownForAsLong() {
    var rita = new Person(new PersonId("rita"), Set.of(Role.MEMBER, Role.REVIEWER));
    approvals = approvals(_ -> Optional.of(rita), ApprovalSettings.DEFAULT);
    ApprovalRequest one = ask(1);
    deliver();
    pass(Duration.ofMinutes(29));
    assertInstanceOf(DecisionResult.Recorded.class, approvals.prolong(one.id(), rita));
    pass(Duration.ofMinutes(29));
    ask(2);

    deliver();

    assertEquals(1, receiver.received().size());
  }

  /// An agent that opens a run for each call floods nobody either.
  @Test
  void afterFiveMessagesInTenMinutesTheFirstRequestsOfRunsAreGatheredToo() {
    approvals = generous();
    for (int i = 0; i < 5; i++) {
      askIn(RunId.random(random), i);
      deliver();
    }
    for (int i = 5; i < 12; i++) {
      askIn(RunId.random(random), i);
      deliver();
    }
    assertEquals(5, receiver.received().size());

    pass(Duration.ofMinutes(3));
    deliver();

    assertEquals(6, receiver.received().size());
    assertEquals(7, receiver.received().getLast().approvals().size());
    assertEquals("7 more requests wait for people, of 7 runs", headlines("rita").getLast());
    pass(Duration.ofMinutes(10));
    askIn(RunId.random(random), 12);
    deliver();
    assertEquals(7, receiver.received().size());
  }

  /// An agent cannot hide it behind a flood.
  @Test
  void whatIsDangerousWaitsForNothingAndStandsFirst() {
    ask(0);
    deliver();
    approvals = generous();
    for (int i = 1; i <= 30; i++) {
      ask(i);
    }
    deliver();
    assertEquals(1, receiver.received().size());

    ApprovalRequest dangerous = askDangerous(31);
    deliver();

    assertEquals(2, receiver.received().size());
    assertEquals(dangerous.id().value(), receiver.received().getLast().approvals().getFirst());
    JsonNode kind = receiver.received().getLast().json().at("/data/kinds/0");
    assertEquals("dangerous_write", kind.path("tier").stringValue());
    askDangerous(32);
    deliver();
    assertEquals(3, receiver.received().size());
    pass(Duration.ofMinutes(20));
    deliver();
    assertEquals(3, receiver.received().size());
  }

  /// Nor can it bury it under messages about others.
  @Test
  void afterTwentyMessagesInTenMinutesWhatIsDangerousIsGatheredToo() {
    approvals = generous();
    for (int i = 0; i < 25; i++) {
      askDangerous(i);
      deliver();
    }
    assertEquals(20, receiver.received().size());

    pass(Duration.ofMinutes(3));
    deliver();

    assertEquals(21, receiver.received().size());
    assertEquals(5, receiver.received().getLast().approvals().size());
  }

  @Test
  void whereAllThatTheyWereToldOfIsDecidedTheNextIsToldOfAtOnce() {
    ApprovalRequest first = ask(1);
    deliver();
    approvals.cancel(first.id(), caller.agent(), caller.run());

    ask(2);
    deliver();

    assertEquals(2, receiver.received().size());
    assertEquals(0, receiver.received().getLast().json().at("/data/earlier").intValue());
  }

  @Test
  void whatIsDecidedWhileItIsGatheredIsNotToldOf() {
    ask(1);
    deliver();
    ApprovalRequest second = ask(2);
    ApprovalRequest third = ask(3);
    deliver();
    approvals.cancel(second.id(), caller.agent(), caller.run());
    pass(Duration.ofMinutes(3));

    deliver();

    assertEquals(List.of(third.id().value()), receiver.received().getLast().approvals());
  }

  @Test
  void whoeverMayDecideNoMoreIsNotToldOfWhatWasGathered() {
    ask(1);
    deliver();
    ask(2);
    deliver();
    people.remove("carl");
    pass(Duration.ofMinutes(3));

    deliver();

    assertEquals(1, headlines("carl").size());
    assertEquals(2, headlines("rita").size());
  }

  /// Carl reviews the CRM and Paul payments.
  @Test
  void whatOnePersonWasToldOfHoldsUpNobodyElse() {
    ask(1);
    deliver();
    askOf("stripe", 2);
    deliver();

    assertEquals(1, headlines("carl").size());
    assertEquals(1, headlines("paul").size());
    assertEquals(1, headlines("rita").size());
  }

  @Test
  void whatIsGatheredOutlivesARestartAndIsNoSoonerToldOf() throws IOException {
    ask(1);
    deliver();
    ask(2);
    deliver();
    notices.close();
    outbox = new Outbox(database, clock, random);
    start(notices());
    deliver();
    assertEquals(1, receiver.received().size());

    pass(Duration.ofMinutes(3));
    deliver();

    assertEquals(2, receiver.received().size());
  }

  @Test
  void ofTwoBrokersAtTheSameMomentOneMakesTheMessage() throws Exception {
    ask(1);
    deliver();
    approvals = generous();
    for (int i = 2; i <= 40; i++) {
      ask(i);
    }
    pass(Duration.ofMinutes(3));

    try (var sister = notices(new Outbox(database, clock, new Random(2)));
        var brokers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> ours = brokers.submit(() -> gather(notices));
      Future<?> theirs = brokers.submit(() -> gather(sister));
      ours.get(30, TimeUnit.SECONDS);
      theirs.get(30, TimeUnit.SECONDS);
    }
    deliver();

    assertEquals(2, receiver.received().size());
    assertEquals(2, headlines("rita").size());
  }

  /// Olga owns the agent, so she is not independent.
  @Test
  void mailGoesToWhoeverMayDecideAndToNobodyElse() {
    ApprovalRequest request = ask(1);

    deliver();

    assertEquals(
        List.of("carl@people.example", "rita@people.example"),
        mail.unread().stream().map(MailTaker.Letter::to).sorted().toList());
    for (MailTaker.Letter letter : mail.unread()) {
      assertTrue(letter.text().contains(PAGES + "/approvals/" + request.id()), letter.text());
      assertFalse(letter.text().contains(PRIVATE), letter.text());
    }
  }

  @Test
  void whoReviewsSuchCallsAndTheOwnerAreToldAtOnceThatTheGlassWasBroken() throws PasskeyRefused {
    var emergency = new Emergency();
    approvals = approvals(emergency, ApprovalSettings.DEFAULT);
    ApprovalRequest request = ask(1);
    deliver();
    int before = receiver.received().size();

    approvals.breakGlass(request.id(), Emergency.GINA, emergency.how(request));
    deliver();
    deliver();

    assertEquals(before + 1, receiver.received().size());
    JsonNode told = receiver.received().getLast().json();
    assertEquals("approvals.glass_broken", told.path("type").asString(""));
    assertEquals("gina", told.at("/data/person").asString(""));
    assertEquals("INC-4812", told.at("/data/ticket").asString(""));
    assertEquals(PAGES + "/reviews", told.at("/data/url").asString(""));
    List<MailTaker.Letter> letters =
        mail.unread().stream()
            .filter(letter -> letter.text().contains("gina approved a call alone"))
            .toList();
    assertEquals(
        List.of("carl@people.example", "olga@people.example", "rita@people.example"),
        letters.stream().map(MailTaker.Letter::to).sorted().toList());
    for (MailTaker.Letter letter : letters) {
      assertFalse(letter.text().contains(PRIVATE) || letter.text().contains(Emergency.REASON));
    }
  }

  /// Gina may break the glass, and has a passkey.
  private static final class Emergency implements Reviewers {
    static final Person GINA = new Person(new PersonId("gina"), Set.of(Role.BREAK_GLASS));
    static final String REASON = "customers cannot pay";

    private final PasskeySite site = new PasskeySite(PAGES);
    private final SoftPasskey device = new SoftPasskey(PAGES.toString()).forSite(PAGES.getHost());
    private final Passkey passkey;

    Emergency() throws PasskeyRefused {
      byte[] challenge = new byte[32];
      passkey = site.made(GINA.id(), challenge, device.made(site.making(GINA.id(), challenge)));
    }

    GlassBreak how(ApprovalRequest request) {
      String view = "5".repeat(64);
      byte[] challenge =
          Receipt.challenge(
              GlassBreak.document(
                  request.id(), request.digest(), view, GINA.id(), REASON, "INC-4812"));
      String signed = device.signed(site.asking(passkey, challenge));
      return new GlassBreak(
          REASON, "INC-4812", request.digest(), view, new Receipt(PAGES, passkey, signed));
    }

    @Override
    public Optional<Person> person(PersonId id) {
      return Optional.of(GINA).filter(gina -> gina.id().equals(id));
    }

    @Override
    public Optional<Passkey> passkey(PersonId id) {
      return Optional.of(passkey);
    }
  }

  @Test
  void whatWaitsToBeSentHoldsNoAddressAndNoArgument() {
    mail.answer("MAIL", "451 later");
    receiver.answer(500);
    ask(1);

    deliver();

    List<String> rows =
        database.read(
            tx ->
                tx.sql().select("SELECT * FROM notice_messages").mapToMap().stream()
                    .map(Object::toString)
                    .toList());
    assertEquals(3, rows.size());
    rows.forEach(row -> assertFalse(row.contains("people.example") || row.contains(PRIVATE), row));
  }

  @Test
  void aMailServerThatIsDownHoldsUpNobodyElse() {
    mail.close();
    ask(1);

    deliver();

    assertEquals(1, receiver.received().size());
  }

  @Test
  void aRecipientWhoIsRefusedForGoodIsNotTriedAgain() {
    mail.answer("RCPT", "550 nobody here");
    ask(1);
    deliver();
    mail.answer("RCPT", "250 good");
    pass(Duration.ofHours(1));

    deliver();

    assertEquals(List.of(), mail.unread());
  }

  @Test
  void whoeverWantsToBeLeftAloneIsLeftAloneForThatLong() {
    receiver.answer(429, "60");
    ask(1);
    deliver();
    receiver.answer(200);
    askIn(RunId.random(random), 2);
    pass(Duration.ofSeconds(59));
    deliver();
    assertEquals(1, receiver.received().size());

    pass(Duration.ofSeconds(1));
    deliver();

    assertEquals(3, receiver.received().size());
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
    ApprovalRequest second = askIn(RunId.random(random), 2);
    notices.close();
    start(notices());
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
      gather(other);
      other.lanes().forEach(lane -> lane.deliver(CLEAN));
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

    var settings = new NoticeSettings.Webhook(receiver.url(), file, Optional.empty());
    var refused = assertThrows(IllegalArgumentException.class, () -> Webhook.open(settings));

    assertFalse(
        key.length() > "whsec_".length() && String.valueOf(refused.getMessage()).contains(key));
  }

  private Notices notices() throws IOException {
    return notices(outbox);
  }

  private Notices notices(Outbox from) throws IOException {
    Path file = folder.resolve("webhook-key");
    Files.writeString(file, "whsec_" + Base64.getEncoder().encodeToString(KEY) + "\n");
    var settings =
        new NoticeSettings(
            Optional.of(new NoticeSettings.Webhook(receiver.url(), file, Optional.empty())),
            Optional.of(
                new NoticeSettings.Mail(
                    new Config.HostPort("127.0.0.1", mail.port()),
                    NoticeSettings.Encryption.NONE,
                    new EmailAddress("broker@keyward.example"),
                    Optional.empty(),
                    Optional.empty())),
            Optional.empty(),
            Optional.empty());
    return Notices.open(
        settings,
        from,
        clock,
        people,
        _ -> new Lookup.Found(new HeldSecret(Secret.of("none"), 1, clock.instant())));
  }

  private Approvals generous() {
    return approvals(
        _ -> Optional.empty(),
        new ApprovalSettings(Duration.ofMinutes(30), false, QuestionLimits.of(1000)));
  }

  private Approvals approvals(Reviewers reviewers, ApprovalSettings settings) {
    return new Approvals(
        database, clock, random, TestSeal.make(), outbox::note, reviewers, settings);
  }

  private void gather(Notices by) {
    by.gather(approvals, id -> PAGES.resolve("/approvals/" + id));
  }

  private void deliver() {
    gather(notices);
    lanes.forEach(lane -> lane.deliver(CLEAN));
  }

  private void start(Notices opened) {
    notices = opened;
    lanes = opened.lanes();
  }

  /// Rita reviews everything, Carl the CRM, Paul payments; Vera only looks.
  private static final class Readers implements Addresses {
    private final List<Person> known =
        new ArrayList<>(
            List.of(
                new Person(new PersonId("olga"), Set.of(Role.MEMBER, Role.REVIEWER)),
                new Person(new PersonId("rita"), Set.of(Role.MEMBER, Role.REVIEWER)),
                reviewing("carl", "crm"),
                reviewing("paul", "stripe"),
                new Person(new PersonId("vera"), Set.of(Role.VIEWER))));

    void remove(String name) {
      known.removeIf(person -> person.id().value().equals(name));
    }

    private static Person reviewing(String name, String system) {
      return new Person(
          new PersonId(name),
          Set.of(Role.REVIEWER),
          new ReviewScope(Set.of(), Set.of(system), Set.of()));
    }

    @Override
    public List<Person> reachable() {
      return List.copyOf(known);
    }

    @Override
    public Optional<EmailAddress> address(PersonId person) {
      return Optional.of(new EmailAddress(person + "@people.example"));
    }
  }

  private void pass(Duration time) {
    now.updateAndGet(at -> at.plus(time));
  }

  /// How the mails to one person begin, the oldest first.
  private List<String> headlines(String person) {
    return mail.unread().stream()
        .filter(letter -> letter.to().equals(person + "@people.example"))
        .map(letter -> letter.text().lines().findFirst().orElse("").replaceFirst("\\.$", ""))
        .toList();
  }

  private ApprovalRequest ask(int ticket) {
    return askIn(caller.run(), ticket);
  }

  private ApprovalRequest askIn(RunId run, int ticket) {
    return ask(run, ticket, "crm", Tier.WRITE, ApprovalKind.REVIEW);
  }

  private ApprovalRequest askOf(String system, int ticket) {
    return ask(caller.run(), ticket, system, Tier.WRITE, ApprovalKind.REVIEW);
  }

  private ApprovalRequest askDangerous(int ticket) {
    return ask(caller.run(), ticket, "crm", Tier.DANGEROUS_WRITE, ApprovalKind.DUAL);
  }

  private ApprovalRequest ask(RunId run, int ticket, String system, Tier tier, ApprovalKind kind) {
    var tool = new ToolName(system + ".add_note");
    var arguments =
        Arguments.of(
            JsonNodeFactory.instance.objectNode().put("ticket", ticket).put("text", PRIVATE));
    var asking =
        new Caller(
            caller.agent(),
            caller.agentType(),
            caller.workspace(),
            caller.owner(),
            run,
            Optional.empty());
    var call =
        new Subject.Call(
            asking,
            tool,
            "Add a note",
            tier,
            system,
            "https://crm.example",
            "Add a note: " + PRIVATE,
            arguments.canonical());
    var digest = CallDigest.of(asking, tool, arguments);
    var ask = new Ask(kind, call, digest, "context", "rule", asking.lead());
    if (approvals.ask(ask) instanceof Standing.Pending(var request)) {
      return request;
    }
    throw new AssertionError("nobody was asked");
  }
}
