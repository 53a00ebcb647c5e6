package dev.keyward.demo;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.keyward.demo.company.World;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What the pages for people weigh and how fast they open in a browser; prints figures, checks
/// nothing. With a folder as its argument it leaves pictures of them there instead: three widths,
/// light and dark.
final class PageFigures {
  private static final int WAITING = 12;
  private static final int OPENED = 31;
  private static final List<Integer> WIDTHS = List.of(320, 768, 1440);

  private PageFigures() {}

  /// Prints bytes and medians.
  public static void main(String[] arguments) throws Exception {
    Path home = Files.createTempDirectory("keyward-pages");
    Path chromium = OutsideTools.chromium().orElseThrow();
    Path node = OutsideTools.node().orElseThrow();
    try (LiveBroker broker = LiveBroker.prepare(home).serve();
        Playwright playwright = OutsideTools.playwright(node);
        Browser browser =
            playwright
                .chromium()
                .launch(
                    new LaunchOptions()
                        .setExecutablePath(chromium)
                        .setArgs(List.of("--no-sandbox")))) {
      List<String> paths = fill(broker);
      if (arguments.length > 0) {
        picture(broker, browser, paths, Path.of(arguments[0]));
        return;
      }
      for (String path : paths) {
        measure(broker, browser, path);
      }
    }
  }

  private static List<String> fill(LiveBroker broker) {
    String key = broker.addAgent("triage", List.of("crm.*"));
    try (Agent agent = Agent.connect("triage", broker.agentsUrl(), key, new Wiretap())) {
      for (int i = 0; i < WAITING; i++) {
        agent.call(
            "crm.add_note",
            note("Note " + i + ": called back, \u202e wants <b>the refund</b> at p\u0430ypal.com"));
      }
      agent.call(
          "keyward.approval_wait",
          Map.of(
              "approval",
              broker.pending().getFirst(),
              "seconds",
              0,
              "reason",
              "The customer has called twice and waits for an answer."));
    }
    String one = broker.pending().getFirst();
    return List.of(
        "/approvals",
        "/approvals/" + one,
        "/together?pick=" + one,
        "/stop",
        "/habits",
        "/sessions",
        "/accounts",
        "/passkey",
        "/lending",
        "/reviews",
        "/terminal");
  }

  private static Map<String, Object> note(String text) {
    return Map.of("ticket_id", World.CHARGED_TWICE, "text", text, "internal", true);
  }

  private static void measure(LiveBroker broker, Browser browser, String path) {
    List<Double> fresh = new ArrayList<>();
    List<Double> again = new ArrayList<>();
    double bytes = 0;
    double page = 0;
    try (BrowserContext context = browser.newContext()) {
      Page tab = signedIn(broker, context);
      for (int i = 0; i < OPENED; i++) {
        tab.navigate(address(tab, path));
        again.add(number(tab, "performance.getEntriesByType('navigation')[0].loadEventEnd"));
      }
      page = number(tab, "performance.getEntriesByType('navigation')[0].decodedBodySize");
    }
    for (int i = 0; i < OPENED / 3; i++) {
      try (BrowserContext context = browser.newContext()) {
        Page tab = signedIn(broker, context);
        context.newCDPSession(tab).send("Network.clearBrowserCache");
        tab.navigate(address(tab, path));
        fresh.add(number(tab, "performance.getEntriesByType('navigation')[0].loadEventEnd"));
        bytes =
            number(
                tab,
                "performance.getEntriesByType('navigation')[0].transferSize +"
                    + " performance.getEntriesByType('resource').reduce((sum, one) => sum +"
                    + " one.transferSize, 0)");
      }
    }
    System.out.printf(
        "%-28s page %7.1f KB, all that comes the first time %7.1f KB; loaded in %5.0f ms, again in"
            + " %5.0f ms (medians)%n",
        path.replaceAll("apr_.*", "…"), page / 1024, bytes / 1024, median(fresh), median(again));
  }

  private static void picture(LiveBroker broker, Browser browser, List<String> paths, Path folder) {
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      for (int width : WIDTHS) {
        var look = new NewContextOptions().setColorScheme(scheme).setViewportSize(width, 900);
        try (BrowserContext context = browser.newContext(look)) {
          Page tab = context.newPage();
          tab.navigate(broker.signInLink());
          shoot(tab, folder, "sign-in", width, scheme);
          tab.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName("Sign in as")).click();
          tab.waitForURL("**/approvals");
          for (String path : paths) {
            tab.navigate(address(tab, path));
            shoot(tab, folder, name(path), width, scheme);
          }
        }
      }
    }
  }

  private static String name(String path) {
    return path.contains("apr_") && path.startsWith("/approvals")
        ? "detail"
        : path.substring(1).replaceAll("\\?.*", "");
  }

  private static void shoot(Page tab, Path folder, String name, int width, ColorScheme scheme) {
    Path file =
        folder.resolve(name + "-" + width + "-" + scheme.name().toLowerCase(Locale.ROOT) + ".png");
    tab.screenshot(new ScreenshotOptions().setPath(file).setFullPage(true));
  }

  private static Page signedIn(LiveBroker broker, BrowserContext context) {
    Page tab = context.newPage();
    tab.navigate(broker.signInLink());
    tab.getByRole(AriaRole.BUTTON, new GetByRoleOptions().setName("Sign in as")).click();
    tab.waitForURL("**/approvals");
    return tab;
  }

  private static String address(Page tab, String path) {
    return URI.create(tab.url()).resolve(path).toString();
  }

  private static double number(Page tab, String expression) {
    return ((Number) Optional.ofNullable(tab.evaluate(expression)).orElseThrow()).doubleValue();
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }
}
