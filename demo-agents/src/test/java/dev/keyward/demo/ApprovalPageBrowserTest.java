package dev.keyward.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.Page.WaitForSelectorOptions;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Route.FulfillOptions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ForcedColors;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.keyward.demo.company.World;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// The approval page in Chromium, over a real broker: an agent asks to add a note, its owner signs
/// in with the one-time link and decides, and the agent repeats the call.
///
/// After every test the browser must have had nothing to complain about: no script error, no broken
/// request, no breach of the page's Content-Security-Policy.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ApprovalPageBrowserTest {
  private static final String TOOL = "crm.add_note";
  private static final String POST = "ledger.post_entry";
  private static final int PHONE_WIDTH = 320;
  private static final int PHONE_HEIGHT = 640;
  private static final List<String> FLAGS =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  /// Less than the half minute after which a page looks again whatever it has heard.
  private static final WaitForSelectorOptions SOON =
      new WaitForSelectorOptions().setTimeout(20_000);

  /// Notes the browser's own notifications, and how often the page asks whether it may notify.
  private static final String LOOKING_ELSEWHERE =
      """
      window.notified = [];
      window.askedFor = 0;
      document.hasFocus = () => false;
      const Real = Notification;
      window.Notification = class extends Real {
        constructor(title, options) {
          super(title, options);
          notified.push(`${title}: ${options.body}`);
        }
        static requestPermission() {
          askedFor++;
          return Real.requestPermission();
        }
      };
      """;

  private static final String NOTIFIED = "JSON.stringify([notified, askedFor])";

  /// A page that is hidden asks for the news, and leaves its list as it is.
  private static final String HIDDEN =
      """
      Object.defineProperty(document, 'hidden', {value: true});
      document.dispatchEvent(new Event('visibilitychange'));
      """;

  private final List<String> complaints = new ArrayList<>();
  private final List<BrowserContext> contexts = new ArrayList<>();
  private Playwright playwright;
  private Browser browser;
  private HttpServer ledger;
  private LiveBroker broker;
  private Agent agent;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    Optional<Path> chromium = OutsideTools.chromium();
    Optional<Path> node = OutsideTools.node();
    assumeTrue(chromium.isPresent() && node.isPresent(), OutsideTools.NO_BROWSER);
    ledger = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    ledger.createContext("/", HttpExchange::close); // takes a call, and hangs up
    ledger.start();
    URI origin = URI.create("http://127.0.0.1:" + ledger.getAddress().getPort());
    broker = LiveBroker.prepare(folder).with("ledger.yaml", ledger(origin), origin);
    broker.serve();
    String key = broker.addAgent("triage", List.of("crm.*", "ledger.*"));
    agent = Agent.connect("triage", broker.agentsUrl(), key, new Wiretap());
    playwright = OutsideTools.playwright(node.orElseThrow());
    browser =
        playwright
            .chromium()
            .launch(new LaunchOptions().setExecutablePath(chromium.orElseThrow()).setArgs(FLAGS));
  }

  @AfterAll
  void stop() {
    Optional.ofNullable(playwright).ifPresent(Playwright::close);
    Optional.ofNullable(agent).ifPresent(Agent::close);
    Optional.ofNullable(broker).ifPresent(LiveBroker::close);
    Optional.ofNullable(ledger).ifPresent(server -> server.stop(0));
  }

  @AfterEach
  void theBrowserHadNothingToComplainAbout() {
    contexts.forEach(BrowserContext::close);
    contexts.clear();
    List<String> found = List.copyOf(complaints);
    complaints.clear();
    assertEquals(List.of(), found);
  }

  @Test
  void aReviewerApprovesWithAClickAndTheRepeatedCallRunsOnce() {
    Map<String, Object> note = note("Approved in a browser");
    String approval = ask(note);
    Page page = signIn(new NewContextOptions());

    open(page, approval);
    press(page, "Approve this once");

    assertEquals("approved", broker.stateOf(approval));
    assertEquals(0, written("Approved in a browser"));
    assertTrue(agent.call(TOOL, note).done());
    assertEquals(1, written("Approved in a browser"));
    assertEquals("done", broker.stateOf(approval));
  }

  @Test
  void aReviewerDeniesWithAReasonAndTheAgentReadsIt() {
    Map<String, Object> note = note("Denied in a browser");
    String approval = ask(note);
    Page page = signIn(new NewContextOptions());

    open(page, approval);
    page.getByLabel("Reason").fill("Ask the customer first");
    press(page, "Deny");

    Seen repeated = agent.call(TOOL, note);
    assertFalse(repeated.done());
    assertTrue(repeated.text().contains("Ask the customer first"), repeated::text);
    assertEquals(0, written("Denied in a browser"));
  }

  @Test
  void everyArgumentIsShownAsTextWhateverItHolds() {
    String hostile = "</pre><script>document.title='owned'</script><img src=x onerror=alert(1)>";
    String approval = ask(note(hostile));
    Page page = signIn(new NewContextOptions());

    open(page, approval);

    List<String> shown = page.locator(".argument").allInnerTexts();
    assertEquals(3, shown.size());
    assertTrue(shown.stream().anyMatch(text -> text.contains(hostile)), shown::toString);
    assertTrue(shown.stream().anyMatch(text -> text.contains(World.CHARGED_TWICE)));
    assertTrue(shown.stream().anyMatch(text -> text.contains("true")));
    assertFalse(page.title().contains("owned"));
    assertEquals(0, page.locator("main img, main script").count());
  }

  @Test
  void enterDecidesNothing() {
    String approval = ask(note("Enter was pressed"));
    Page page = signIn(new NewContextOptions());
    open(page, approval);
    List<String> posts = new ArrayList<>();
    page.onRequest(request -> posts.add(request.method()));

    Locator reason = page.getByLabel("Reason");
    reason.fill("one line");
    reason.press("Enter");
    reason.press("Control+Enter");
    page.locator("#content").press("Enter");
    page.reload();

    assertFalse(posts.contains("POST"), posts::toString);
    assertEquals("pending", broker.stateOf(approval));
  }

  @Test
  void everythingWorksWithoutScripts() {
    Map<String, Object> note = note("Approved without scripts");
    String approval = ask(note);
    Page page = signIn(new NewContextOptions().setJavaScriptEnabled(false));

    page.locator("a[href='/approvals/" + approval + "']").first().click();
    page.waitForURL("**/approvals/" + approval);
    press(page, "Approve this once");

    assertEquals("approved", broker.stateOf(approval));
    assertTrue(agent.call(TOOL, note).done());
  }

  @Test
  void aNewRequestAppearsByItself() {
    Page page = signIn(new NewContextOptions());

    String approval = ask(note("Asked while somebody looks"));

    page.waitForSelector("a[href='/approvals/" + approval + "']");
  }

  @Test
  void whatComesBetweenThePageAndItsStreamIsShown() {
    List<String> asked = new ArrayList<>();
    Page page = signIn(new NewContextOptions());
    page.route(
        "**/live?*",
        route -> {
          if (asked.isEmpty()) {
            asked.add(ask(note("Came before the page listened")));
          }
          route.resume();
        });
    page.reload();

    page.waitForCondition(() -> !asked.isEmpty());
    page.waitForSelector("a[href='/approvals/" + asked.getFirst() + "']", SOON);
  }

  @Test
  void whatComesWhileTheListIsFetchedIsShown() {
    List<String> asked = new ArrayList<>();
    Page page = signIn(new NewContextOptions());
    page.route(
        "**/approvals?*",
        route -> {
          APIResponse fetched = route.fetch();
          if (asked.isEmpty()) {
            asked.add(ask(note("Came too late for this list")));
          }
          route.fulfill(new FulfillOptions().setResponse(fetched));
        });

    ask(note("Has the list fetched"));

    page.waitForCondition(() -> !asked.isEmpty());
    page.waitForSelector("a[href='/approvals/" + asked.getFirst() + "']", SOON);
  }

  @Test
  void theListDoesNotChangeUnderTheFingersOfWhoIsInIt() {
    ask(note("There before"));
    Page page = signIn(new NewContextOptions());
    page.locator(".card a").first().focus();

    String approval = ask(note("Came meanwhile"));
    page.waitForSelector("[data-news]:visible");

    assertEquals(0, page.locator("a[href='/approvals/" + approval + "']").count());
    page.locator("[data-news]").click();
    page.waitForSelector("a[href='/approvals/" + approval + "']");
  }

  @Test
  void whoeverHasSwitchedItOnIsNotifiedOfWhatComesAndOfNothingElse() {
    ask(note("There before"));
    Page page = page(new NewContextOptions().setPermissions(List.of("notifications")));
    page.addInitScript(LOOKING_ELSEWHERE);
    page.navigate(broker.signInLink());
    press(page, "Sign in as " + LiveBroker.PERSON);
    page.waitForURL("**/approvals");
    ask(note("Came before it was switched on"));
    page.waitForSelector(".card :text('Came before it was switched on')");
    assertEquals("[[],0]", page.evaluate(NOTIFIED));

    int waiting =
        news(page, page.getByRole(AriaRole.BUTTON, named("Notify me in this browser"))::click);
    page.waitForSelector("[data-signs] [aria-pressed=true]");
    String approval = ask(note("A secret of the customer's"));
    page.waitForCondition(() -> !page.evaluate(NOTIFIED).equals("[[],1]"));

    assertEquals(
        "[[\"A request waits for you: Add a note to a ticket\"],1]", page.evaluate(NOTIFIED));
    String title = page.title();
    assertTrue(title.startsWith("(%d) Requests".formatted(waiting + 1)), title);
    page.waitForSelector("a[href='/approvals/" + approval + "']"); // before a reload breaks it off
    assertEquals(waiting + 1, news(page, page::reload));
    news(page, () -> page.evaluate(HIDDEN)); // once what came before has been looked at
    assertEquals("[[],0]", page.evaluate(NOTIFIED));
  }

  /// Does what has the page ask for the news, and returns how many wait by them.
  private static int news(Page page, Runnable cause) {
    String news = page.waitForResponse(answer -> answer.url().endsWith("/news"), cause).text();
    return JsonMapper.shared().readTree(news).path("waiting").intValue();
  }

  @Test
  void whoeverHasNotSwitchedItOnIsNeitherAskedNorNotified() {
    Page page = page(new NewContextOptions());
    page.addInitScript(LOOKING_ELSEWHERE);
    page.navigate(broker.signInLink());
    press(page, "Sign in as " + LiveBroker.PERSON);
    page.waitForURL("**/approvals");
    List<String> fetched = new ArrayList<>();
    page.onRequest(request -> fetched.add(request.url()));

    String approval = ask(note("Nobody is notified"));
    page.waitForSelector("a[href='/approvals/" + approval + "']");

    assertEquals("[[],0]", page.evaluate(NOTIFIED));
    assertTrue(fetched.stream().noneMatch(url -> url.endsWith("/news")), fetched::toString);
  }

  @Test
  void keysMoveTheFocusOnceSwitchedOnAndDecideNothing() {
    String approval = ask(note("Keys were pressed"));
    Page page = signIn(new NewContextOptions());
    open(page, approval);

    page.keyboard().press("a");
    assertEquals("BODY", focused(page));
    page.locator("[data-keys]").click();
    page.locator("#content").focus();
    page.keyboard().press("a");

    assertEquals("approve", page.evaluate("document.activeElement.value"));
    assertEquals("pending", broker.stateOf(approval));
  }

  @Test
  void theDecisionIsOnTheScreenWithoutScrolling() {
    String approval = ask(note("long ".repeat(900)));
    Page page = signIn(new NewContextOptions().setViewportSize(1280, 720));

    open(page, approval);

    var box = page.getByRole(AriaRole.BUTTON, named("Approve this once")).boundingBox();
    assertTrue(box.y + box.height <= 720, () -> "ends at " + (box.y + box.height));
  }

  @Test
  void axeFindsNoFaultOnAnyPageInAnyTheme() throws IOException {
    Optional<Path> axe = OutsideTools.axe();
    assumeTrue(axe.isPresent(), OutsideTools.NO_AXE);
    String script = Files.readString(axe.orElseThrow());
    String approval = ask(note("Hidden \u202e, like p\u0430ypal, and <b>marked</b>"));
    String unknown = leaveUnknown("Looked at by axe");
    List<NewContextOptions> themes =
        List.of(
            new NewContextOptions().setColorScheme(ColorScheme.LIGHT),
            new NewContextOptions().setColorScheme(ColorScheme.DARK),
            new NewContextOptions().setForcedColors(ForcedColors.ACTIVE),
            new NewContextOptions().setViewportSize(PHONE_WIDTH, PHONE_HEIGHT));

    for (NewContextOptions theme : themes) {
      Page page = page(theme.setBypassCSP(true)); // axe comes from outside
      openAsAStranger(page);
      assertEquals(List.of(), faults(page, script), "stranger");
      page.navigate(broker.signInLink());
      assertEquals(List.of(), faults(page, script), "sign-in");
      press(page, "Sign in as " + LiveBroker.PERSON);
      page.waitForURL("**/approvals");
      assertEquals(List.of(), faults(page, script), "queue");
      open(page, approval);
      page.locator("details").evaluateAll("all => all.forEach(one => one.open = true)");
      assertEquals(List.of(), faults(page, script), "detail");
      page.navigate(URI.create(page.url()).resolve("/stop").toString());
      assertEquals(List.of(), faults(page, script), "stop");
      page.navigate(URI.create(page.url()).resolve("/accounts").toString());
      assertEquals(List.of(), faults(page, script), "accounts");
      page.navigate(URI.create(page.url()).resolve("/sessions").toString());
      assertEquals(List.of(), faults(page, script), "sessions");
      for (String other :
          List.of("habits", "terminal", "lending", "reviews", "together?pick=" + approval)) {
        page.navigate(URI.create(page.url()).resolve("/" + other).toString());
        assertEquals(List.of(), faults(page, script), other);
      }
      Page reading = signIn(theme, LiveBroker.AUDITOR);
      reading.navigate(URI.create(page.url()).resolve("/audit").toString());
      reading.locator("details").first().evaluate("one => one.open = true");
      assertEquals(List.of(), faults(reading, script), "audit");
      page.navigate(URI.create(page.url()).resolve("/passkey").toString());
      assertEquals(List.of(), faults(page, script), "passkey");
      Page settling = signIn(theme, LiveBroker.REVIEWER);
      settling.navigate(URI.create(page.url()).resolve("/unknown/" + unknown).toString());
      assertEquals(1, settling.locator("#note").count());
      assertEquals(List.of(), faults(settling, script), "unknown");
      page.navigate(URI.create(page.url()).resolve("/nothing-here").toString());
      assertComplaint("404");
      assertEquals(List.of(), faults(page, script), "problem");
    }
  }

  private static Object faults(Page page, String axe) {
    page.evaluate(axe);
    return page.evaluate(
        """
        async () => {
          const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
          const found = await axe.run({runOnly: tags});
          return found.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target).join(' '));
        }
        """);
  }

  private static Object focused(Page page) {
    return page.evaluate("document.activeElement.tagName");
  }

  @Test
  void nothingHangsOutOfAPhonesScreen() {
    String approval = ask(note("https://example.com/" + "long".repeat(200)));
    String unknown = leaveUnknown("https://example.com/" + "long".repeat(200));
    var phone = new NewContextOptions().setViewportSize(PHONE_WIDTH, PHONE_HEIGHT);
    Page page = page(phone);

    page.navigate(broker.signInLink());
    assertFitsThePhone(page);
    press(page, "Sign in as " + LiveBroker.PERSON);
    assertFitsThePhone(page);
    open(page, approval);
    page.locator("details").evaluateAll("all => all.forEach(one => one.open = true)");
    assertFitsThePhone(page);
    for (String other :
        List.of(
            "/unknown/" + unknown,
            "/stop",
            "/accounts",
            "/sessions",
            "/habits",
            "/terminal",
            "/lending",
            "/reviews",
            "/together?pick=" + approval)) {
      page.navigate(URI.create(page.url()).resolve(other).toString());
      assertFitsThePhone(page);
    }
    page.navigate(URI.create(page.url()).resolve("/nothing-here").toString());
    assertFitsThePhone(page);
    assertComplaint("404");
    Page reading = signIn(phone, LiveBroker.AUDITOR);
    reading.navigate(URI.create(page.url()).resolve("/audit").toString());
    reading.locator("details").evaluateAll("all => all.forEach(one => one.open = true)");
    assertFitsThePhone(reading);
  }

  @Test
  void furtherNotesOnTheSameTicketRunWithoutAskingAndThenNoMore() {
    Map<String, Object> first = note("First of three");
    String approval = ask(first);
    Page page = signIn(new NewContextOptions());
    open(page, approval);
    page.getByText("Approve, and further calls like it").click();
    page.getByRole(AriaRole.CHECKBOX, new GetByRoleOptions().setName("text")).check();
    page.getByLabel("How many more calls").selectOption("2");
    press(page, "Approve this, and these further calls");

    assertTrue(agent.call(TOOL, first).done());
    assertTrue(agent.call(TOOL, note("Second of three")).done());
    String otherTicket = ask(TOOL, Map.of("ticket_id", "1", "text", "x", "internal", true));
    assertEquals("pending", broker.stateOf(otherTicket));
    assertTrue(agent.call(TOOL, note("Third of three")).done());
    assertEquals("pending", broker.stateOf(ask(note("One too many"))));
    assertEquals(1, written("Second of three"));
    assertEquals(0, written("One too many"));
  }

  @Test
  void aNoteRunsAsItsOwnerHasChangedItAndTheAgentIsTold() {
    Map<String, Object> note = note("Written by the agent");
    String approval = ask(note);
    Page page = signIn(new NewContextOptions().setJavaScriptEnabled(false));
    open(page, approval);

    page.getByText("Change what will be sent").click();
    page.locator("textarea[name='value:text']").fill("Written by its owner");
    press(page, "Change the call, decide afterwards");
    assertTrue(page.locator("main").innerText().contains("The agent asked for:"));
    press(page, "Approve this once");

    Seen ran = agent.call(TOOL, note);
    assertTrue(ran.done() && ran.text().contains("Written by its owner"), ran::text);
    assertEquals(1, written("Written by its owner"));
    assertEquals(0, written("Written by the agent"));
  }

  @Test
  void whatOneReviewerDecidesTheOtherSeesByItself() {
    String approval = ask(note("Decided by somebody else"));
    Page looking = signIn(new NewContextOptions(), LiveBroker.REVIEWER);
    String row = "section[aria-labelledby='decided'] a[href='/approvals/" + approval + "']";
    assertEquals(0, looking.locator(row).count());
    Page deciding = signIn(new NewContextOptions());

    open(deciding, approval);
    press(deciding, "Approve this once");

    looking.waitForSelector(row);
  }

  @Test
  void whatNobodyKnowsIsSettledWithoutScripts() {
    String unknown = leaveUnknown("Settled without scripts");
    var noScripts = new NewContextOptions().setJavaScriptEnabled(false);
    Page page = signIn(noScripts, LiveBroker.REVIEWER); // the owner is not independent

    page.locator("a[href='/unknown/" + unknown + "']").first().click();
    page.waitForURL("**/unknown/" + unknown);
    page.locator("#note").fill("The ledger has no such entry");
    press(page, "It did not happen");

    assertTrue(page.locator("main").innerText().contains("The ledger has no such entry"));
    assertEquals(0, page.locator("#note").count());
  }

  @Test
  void anAgentIsStoppedAndLetGoOnWithoutScripts() {
    Page page = signIn(new NewContextOptions().setJavaScriptEnabled(false));
    page.navigate(URI.create(page.url()).resolve("/stop").toString());

    Locator one = page.locator("form:has(#what)");
    one.locator("#what").selectOption("tool ledger.post_entry");
    one.getByRole(AriaRole.CHECKBOX).check();
    press(page, "Stop it");
    Seen stopped = agent.call(POST, Map.of("text", "Posted while stopped"));
    assertTrue(stopped.error() && !stopped.text().contains("apr_"), stopped::text);

    page.getByLabel("I have looked at the cause").check();
    press(page, "Let it go on");
    assertTrue(ask(POST, Map.of("text", "Posted afterwards")).startsWith("apr_"));
  }

  @Test
  void twoReviewersSignADangerousCallInTheirOwnBrowsers() {
    Page rita = signInAnew(LiveBroker.REVIEWER);
    Page ravi = signInAnew(LiveBroker.OTHER_REVIEWER);
    makePasskey(rita);
    makePasskey(ravi);
    String approval = ask("ledger.close_year", Map.of("year", 2026));
    open(rita, approval);
    open(ravi, approval);

    press(rita, "Approve with your passkey");
    press(ravi, "Approve with your passkey");

    assertEquals("approved", broker.stateOf(approval));
    String answers = ravi.locator("main").innerText();
    assertEquals(2, answers.split("step-up: passkey", -1).length - 1, answers);
  }

  @Test
  void whereNobodyIsVerifiedNothingIsApproved() {
    Page rita = signInAnew(LiveBroker.REVIEWER);
    VirtualAuthenticator finger = makePasskey(rita);
    String approval = ask("ledger.close_year", Map.of("year", 2027));
    open(rita, approval);
    finger.verifies(false);

    rita.getByRole(AriaRole.BUTTON, named("Approve with your passkey")).click();

    rita.getByText("The passkey signed nothing").waitFor();
    assertEquals("pending", broker.stateOf(approval));
    press(rita, "Deny");
    assertEquals("denied", broker.stateOf(approval));
  }

  @Test
  void inAnEmergencyOnePersonSignsOnTheirPhoneAndAnotherLooksAtItAfterwards() throws IOException {
    Optional<Path> axe = OutsideTools.axe();
    assumeTrue(axe.isPresent(), OutsideTools.NO_AXE);
    String script = Files.readString(axe.orElseThrow());
    var phone = new NewContextOptions().setViewportSize(PHONE_WIDTH, PHONE_HEIGHT);
    broker.forgetPasskey(LiveBroker.ON_CALL);
    Page gail =
        signIn(phone.setColorScheme(ColorScheme.DARK).setBypassCSP(true), LiveBroker.ON_CALL);
    makePasskey(gail);
    String approval = ask("ledger.close_year", Map.of("year", 2028));
    open(gail, approval);
    gail.getByRole(AriaRole.LINK, new GetByRoleOptions().setName("Break the glass…")).click();
    gail.getByLabel("Ticket").fill("INC-2026-11-29/" + "0".repeat(40));
    gail.getByLabel("Why it cannot wait").fill("The books close at midnight");
    assertFitsThePhone(gail);
    assertEquals(List.of(), faults(gail, script), "break the glass");
    press(gail, "Go on to your passkey");
    assertFitsThePhone(gail);
    assertEquals(List.of(), faults(gail, script), "sign");
    assertEquals("pending", broker.stateOf(approval));

    press(gail, "Break the glass with your passkey");

    assertEquals("approved", broker.stateOf(approval));
    assertFitsThePhone(gail);
    Page rita =
        signIn(
            new NewContextOptions().setViewportSize(PHONE_WIDTH, PHONE_HEIGHT),
            LiveBroker.REVIEWER);
    rita.getByText("The glass was broken").waitFor();
    rita.navigate(URI.create(rita.url()).resolve("/reviews").toString());
    assertFitsThePhone(rita);
    rita.getByLabel("What you have looked at").first().fill("The ledger, and who asked");
    press(rita, "It had to be");
    assertFitsThePhone(rita);
  }

  @Test
  void whoHasMadeAPasskeyComesBackWithItOnTheirPhone() {
    var phone = new NewContextOptions().setViewportSize(PHONE_WIDTH, PHONE_HEIGHT);
    broker.forgetPasskey(LiveBroker.REVIEWER);
    Page rita = signIn(phone, LiveBroker.REVIEWER);
    rita.getByText("make yours now").waitFor();
    assertFitsThePhone(rita);
    VirtualAuthenticator finger = makePasskey(rita);
    press(rita, "Sign out");
    assertComplaint("401");
    String approval = ask(note("Wanted by somebody who was not signed in"));
    open(rita, approval);
    assertComplaint("401");
    assertFitsThePhone(rita);

    finger.verifies(false);
    rita.getByRole(AriaRole.BUTTON, named("Sign in with a passkey")).click();
    rita.getByText("No passkey signed you in").waitFor();
    assertFitsThePhone(rita);
    finger.verifies(true);
    press(rita, "Sign in with a passkey");

    rita.waitForURL("**/approvals/" + approval);
    rita.getByText(LiveBroker.REVIEWER + " ·").waitFor();
    rita.navigate(URI.create(rita.url()).resolve("/approvals").toString());
    assertEquals(0, rita.getByText("make yours now").count());
    assertEquals("passkey", broker.lastSignIn(LiveBroker.REVIEWER));
  }

  /// Shows a page what whoever has not signed in sees.
  private void openAsAStranger(Page page) {
    page.navigate(URI.create(broker.signInLink()).resolve("/approvals").toString());
    assertComplaint("401");
  }

  /// Signs a person in who has no passkey any more.
  private Page signInAnew(String person) {
    broker.forgetPasskey(person);
    return signIn(new NewContextOptions(), person);
  }

  /// Makes a passkey on the page, with an authenticator of its own.
  private static VirtualAuthenticator makePasskey(Page page) {
    VirtualAuthenticator authenticator = VirtualAuthenticator.in(page);
    page.getByRole(AriaRole.LINK, new GetByRoleOptions().setName("Passkey")).click();
    press(page, "Make a passkey");
    assertTrue(page.locator("main").innerText().contains("You have a passkey."));
    return authenticator;
  }

  /// {@return the call of a write of which nobody knows whether it took effect}
  private String leaveUnknown(String text) {
    Map<String, Object> entry = Map.of("text", text);
    String approval = ask(POST, entry);
    Page page = signIn(new NewContextOptions());
    open(page, approval);
    press(page, "Approve this once");
    agent.call(POST, entry);
    Seen refused = agent.call(POST, entry);
    Matcher call = Pattern.compile("call_[a-z0-9]+").matcher(refused.text());
    assertTrue(call.find(), refused::text);
    return call.group();
  }

  @Test
  void inDarkModeThePageIsDarkAndItsTextLight() {
    String approval = ask(note("Read at night"));
    Page light = signIn(new NewContextOptions().setColorScheme(ColorScheme.LIGHT));
    Page dark = signIn(new NewContextOptions().setColorScheme(ColorScheme.DARK));
    open(light, approval);
    open(dark, approval);

    assertTrue(brightness(light, "background-color") > 0.8);
    assertTrue(brightness(light, "color") < 0.3);
    assertTrue(brightness(dark, "background-color") < 0.2);
    assertTrue(brightness(dark, "color") > 0.7);
  }

  @Test
  void theLinkSignsInOnce() {
    String link = broker.signInLink();
    Page first = page(new NewContextOptions());
    Page second = page(new NewContextOptions());
    first.navigate(link);
    second.navigate(link);

    press(first, "Sign in as " + LiveBroker.PERSON);
    press(second, "Sign in as " + LiveBroker.PERSON);

    assertEquals(1, first.getByRole(AriaRole.BUTTON, named("Sign out")).count());
    assertEquals(0, second.getByRole(AriaRole.BUTTON, named("Sign out")).count());
    assertComplaint("410");
  }

  @Test
  void thePolicyStopsAnInlineStyleAndTheBrowserSaysSo() {
    Page page = signIn(new NewContextOptions());

    page.evaluate(
        """
        const style = document.createElement('style');
        style.textContent = 'p { color: red }';
        document.head.append(style);
        """);

    assertComplaint("Content Security Policy");
  }

  /// Lets the agent ask, and returns the approval that it has to wait for.
  private String ask(Map<String, Object> note) {
    return ask(TOOL, note);
  }

  private String ask(String tool, Map<String, Object> arguments) {
    Seen asked = agent.call(tool, arguments);
    Matcher approval = Pattern.compile("apr_[a-z0-9]+").matcher(asked.text());
    assertTrue(asked.error() && approval.find(), asked::text);
    return approval.group();
  }

  private static Map<String, Object> note(String text) {
    return Map.of("ticket_id", World.CHARGED_TWICE, "text", text, "internal", true);
  }

  private long written(String text) {
    return broker.crm().notesOn(World.CHARGED_TWICE).stream().filter(text::equals).count();
  }

  private Page page(NewContextOptions options) {
    BrowserContext context = browser.newContext(options);
    contexts.add(context);
    context.onConsoleMessage(
        message -> {
          if (message.type().equals("error") || message.type().equals("warning")) {
            complaints.add(message.text());
          }
        });
    context.onWebError(error -> complaints.add(error.error()));
    context.onRequestFailed(this::failed);
    return context.newPage();
  }

  private void failed(Request request) {
    complaints.add(request.method() + " " + request.url() + " " + request.failure());
  }

  private Page signIn(NewContextOptions options) {
    return signIn(options, LiveBroker.PERSON);
  }

  private Page signIn(NewContextOptions options, String person) {
    Page page = page(options);
    page.navigate(broker.signInLink(person));
    press(page, "Sign in as " + person);
    page.waitForURL("**/approvals");
    return page;
  }

  private static void open(Page page, String approval) {
    page.navigate(URI.create(page.url()).resolve("/approvals/" + approval).toString());
  }

  /// Clicks, and waits until the answer has been loaded.
  private static void press(Page page, String button) {
    List<Page> loaded = new ArrayList<>();
    Consumer<Page> watch = loaded::add;
    page.onLoad(watch);
    page.getByRole(AriaRole.BUTTON, named(button)).click();
    page.waitForCondition(() -> !loaded.isEmpty());
    page.offLoad(watch);
  }

  private static GetByRoleOptions named(String name) {
    return new GetByRoleOptions().setName(name).setExact(true);
  }

  private static void assertFitsThePhone(Page page) {
    Object width = page.evaluate("document.documentElement.scrollWidth");
    assertEquals(PHONE_WIDTH, width, page.url().replaceAll("/sign-in/.*", "/sign-in"));
  }

  /// From 0, black, to 1, white, as the screen has it.
  private static double brightness(Page page, String property) {
    Object value =
        page.evaluate(
            """
            property => {
              const canvas = document.createElement('canvas').getContext('2d');
              canvas.fillStyle = getComputedStyle(document.body).getPropertyValue(property);
              canvas.fillRect(0, 0, 1, 1);
              const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
              return String((red + green + blue) / 765);
            }
            """,
            property);
    return Double.parseDouble(String.valueOf(value));
  }

  private void assertComplaint(String part) {
    List<String> found = List.copyOf(complaints);
    complaints.clear();
    assertTrue(found.stream().anyMatch(text -> text.contains(part)), found::toString);
    assertEquals(1, found.size(), found::toString);
  }

  private static String ledger(URI origin) {
    return """
    system: ledger
    origin: %s
    credential: none
    tools:
      post_entry:
        title: Post an entry
        description: Posts an entry.
        tier: write
        summary: Post {text}
        input:
          properties:
            text: {type: string, description: What it is for.}
          required: [text]
        request: {method: POST, path: /entries, body: {json: [text]}}
        result: [id]
      close_year:
        title: Close the year
        description: Closes a year for good.
        tier: dangerous_write
        summary: Close {year}
        input:
          properties:
            year: {type: integer, description: Which one.}
          required: [year]
        request: {method: POST, path: /years, body: {json: [year]}}
        result: [id]
    """
        .formatted(origin);
  }
}
