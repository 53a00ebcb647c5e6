package dev.keyward.approvals.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SignInTest {
  @TempDir Path folder;
  private Site site;

  @BeforeEach
  void start() throws Exception {
    site = Site.open(folder);
  }

  @AfterEach
  void stop() {
    site.close();
  }

  @Test
  void theRootLeadsToTheQueue() {
    Browser.Page page = site.stranger().open("/");

    assertEquals(303, page.status());
    assertEquals("/approvals", page.header("Location"));
  }

  @Test
  void aStrangerIsToldHowToGetALink() {
    Browser.Page page = site.stranger().open("/approvals");

    assertEquals(401, page.status());
    assertTrue(page.body().contains("keyward person link NAME"));
    assertEquals("", page.header("Location"));
  }

  @Test
  void lookingAtALinkSignsNobodyInAndUsesNothingUp() {
    String link = site.linkPath(Site.ALICE);
    Browser scanner = site.stranger();

    for (int i = 0; i < 3; i++) {
      Browser.Page page = scanner.open(link);
      assertEquals(200, page.status());
      assertEquals("", page.header("Set-Cookie"));
    }
    scanner.method("HEAD", link);

    assertEquals(401, scanner.open("/approvals").status());
    Browser alice = site.stranger();
    Browser.Page form = alice.open(link);
    assertTrue(form.body().contains("Sign in as alice"));
    assertEquals(303, signIn(alice, form).status());
  }

  @Test
  void theFormSignsIn() {
    Browser alice = site.stranger();

    Browser.Page answer = signIn(alice, alice.open(site.linkPath(Site.ALICE)));

    assertEquals(303, answer.status());
    assertEquals("/approvals", answer.header("Location"));
    assertEquals(200, alice.open("/approvals").status());
  }

  @Test
  void theCookieIsForThisSiteAndNoScript() {
    Browser alice = site.stranger();

    String cookie = signIn(alice, alice.open(site.linkPath(Site.ALICE))).header("Set-Cookie");

    assertTrue(cookie.matches("keyward_session=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax"));
  }

  @Test
  void underHttpsTheCookieIsBoundToTheHost(@TempDir Path other) throws Exception {
    try (Site https = Site.behindHttps(other)) {
      Browser alice = https.stranger();

      String cookie = signIn(alice, alice.open(https.linkPath(Site.ALICE))).header("Set-Cookie");

      assertTrue(
          cookie.matches(
              "__Host-keyward_session=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax; Secure"));
      assertEquals(200, alice.open("/approvals").status());
      alice.carry(alice.cookie().replace("__Host-", ""));
      assertEquals(401, alice.open("/approvals").status());
    }
  }

  @Test
  void aLinkWorksOnce() {
    Browser alice = site.stranger();
    Browser.Page form = alice.open(site.linkPath(Site.ALICE));
    signIn(alice, form);
    Browser thief = site.stranger();

    Browser.Page answer = signIn(thief, form);

    assertEquals(410, answer.status());
    assertEquals("", answer.header("Set-Cookie"));
    assertEquals(401, thief.open("/approvals").status());
  }

  @Test
  void anExpiredLinkSaysSoAndSignsNobodyIn() {
    String link = site.linkPath(Site.ALICE);
    Browser alice = site.stranger();
    Browser.Page form = alice.open(link);

    site.clock.pass(Duration.ofMinutes(15));

    assertEquals(410, alice.open(link).status());
    assertEquals(410, signIn(alice, form).status());
    assertEquals(401, alice.open("/approvals").status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/sign-in/invented", "/sign-in/%00", "/sign-in/a%20b", "/sign-in/a/b"})
  void anInventedLinkOpensNothing(String path) {
    int status = site.stranger().open(path).status();

    assertTrue(List.of(400, 410).contains(status), () -> "status " + status);
  }

  @Test
  void signInNeedsALink() {
    assertEquals(401, site.stranger().open("/sign-in").status());
    assertEquals(410, site.stranger().submit("/sign-in", new Browser.Form(List.of())).status());
  }

  @Test
  void signingInAgainEndsTheSessionBefore() {
    Browser alice = site.signedIn(Site.ALICE);
    String before = alice.cookie();

    signIn(alice, alice.open(site.linkPath(Site.ALICE)));

    assertNotEquals(before, alice.cookie());
    alice.carry(before);
    assertEquals(401, alice.open("/approvals").status());
  }

  @Test
  void signingOutEndsTheSessionOnTheServerToo() {
    Browser alice = site.signedIn(Site.ALICE);
    String cookie = alice.cookie();
    String csrf = alice.open("/approvals").field("csrf");

    Browser.Page answer = alice.submit("/sign-out", new Browser.Form(List.of()).with("csrf", csrf));

    assertEquals(303, answer.status());
    assertEquals("", alice.cookie());
    alice.carry(cookie);
    assertEquals(401, alice.open("/approvals").status());
  }

  @Test
  void nobodyIsSignedOutFromElsewhere() {
    Browser alice = site.signedIn(Site.ALICE);

    assertEquals(403, alice.submit("/sign-out", new Browser.Form(List.of())).status());
    assertEquals(405, alice.open("/sign-out").status());

    assertEquals(200, alice.open("/approvals").status());
  }

  @Test
  void theSessionEndsWithThePerson() {
    Browser alice = site.signedIn(Site.ALICE);

    site.people.remove(Site.ALICE);

    assertEquals(401, alice.open("/approvals").status());
  }

  @Test
  void anAgentsKeyOpensNothing() {
    Browser agent = site.stranger();
    String session = site.signedIn(Site.ALICE).cookie().split("=", 2)[1];

    for (String header : List.of("Bearer kw_agent_0123", "Bearer " + session, "Basic YTpi")) {
      assertEquals(401, agent.open("/approvals", "Authorization", header).status());
    }
  }

  @Test
  void ofTwoSessionCookiesNeitherCounts() {
    Browser alice = site.signedIn(Site.ALICE);
    String cookie = alice.cookie();

    alice.carry(cookie + "; keyward_session=planted");
    assertEquals(401, alice.open("/approvals").status());

    alice.carry(cookie);
    assertEquals(200, alice.open("/approvals").status());
  }

  @Test
  void theTokenOfALinkIsOnlyOnItsOwnPage() {
    Browser alice = site.stranger();
    Browser.Page form = alice.open(site.linkPath(Site.ALICE));
    String token = form.field("token");
    signIn(alice, form);

    assertFalse(alice.open("/approvals").body().contains(token));
    assertFalse(signIn(alice, form).body().contains(token));
  }

  private static Browser.Page signIn(Browser browser, Browser.Page form) {
    return browser.submit("/sign-in", form.form().with("token", form.field("token")));
  }
}
