package dev.keyward.approvals.web;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.ApprovalSettings;
import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.Ask;
import dev.keyward.approvals.Edits;
import dev.keyward.approvals.QuestionLimits;
import dev.keyward.approvals.Role;
import dev.keyward.approvals.Standing;
import dev.keyward.approvals.Subject;
import dev.keyward.approvals.TestSeal;
import dev.keyward.call.AgentId;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.Caller;
import dev.keyward.call.Delegator;
import dev.keyward.call.PersonId;
import dev.keyward.call.RunId;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import dev.keyward.redaction.Secret;
import dev.keyward.store.Database;
import dev.keyward.store.TestSqlite;
import jakarta.servlet.DispatcherType;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import tools.jackson.databind.json.JsonMapper;

/// The pages on a real server on loopback, over a real database, with people in it: `olivia` owns
/// the agents, `alice` and `bob` review, `mallory` is a member who has nothing to do with them.
final class Site implements AutoCloseable {
  static final PersonId OLIVIA = new PersonId("olivia");
  static final PersonId ALICE = new PersonId("alice");
  static final PersonId BOB = new PersonId("bob");
  static final PersonId MALLORY = new PersonId("mallory");

  /// The text that stands for a secret which the broker holds.
  static final String CANARY = "canary-7f3a";

  /// What takes the last look at a page too long.
  static final String TOO_LONG = "toolong-2b7d";

  /// The text of which the scrubber is not sure.
  static final String UNSURE = "unsure-9c1e";

  final TestClock clock = new TestClock();
  final SqlPeople people;
  final Approvals approvals;
  final List<String> stopped = new CopyOnWriteArrayList<>();
  final FakeAuditTrail trail = new FakeAuditTrail();
  final FakeUnknownWrites unknown = new FakeUnknownWrites(clock);
  final URI origin;
  private final Database database;
  private final ApprovalPages pages;
  private final Server server = new Server();
  private final RunId run = RunId.random(new SecureRandom());

  private Site(Path folder, boolean singleOperator, boolean passkeys, String scheme, String host)
      throws Exception {
    var random = new SecureRandom();
    database = TestSqlite.open(folder.resolve("keyward.db"));
    people = new SqlPeople(database, clock, random, (_, _) -> {});
    var settings =
        new ApprovalSettings(
            Duration.ofMinutes(30), singleOperator, QuestionLimits.of(20_000), true, passkeys);
    approvals =
        new Approvals(database, clock, random, TestSeal.make(), (_, _) -> {}, people, settings);
    var connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    connector.open();
    origin = URI.create(scheme + "://" + host + ":" + connector.getLocalPort());
    server.addConnector(connector);
    pages =
        new ApprovalPages(
            origin,
            approvals,
            Site::fit,
            unknown,
            (run, _, by) -> stopped.add(run + " by " + by),
            people,
            Site::scrub,
            Site::lastLook,
            new NoStops(),
            trail,
            new NoAccounts(),
            Site::credential,
            _ -> Optional.empty(),
            clock,
            Optional.empty(),
            random);
    server.setHandler(mounted(pages));
    people.add(OLIVIA, Set.of(Role.MEMBER));
    people.add(ALICE, Set.of(Role.MEMBER, Role.REVIEWER));
    people.add(BOB, Set.of(Role.MEMBER, Role.REVIEWER));
    people.add(MALLORY, Set.of(Role.MEMBER));
    server.start();
  }

  static Site open(Path folder) throws Exception {
    return new Site(folder, false, false, "http", "127.0.0.1");
  }

  static Site withASingleOperator(Path folder) throws Exception {
    return new Site(folder, true, false, "http", "127.0.0.1");
  }

  /// Where browsers make passkeys.
  ///
  /// @param required whether dangerous calls are approved with one only
  static Site withPasskeys(Path folder, boolean required) throws Exception {
    return new Site(folder, false, required, "http", "localhost");
  }

  /// As behind a proxy that speaks https to browsers.
  static Site behindHttps(Path folder) throws Exception {
    return new Site(folder, false, false, "https", "127.0.0.1");
  }

  private static ServletContextHandler mounted(ApprovalPages pages) {
    var context = new ServletContextHandler("/");
    context.addFilter(new FilterHolder(pages.guard()), "/*", EnumSet.of(DispatcherType.REQUEST));
    for (ApprovalPages.Mount mount : pages.mounts()) {
      context.addServlet(new ServletHolder(mount.servlet()), mount.path());
    }
    return context;
  }

  /// A standing key for the CRM.
  private static Optional<ToolCredentials.Use> credential(ToolName tool) {
    return tool.value().startsWith("crm.")
        ? Optional.of(
            new ToolCredentials.Use("local:crm#token", Optional.empty(), Optional.empty()))
        : Optional.empty();
  }

  /// Takes every text but one with "forbidden" in it.
  private static Edits.Fit fit(ApprovalRequest request, Arguments arguments) {
    String text = arguments.json().path("text").asString("");
    return text.contains("forbidden")
        ? new Edits.Fit.Not("Policy (no-such-words) does not allow the call with these arguments.")
        : new Edits.Fit.Fits("Add a note: " + text);
  }

  private static String lastLook(String text) {
    if (text.contains(TOO_LONG)) {
      throw new IllegalStateException("took too long");
    }
    return text;
  }

  private static String scrub(String text) {
    if (text.contains(UNSURE)) {
      throw new IllegalStateException("not sure");
    }
    return text.replace(CANARY, "[redacted]");
  }

  /// What a server does before it stops.
  void endStreams() {
    pages.endStreams();
  }

  /// {@return a browser in which nobody is signed in}
  Browser stranger() {
    return new Browser(URI.create("http://" + origin.getHost() + ":" + origin.getPort()), origin);
  }

  /// {@return a browser in which this person is signed in}
  Browser signedIn(PersonId person) {
    return signedIn(person, "A browser");
  }

  /// {@return the same, of a browser that calls itself so}
  Browser signedIn(PersonId person, String agent) {
    Browser browser = stranger();
    Browser.Page page = browser.open(linkPath(person));
    browser.post(
        "/sign-in",
        page.form().with("token", page.field("token")).encoded(),
        "Origin",
        origin.toString(),
        "User-Agent",
        agent);
    return browser;
  }

  /// {@return the path of a new one-time link}
  String linkPath(PersonId person) {
    return people.newLink(person).orElseThrow().at(origin).getPath();
  }

  /// {@return a token of a new one-time link}
  Secret link(PersonId person) {
    return people.newLink(person).orElseThrow().token();
  }

  /// An agent of olivia's wants to add a note; olivia is asked to confirm.
  ApprovalRequest confirm(String arguments) {
    return ask(ApprovalKind.CONFIRM, Tier.WRITE, arguments, Optional.empty());
  }

  /// Two independent people are asked.
  ApprovalRequest dual(String arguments) {
    return ask(ApprovalKind.DUAL, Tier.DANGEROUS_WRITE, arguments, Optional.empty());
  }

  /// One independent person is asked.
  ApprovalRequest review(String arguments) {
    return ask(ApprovalKind.REVIEW, Tier.DANGEROUS_WRITE, arguments, Optional.empty());
  }

  ApprovalRequest ask(
      ApprovalKind kind, Tier tier, String argumentsJson, Optional<Delegator> delegator) {
    var caller = new Caller(new AgentId("triage-1"), "triage", "support", OLIVIA, run, delegator);
    var tool = new ToolName("crm.add_note");
    var arguments = Arguments.of(JsonMapper.shared().readTree(argumentsJson));
    var call =
        new Subject.Call(
            caller,
            tool,
            "Add a note to a ticket",
            tier,
            "crm",
            "https://crm.example",
            "Add a note: " + arguments.json().path("text").asString(""),
            arguments.canonical());
    var ask =
        new Ask(
            kind,
            call,
            CallDigest.of(caller, tool, arguments),
            "context",
            "tier-default",
            caller.lead());
    return switch (approvals.ask(ask)) {
      case Standing.Pending(var request) -> request;
      case Standing.Approved _, Standing.Declined _, Standing.TooMany _ ->
          throw new AssertionError("nobody was asked");
    };
  }

  ApprovalRequest now(ApprovalRequest request) {
    return approvals.find(request.id()).orElseThrow();
  }

  /// Takes the database away from under the pages.
  void closeDatabase() {
    database.close();
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    database.close();
  }
}
