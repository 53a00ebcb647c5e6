package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// The kill switch as an administrator's browser works it, without JavaScript.
@Timeout(120)
final class StopPageTest {
  private static final String TICKET = "{\"ticket_id\":\"4812\"}";

  @TempDir Path folder;
  private TestBroker broker;
  private AgentClient agent;
  private Reviewer ada;

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.in(folder);
    agent = broker.agent("a1", "crm.*");
    broker.operate("person.add", "{\"name\":\"ada\",\"roles\":[\"administrator\"]}");
    ada = broker.signIn("ada");
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @ParameterizedTest
  @CsvSource({"all", "agent a1", "tool crm.read_ticket", "target crm"})
  void anAdministratorStopsAndLetsGoOn(String what) {
    assertEquals(303, order("stop", what, "yes"));

    assertEquals("stopped", agent.call("crm.read_ticket", TICKET).code());
    assertTrue(page().contains("Stopped now"));
    assertEquals(303, order("resume", what, "yes"));
    assertEquals("ok", agent.call("crm.read_ticket", TICKET).code());
    JsonNode record = broker.operate("audit.list", "{\"type\":\"stop.\"}");
    assertEquals(2, record.size());
    record.forEach(row -> assertEquals("person:ada", row.at("/event/by").stringValue()));
  }

  @Test
  void whoDoesNotMeanItStopsNothing() {
    assertEquals(422, order("stop", "all", "no"));

    assertEquals("ok", agent.call("crm.read_ticket", TICKET).code());
  }

  @Test
  void aRunIsEndedByItsName() {
    agent.call("crm.read_ticket", TICKET);
    String run =
        broker.operate("audit.list", "{\"type\":\"run.opened\"}").at("/0/event/run").stringValue();

    assertEquals(303, submit(Map.of("action", "stop", "what", "run", "name", run, "sure", "yes")));

    assertEquals(1, broker.operate("audit.list", "{\"type\":\"run.ended\"}").size());
  }

  @ParameterizedTest
  @CsvSource({"member", "reviewer"})
  void nobodyElseSeesOrWorksIt(String role) {
    broker.operate("person.add", "{\"name\":\"eve\",\"roles\":[\"" + role + "\"]}");
    Reviewer eve = broker.signIn("eve");

    assertEquals(404, eve.get("/stop").statusCode());
    assertEquals(404, eve.submit("/stop", form("stop", "all", "yes")));
    assertFalse(eve.get("/approvals").body().contains("href=\"/stop\""));
    assertEquals("ok", agent.call("crm.read_ticket", TICKET).code());
  }

  @Test
  void anAdministratorWhoWasRemovedStopsNothing() {
    Map<String, String> form = form("stop", "all", "yes");
    form.put("csrf", csrf());
    broker.operate("person.remove", "{\"name\":\"ada\"}");

    assertEquals(401, ada.submit("/stop", form));

    assertEquals("ok", agent.call("crm.read_ticket", TICKET).code());
  }

  @Test
  void aFormWithoutThePagesTokenStopsNothing() {
    Map<String, String> form = form("stop", "all", "yes");
    form.put("csrf", "0".repeat(43));

    assertEquals(403, ada.submit("/stop", form));

    assertEquals("ok", agent.call("crm.read_ticket", TICKET).code());
  }

  @Test
  void lookingAtThePageChangesNothing() {
    ada.get("/stop?action=stop&what=all&sure=yes");

    assertEquals("ok", agent.call("crm.read_ticket", TICKET).code());
  }

  @ParameterizedTest
  @CsvSource({"resume, tool crm.*", "stop, tool *", "stop, agent NOT A NAME", "stop, planet mars"})
  void whatCannotBeIsSaid(String action, String what) {
    assertEquals(409, order(action, what, "yes"));

    assertEquals(0, broker.operate("stop.list", "{}").size());
  }

  @Test
  void aHostileReasonIsShownAsText() {
    Map<String, String> form = form("stop", "all", "yes");
    form.put("why", "<script>alert(1)</script>\u202e" + TestBroker.CRM_KEY);

    assertEquals(303, submit(form));

    String page = page();
    assertFalse(page.contains("<script>alert"), page);
    assertFalse(page.contains(TestBroker.CRM_KEY), page);
    assertFalse(page.contains("\u202e"), page);
  }

  @Test
  void anAdministratorReviewsNothing() {
    AgentClient dangerous = broker.agent("a2", "stripe.*");
    String approval = dangerous.call("stripe.create_refund", TestBroker.REFUND).approval();

    assertEquals(404, ada.open(approval).statusCode());
  }

  private int order(String action, String what, String sure) {
    return submit(form(action, what, sure));
  }

  private int submit(Map<String, String> fields) {
    Map<String, String> form = new LinkedHashMap<>(fields);
    form.put("csrf", csrf());
    return ada.submit("/stop", form);
  }

  private static Map<String, String> form(String action, String what, String sure) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("action", action);
    form.put("what", what);
    form.put("sure", sure);
    return form;
  }

  private String csrf() {
    return Jsoup.parse(page()).select("input[name=csrf]").attr("value");
  }

  private String page() {
    return ada.get("/stop").body();
  }
}
