package dev.keyward.approvals.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.ApprovalState;
import dev.keyward.approvals.Preview;
import dev.keyward.call.ToolName;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How things are before a call, on the page where people decide on it.
final class PreviewedTest {
  private static final ToolName READ = new ToolName("crm.read_ticket");

  @TempDir Path folder;
  private Site site;
  private ApprovalRequest request;
  private String path;

  @BeforeEach
  void start() throws Exception {
    site = Site.open(folder);
    request = site.confirm("{\"text\":\"now this\",\"ticket\":12}");
    path = "/approvals/" + request.id();
    site.approvals.previews().begin(request.id(), READ);
  }

  @AfterEach
  void stop() {
    site.close();
  }

  @Test
  void whoeverDecidesIsBoundToIt() {
    Browser olivia = site.signedIn(Site.OLIVIA);
    Browser.Page early = olivia.open(path);
    assertTrue(early.body().contains("It has not been read."));

    read("\"was that\"");
    Browser.Page answer = olivia.submit(path, early.decision("approve", ""));

    assertEquals(409, answer.status());
    assertEquals(ApprovalState.PENDING, site.now(request).state());
    assertTrue(answer.body().contains("was that"));
    assertNotEquals(early.field("view"), olivia.open(path).field("view"));
    assertEquals(303, olivia.submit(path, olivia.open(path).decision("approve", "")).status());
  }

  @Test
  void secretsAreTakenOutOnceMore() {
    read("\"use " + Site.CANARY + " <b>\"");

    String page = site.signedIn(Site.OLIVIA).open(path).body();

    assertTrue(page.contains("use [redacted] &lt;b&gt;"), page);
    assertFalse(page.contains(Site.CANARY));
  }

  @Test
  void whatCannotBeShownIsWithheldAndKeepsNobodyFromDeciding() {
    read("\"" + Site.UNSURE + "\"");
    Browser olivia = site.signedIn(Site.OLIVIA);

    Browser.Page page = olivia.open(path);

    assertTrue(page.body().contains("could not be shown to be free of secrets"));
    assertFalse(page.body().contains(Site.UNSURE));
    assertEquals(303, olivia.submit(path, page.decision("approve", "")).status());
  }

  @Test
  void numbersAndStructuresStandAsTheyCame() {
    read("{\"n\":[12345678901234567890,1.5],\"s\":\"a\\u200bb\"}");

    String page = site.signedIn(Site.OLIVIA).open(path).body();

    assertTrue(page.contains("12345678901234567890"), page);
    assertTrue(page.contains("U+200B"), page);
  }

  @Test
  void whoDecidesOnManySeesItToo() {
    read("\"was that\"");

    String together = site.signedIn(Site.OLIVIA).open("/together?pick=" + request.id()).body();

    assertTrue(together.contains("was that"), together);
    assertTrue(together.contains("Would become"), together);
  }

  private void read(String json) {
    var field = new Preview.Field("subject", Optional.of("text"), new Preview.Value.Found(json));
    var read = new Preview.Read(READ, site.clock.instant(), Set.of("ticket"), List.of(field));
    site.approvals.previews().end(request.id(), read, Optional.empty());
  }
}
