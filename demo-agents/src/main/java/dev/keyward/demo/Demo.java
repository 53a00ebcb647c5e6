package dev.keyward.demo;

import static java.lang.System.Logger.Level.ERROR;

import dev.keyward.demo.BrokerDoor.AuditReport;
import dev.keyward.demo.BrokerStart.Upstream;
import dev.keyward.demo.company.CompanyKey;
import dev.keyward.demo.company.Crm;
import dev.keyward.demo.company.Payments;
import dev.keyward.demo.company.World;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/// The demo from its first line to its last: opens the companies, starts the broker, tells the
/// stories, and searches everything that came out for the companies' keys.
final class Demo {
  private static final System.Logger log = System.getLogger(Demo.class.getName());
  private static final long SEED = 4812;
  private static final String OWNER = "mina";
  private static final String FIRST = "rosa";
  private static final String SECOND = "idris";
  private static final String LAST = "Afterwards: what came out, and what was written down";

  private final BrokerStart start;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Function<Canary, Screen> screens;
  private final Claims claims = new Claims();
  private final Wiretap agentsTap = new Wiretap();
  private final Wiretap peopleTap = new Wiretap();

  /// @param random makes the companies' keys; must be a secure one
  /// @param screens makes the screen, given what it must not print
  Demo(
      BrokerStart start,
      InstantSource clock,
      RandomGenerator random,
      Function<Canary, Screen> screens) {
    this.start = start;
    this.clock = clock;
    this.random = random;
    this.screens = screens;
  }

  /// Runs it in an empty folder and returns what was claimed.
  Claims run(DemoFolder folder, Programme programme) throws IOException {
    CompanyKey crmKey = CompanyKey.crm(random);
    CompanyKey paymentsKey = CompanyKey.payments(random);
    CompanyKey resetToken = CompanyKey.resetToken(random);
    var canary =
        new Canary(Map.of("crm", crmKey, "payments", paymentsKey, "reset link", resetToken));
    Screen screen = screens.apply(canary);
    World world = World.generate(SEED, clock.instant());
    try (Crm crm = Crm.open(world, crmKey, resetToken, clock);
        Payments payments = Payments.open(world, paymentsKey, clock, random)) {
      var companies = new Companies(world, crm, payments);
      withBroker(folder.path(), companies, screen, canary, programme);
    }
    searchTheFolder(folder, screen, canary);
    return claims;
  }

  private void withBroker(
      Path home, Companies companies, Screen screen, Canary canary, Programme programme)
      throws IOException {
    var crm = new Upstream(companies.crm().origin(), companies.crm().key());
    var payments = new Upstream(companies.payments().origin(), companies.payments().key());
    BrokerDoor broker = start.start(home.resolve("home"), crm, payments);
    try (broker) {
      introduce(broker, companies, screen);
      switch (programme) {
        case Programme.Stories(boolean pause) ->
            tellToTheEnd(() -> tellStories(broker, companies, screen, canary, pause), screen);
        case Programme.Model model -> tellOfAModel(model, broker, companies, screen, canary);
      }
      searchWhatAgentsGot(screen, canary);
      if (!(programme instanceof Programme.Model model && model.attended())) {
        searchWhatPeopleGot(screen, canary);
      }
    }
    checkTheAudit(broker, screen); // closing has written what was left, the last checkpoint too
  }

  private static void introduce(BrokerDoor broker, Companies companies, Screen screen) {
    screen.heading("Keyward: agents use keys that they never hold");
    screen.address("agents connect to", broker.agentsUrl());
    screen.address("people decide at", broker.peopleUrl().resolve("/approvals"));
    screen.address("the CRM", fingerprinted(companies.crm().origin(), companies.crm().key()));
    screen.address(
        "payments", fingerprinted(companies.payments().origin(), companies.payments().key()));
    screen.text(
        "Keys are shown as fingerprints: the first 12 hex digits of their SHA-256. Both companies"
            + " leak the key they are called with wherever they can: in errors, debug fields,"
            + " pages and notes.");
  }

  private static String fingerprinted(URI origin, CompanyKey key) {
    return origin + "  accepts only key " + key.fingerprint();
  }

  /// A story that breaks off ends the others too, and the demo fails; the cause is in the log.
  private void tellToTheEnd(Runnable stories, Screen screen) {
    try {
      stories.run();
    } catch (RuntimeException broken) {
      log.log(ERROR, "a story broke off", broken);
      claim(
          screen,
          false,
          "The stories were told to their end.",
          "one broke off with " + broken.getClass().getSimpleName());
    }
  }

  private void tellStories(
      BrokerDoor broker, Companies companies, Screen screen, Canary canary, boolean pause) {
    People people =
        new People(signIn(broker, OWNER), signIn(broker, FIRST), signIn(broker, SECOND));
    try (Agent triage = run(broker, TriageAgent.NAME, TriageAgent.TOOLS, "Look after tickets");
        Agent finance = run(broker, FinanceAgent.NAME, FinanceAgent.TOOLS, "Settle refunds");
        Agent helper = run(broker, HelpAgent.NAME, HelpAgent.TOOLS, "Reset a password");
        Agent support = connect(broker, HijackedAgent.NAME, HijackedAgent.TOOLS)) {
      TriageAgent.tell(companies, screen, claims, triage, people.owner());
      String customer = companies.world().ticket(World.CHARGED_TWICE).customer().id();
      FinanceAgent.tell(companies, screen, claims, finance, people, customer);
      HijackedAgent.tell(
          companies, screen, claims, support, finance, people, broker, agentsTap, canary);
      HelpAgent.tell(companies, screen, claims, helper, people.owner(), customer);
      if (pause) {
        YourTurn.tell(companies, screen, claims, finance, broker);
      }
    }
  }

  private void tellOfAModel(
      Programme.Model model, BrokerDoor broker, Companies companies, Screen screen, Canary canary)
      throws IOException {
    UnaryOperator<String> mask = text -> model.settings().mask(canary.mask(text));
    try (Transcript transcript = Transcript.open(model.transcript(), mask)) {
      tellToTheEnd(
          () -> tellOfAModel(model, broker, companies, screen, canary, transcript), screen);
    }
  }

  private void tellOfAModel(
      Programme.Model model,
      BrokerDoor broker,
      Companies companies,
      Screen screen,
      Canary canary,
      Transcript transcript) {
    Optional<ReasonablePeople> people =
        model.attended() ? invite(broker, screen) : Optional.of(hire(broker, companies));
    try (Agent agent = connect(broker, LlmStory.NAME, LlmStory.TOOLS)) {
      LlmStory.tell(model, companies, screen, claims, agent, broker, people, transcript, canary);
    }
  }

  private ReasonablePeople hire(BrokerDoor broker, Companies companies) {
    return new ReasonablePeople(
        new People(signIn(broker, OWNER), signIn(broker, FIRST), signIn(broker, SECOND)),
        companies.world());
  }

  private static Optional<ReasonablePeople> invite(BrokerDoor broker, Screen screen) {
    screen.heading("You decide. Each link signs one person in, once; use private windows:");
    screen.address(OWNER + ", for notes", broker.addReviewer(OWNER));
    screen.address(FIRST + ", for refunds", broker.addReviewer(FIRST));
    screen.address(SECOND + ", for refunds", broker.addReviewer(SECOND));
    return Optional.empty();
  }

  private Agent connect(BrokerDoor broker, String name, List<String> tools) {
    String key = broker.addAgent(name, name, OWNER, tools);
    return Agent.connect(name, broker.agentsUrl(), key, agentsTap);
  }

  /// The agent gets the token of a run for its one job, and never its key.
  private Agent run(BrokerDoor broker, String name, List<String> tools, String purpose) {
    broker.addAgent(name, name, OWNER, tools);
    String token =
        broker.openRun(
            Map.of(
                "agent",
                name,
                "purpose",
                purpose,
                "minutes",
                60,
                "grants",
                List.of(Map.of("tools", tools))));
    return Agent.connect(name, broker.agentsUrl(), token, agentsTap);
  }

  private Reviewer signIn(BrokerDoor broker, String name) {
    return Reviewer.signIn(name, broker.addReviewer(name), peopleTap);
  }

  private void searchWhatAgentsGot(Screen screen, Canary canary) {
    screen.heading(LAST);
    String agents = agentsTap.heard();
    claim(
        screen,
        canary.find(agents).isEmpty() && agentsTap.answers() > 0,
        "All "
            + agentsTap.answers()
            + " answers that the agents received ("
            + agents.length() / 1024
            + " KB, headers included) were searched for both keys and the reset link's token in "
            + canary.shapes()
            + " shapes: none is there.",
        "a key was found " + canary.find(agents).map(Canary.Finding::form).orElse("nowhere"));
  }

  private void searchWhatPeopleGot(Screen screen, Canary canary) {
    String pages = peopleTap.heard();
    claim(
        screen,
        canary.find(pages).isEmpty() && peopleTap.answers() > 0,
        "Likewise all " + peopleTap.answers() + " answers of the people's pages.",
        "a key was found " + canary.find(pages).map(Canary.Finding::form).orElse("nowhere"));
  }

  private void checkTheAudit(BrokerDoor broker, Screen screen) {
    AuditReport report = broker.verifyAudit();
    claim(screen, report.sound(), "The audit verifies: " + report.summary(), report.summary());
  }

  /// After the broker has closed, so that everything it had to write is written.
  private void searchTheFolder(DemoFolder folder, Screen screen, Canary canary) {
    List<String> leaking = folder.filesWithAKey(canary);
    claim(
        screen,
        leaking.isEmpty() && !folder.files().isEmpty(),
        "None of the "
            + folder.files().size()
            + " files of the broker's home, its database, secrets, audit and log, shows a key.",
        "a key stands in " + leaking);
  }

  private void claim(Screen screen, boolean held, String sentence, String got) {
    var claim = new Claim(LAST, sentence, held, held ? "" : got);
    claims.add(claim);
    screen.claim(claim);
  }
}
