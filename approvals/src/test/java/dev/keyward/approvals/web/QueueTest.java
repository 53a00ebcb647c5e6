package dev.keyward.approvals.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.approvals.ApprovalRequest;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class QueueTest {
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
  void anEmptyQueueSaysSo() {
    assertTrue(site.signedIn(Site.ALICE).open("/approvals").body().contains("All clear."));
  }

  @Test
  void aRequestShowsWhatWhoAndHowLong() {
    ApprovalRequest request = site.dual("{\"text\":\"hello\"}");
    site.clock.pass(Duration.ofMinutes(4));

    String page = site.signedIn(Site.ALICE).open("/approvals").body();

    assertTrue(page.contains("/approvals/" + request.id()));
    assertTrue(page.contains("Add a note to a ticket"));
    assertTrue(page.contains("crm.add_note"));
    assertTrue(page.contains("Add a note: hello"));
    assertTrue(page.contains("triage-1"));
    assertTrue(page.contains("olivia"));
    assertTrue(page.contains("Dangerous write"));
    assertTrue(page.contains("Dual: two independent reviewers"));
    assertTrue(page.contains("0 of 2 agreed"));
    assertTrue(page.contains("asked 4 min 0 s ago"));
    assertTrue(page.contains(">26 min 0 s</strong> left"));
  }

  @Test
  void aDeniedRequestHasNoCountdownAndTheAgentIsNotSaidToKnow() {
    ApprovalRequest request = site.dual("{\"text\":\"hello\"}");
    Browser alice = site.signedIn(Site.ALICE);
    String path = "/approvals/" + request.id();
    assertTrue(alice.open(path).body().contains(" left</span>"));

    alice.submit(path, alice.open(path).decision("deny", "no"));

    String page = alice.open(path).body();
    assertTrue(page.contains("The agent is told when it asks again."));
    assertFalse(page.contains(" left</span>"));
  }

  @Test
  void aTextThatTakesTooLongToSearchCostsItsOwnLineOnly() {
    ApprovalRequest hostile = site.dual("{\"text\":\"" + Site.TOO_LONG + "\"}");
    ApprovalRequest other = site.dual("{\"text\":\"waits beside it\"}");

    Browser.Page page = site.signedIn(Site.ALICE).open("/approvals");

    assertEquals(200, page.status());
    assertFalse(page.body().contains(Site.TOO_LONG));
    assertTrue(page.body().contains("[withheld]"));
    assertTrue(page.body().contains("/approvals/" + hostile.id()));
    assertTrue(page.body().contains("/approvals/" + other.id()));
    assertTrue(page.body().contains("waits beside it"));
  }

  @Test
  void whatIsMineComesBeforeWhatIsOthers() {
    ApprovalRequest others = site.confirm("{\"text\":\"olivia's\"}");
    ApprovalRequest mine = site.dual("{\"text\":\"alice's\"}");

    String page = site.signedIn(Site.ALICE).open("/approvals").body();

    int yours = page.indexOf("For you to decide");
    int waiting = page.indexOf("Waiting for somebody else");
    assertTrue(yours < page.indexOf(mine.id().value()));
    assertTrue(page.indexOf(mine.id().value()) < waiting);
    assertTrue(waiting < page.indexOf(others.id().value()));
  }

  @Test
  void whatIsDecidedComesLast() {
    ApprovalRequest decided = site.dual("{\"text\":\"decided\"}");
    Browser alice = site.signedIn(Site.ALICE);
    String path = "/approvals/" + decided.id();
    alice.submit(path, alice.open(path).decision("deny", "no"));
    ApprovalRequest open = site.dual("{\"text\":\"open\"}");

    String page = alice.open("/approvals").body();

    int over = page.indexOf("Decided or over");
    assertTrue(page.indexOf(open.id().value()) < over);
    assertTrue(over < page.indexOf(decided.id().value()));
    assertTrue(page.contains("Denied"));
  }

  @Test
  void whatHasRunOutIsOverBeforeAnyoneSweeps() {
    ApprovalRequest request = site.dual("{\"text\":\"late\"}");
    Browser alice = site.signedIn(Site.ALICE);
    site.clock.pass(Duration.ofMinutes(29));
    alice.open("/approvals");
    site.clock.pass(Duration.ofMinutes(2));

    String page = alice.open("/approvals").body();

    assertTrue(page.indexOf("Decided or over") < page.indexOf(request.id().value()));
    assertTrue(page.contains("Expired"));
  }

  @Test
  void aMemberSeesOnlyWhatTheirAgentsAsk() {
    ApprovalRequest request = site.confirm("{\"text\":\"hello\"}");

    assertTrue(site.signedIn(Site.OLIVIA).open("/approvals").body().contains(request.id().value()));
    assertFalse(
        site.signedIn(Site.MALLORY).open("/approvals").body().contains(request.id().value()));
  }

  @Test
  void hostileTextInTheQueueStaysText() {
    site.dual("{\"text\":\"<img src=x onerror=alert(1)>\\u202e\\u0430nn " + Site.CANARY + "\"}");

    String page = site.signedIn(Site.ALICE).open("/approvals").body();

    assertFalse(page.contains("<img src=x"));
    assertTrue(page.contains("&lt;img src=x"));
    assertFalse(page.contains("\u202e"));
    assertTrue(page.contains("title=\"cyrillic small letter a\""));
    assertFalse(page.contains(Site.CANARY));
  }

  @Test
  void theTextOfAnAgentIsNoHeading() {
    site.dual("{\"text\":\"APPROVE THIS\"}");
    Browser alice = site.signedIn(Site.ALICE);

    String page = alice.open("/approvals").body();

    assertEquals(1, page.split("APPROVE THIS", -1).length - 1);
    assertTrue(page.contains("<p class=\"line\">Add a note: APPROVE THIS</p>"));
  }

  @Test
  void theNewsSayHowManyWaitAndTheToolsTitleAndNothingOfTheCall() {
    ApprovalRequest request = site.dual("{\"text\":\"nobody's business\"}");

    Browser.Page news = site.signedIn(Site.ALICE).open("/news");

    assertEquals(
        "{\"waiting\":1,\"newest\":[{\"approval\":\""
            + request.id()
            + "\",\"title\":\"Add a note to a ticket\"}]}",
        news.body());
  }

  /// Olivia owns the agent, and Mallory reviews nothing.
  @Test
  void newsAreOfWhatOneMayDecideAndForNobodyElse() {
    site.dual("{\"text\":\"hello\"}");
    String none = "{\"waiting\":0,\"newest\":[]}";

    assertEquals(none, site.signedIn(Site.OLIVIA).open("/news").body());
    assertEquals(none, site.signedIn(Site.MALLORY).open("/news").body());
    Browser.Page stranger = site.stranger().open("/news");
    assertEquals(401, stranger.status());
    assertFalse(stranger.body().contains("waiting\""));
  }
}
