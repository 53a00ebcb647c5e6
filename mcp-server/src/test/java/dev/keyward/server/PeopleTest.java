package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.server.control.OperatorError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Roles, scopes and sessions as an operator gives and takes them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class PeopleTest {
  private static final String REFUND = TestBroker.REFUND;
  private static final String CHANGED = "config.yaml was changed after this broker was started";

  private TestBroker broker;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    broker = TestBroker.in(folder);
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  @Test
  void aReviewerOfOneSystemDecidesOnNoOther() {
    Reviewer rex = broker.reviewer("rex");
    AgentClient agent = broker.agent("a1", "stripe.*");
    String approval = agent.call("stripe.create_refund", REFUND).approval();

    JsonNode scoped = broker.operate("person.scope", "{\"name\":\"rex\",\"tools\":[\"crm.*\"]}");
    assertEquals("crm.*", scoped.path("reviews").asString(""));
    assertEquals(404, rex.open(approval).statusCode());

    broker.operate("person.scope", "{\"name\":\"rex\",\"systems\":[\"stripe\"]}");
    assertEquals(303, rex.approve(approval));
    broker.operate("person.scope", "{\"name\":\"rex\",\"everything\":true}");
    assertEquals(200, rex.open(approval).statusCode());
    JsonNode record = broker.operate("audit.list", "{\"type\":\"person.scoped\"}");
    assertEquals(3, record.size());
    assertEquals("stripe", record.get(1).at("/event/systems/0").asString(""));
  }

  @Test
  void anAnswerOfSomebodyWhoReviewsOtherThingsNowCountsNoLonger() {
    Reviewer una = broker.reviewer("una");
    Reviewer uwe = broker.reviewer("uwe");
    AgentClient agent = broker.agent("a2", "stripe.*");
    String approval = agent.call("stripe.create_refund", REFUND).approval();
    una.approve(approval);
    uwe.approve(approval);
    int before = broker.upstream().writes().size();

    broker.operate("person.scope", "{\"name\":\"uwe\",\"tools\":[\"crm.*\"]}");

    assertEquals("approval_invalidated", agent.call("stripe.create_refund", REFUND).code());
    assertEquals(before, broker.upstream().writes().size());
  }

  @Test
  void aLentPlaceDecidesOnceIndependentAndIsInTheRecord() {
    broker.operate("person.add", "{\"name\":\"berta\"}");
    Reviewer berta = broker.signIn("berta");
    Reviewer lena = broker.reviewer("lena");
    Reviewer lars = broker.reviewer("lars");
    AgentClient agent = broker.agent("a5", "stripe.*");
    String approval = agent.call("stripe.create_refund", REFUND).approval();
    assertEquals(404, berta.open(approval).statusCode());

    broker.operate("person.lend", "{\"name\":\"lena\",\"to\":\"berta\",\"days\":2}");
    assertEquals(303, berta.approve(approval));
    assertEquals(303, lena.approve(approval));
    assertEquals("partial", broker.state(approval), "the two are one");
    assertEquals(303, lars.approve(approval));
    assertEquals("approved", broker.state(approval));

    broker.operate("person.end_loan", "{\"name\":\"lena\",\"to\":\"berta\"}");
    assertEquals(404, berta.open(approval).statusCode());
    int before = broker.upstream().writes().size();
    agent.call("stripe.create_refund", REFUND);
    assertEquals(before + 1, broker.upstream().writes().size(), "lena and lars still stand");
    JsonNode lent = broker.operate("audit.list", "{\"type\":\"person.place_lent\"}");
    assertEquals("berta", lent.get(0).at("/event/to").asString(""));
    JsonNode first = broker.operate("audit.list", "{\"type\":\"approval.decided\"}");
    assertTrue(first.toString().contains("\"in_place_of\":\"lena\""), first.toString());
    JsonNode ended = broker.operate("audit.list", "{\"type\":\"person.place_taken_back\"}");
    assertEquals(1, ended.size());
  }

  @Test
  void theDoctorTellsOfAnAgentThatTooFewIndependentPeopleReview(@TempDir Path other)
      throws Exception {
    try (TestBroker small = TestBroker.in(other)) {
      small.reviewer("dora");
      small.operate(
          "person.add", "{\"name\":\"dan\",\"roles\":[\"reviewer\"],\"tools\":[\"stripe.*\"]}");
      String told = "too few can agree when it calls stripe.create_refund";
      small.agentOf("dora", "hers", "stripe.*");
      small.agentOf("dora", "harmless", "crm.*");
      small.agentOf("olga", "others", "stripe.*");

      JsonNode before = small.operate("doctor", "{}");
      assertEquals("problem", level(before, "agent hers", told));
      assertEquals("", level(before, "agent harmless", "too few"));
      assertEquals("", level(before, "agent others", "too few"));

      small.reviewer("dirk");
      assertEquals("", level(small.operate("doctor", "{}"), "agent hers", "too few"));
      small.operate("person.scope", "{\"name\":\"dan\",\"tools\":[\"crm.*\"]}");
      assertEquals("problem", level(small.operate("doctor", "{}"), "agent hers", told));
    }
  }

  @Test
  void aPlaceLentAgainToTheSamePersonSaysWhatItReplaces() {
    broker.reviewer("lisa");
    broker.operate("person.add", "{\"name\":\"ben\"}");
    String loan = "{\"name\":\"lisa\",\"to\":\"ben\",\"days\":%d}";
    String first = loan(broker.operate("person.lend", loan.formatted(14))).path("until").asString();
    assertFalse(newest("person.place_lent").path("event").has("instead_of_until"));

    JsonNode again = loan(broker.operate("person.lend", loan.formatted(1)));

    assertEquals(first, again.path("instead_of_until").asString(""));
    assertTrue(again.path("until").asString().compareTo(first) < 0);
    JsonNode record = newest("person.place_lent").path("event");
    assertEquals(first, record.path("instead_of_until").asString(""));
    assertFalse(loan(broker.operate("person.loans", "{}")).has("instead_of_until"));
  }

  private static JsonNode loan(JsonNode loans) {
    return loans
        .valueStream()
        .filter(loan -> loan.path("lender").asString("").equals("lisa"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theDoctorSaysThatTheSettingsHaveChangedSinceTheStart() throws Exception {
    Path config = broker.home().config();
    String started = Files.readString(config);
    try {
      assertEquals("ok", level(broker.operate("doctor", "{}"), "settings", "are those of"));
      Files.writeString(config, started + "limits: {agent: {per_minute: 5}}\n");
      assertEquals("warning", level(broker.operate("doctor", "{}"), "settings", CHANGED));
      Files.writeString(config, started + "limit: {}\n");
      JsonNode broken = broker.operate("doctor", "{}");
      assertEquals("problem", level(broken, "settings", CHANGED));
      assertTrue(broken.toString().contains("/limit: is not a field that is known"), "and why");
    } finally {
      Files.writeString(config, started);
    }
  }

  @Test
  void theListOfTheRecordNamesWhomItIsAbout() {
    broker.operate("person.add", "{\"name\":\"vera\",\"roles\":[\"reviewer\"]}");
    broker.operate("person.add", "{\"name\":\"viktor\"}");
    broker.operate("person.lend", "{\"name\":\"vera\",\"to\":\"viktor\"}");
    broker.operate("person.remove", "{\"name\":\"viktor\"}");

    assertEquals("viktor", newest("person.added").path("person").asString(""));
    assertEquals("viktor", newest("person.removed").path("person").asString(""));
    assertEquals("vera", newest("person.place_lent").path("person").asString(""));
    assertEquals("viktor", newest("person.place_lent").path("to").asString(""));
  }

  private JsonNode newest(String type) {
    return broker.operate("audit.list", "{\"type\":\"" + type + "\",\"limit\":1}").get(0);
  }

  private static String level(JsonNode findings, String what, String told) {
    return findings
        .valueStream()
        .filter(found -> found.path("what").asString("").equals(what))
        .filter(found -> found.path("detail").asString("").startsWith(told))
        .map(found -> found.path("level").asString(""))
        .findFirst()
        .orElse("");
  }

  @Test
  void anAuditorReadsOnThePageWhatTheRecordHas() {
    broker.operate("person.add", "{\"name\":\"ada\",\"roles\":[\"auditor\"]}");
    Reviewer ada = broker.signIn("ada");
    Called read = broker.agent("a3", "crm.*").call("crm.read_ticket", "{\"ticket_id\":\"4812\"}");

    String page = ada.get("/audit?call=" + read.call()).body();

    assertTrue(page.contains("call.intent") && page.contains("call.outcome"));
    assertFalse(page.contains(TestBroker.CRM_KEY));
    assertEquals(422, ada.get("/audit?call=nonsense").statusCode());
    assertEquals(404, broker.signIn("olga").get("/audit").statusCode());
  }

  @Test
  void howPeopleDecideIsToldToOperatorsAndOnThePageToAdministrators() {
    Reviewer ruth = broker.reviewer("ruth");
    ruth.deny(broker.agent("a4", "stripe.*").call("stripe.create_refund", REFUND).approval(), "");
    broker.operate("person.add", "{\"name\":\"anna\",\"roles\":[\"administrator\"]}");

    JsonNode mine = row(broker.operate("approvals.stats", "{}"), "ruth");
    assertEquals(1, mine.path("decisions").asInt(0));
    assertEquals(0, mine.path("approved_percent").asInt(1));
    assertEquals("", mine.path("warning").asString("x"));
    String page = broker.signIn("anna").get("/habits").body();
    assertTrue(page.contains("<strong>ruth</strong>") && page.contains("<strong>0 %</strong>"));
    assertEquals(404, ruth.get("/habits").statusCode());
  }

  private static JsonNode row(JsonNode rows, String person) {
    for (JsonNode row : rows) {
      if (row.path("person").asString("").equals(person)) {
        return row;
      }
    }
    throw new AssertionError("nothing of " + person);
  }

  @Test
  void anOperatorEndsSessionsOneByOneOrAll() {
    Reviewer here = broker.reviewer("ravi");
    Reviewer there = broker.signIn("ravi");
    JsonNode open = broker.operate("person.sessions", "{\"name\":\"ravi\"}");
    assertEquals(2, open.size());
    String one = open.get(0).path("session").asString("");

    broker.operate("person.sign_out", "{\"name\":\"ravi\",\"session\":\"" + one + "\"}");
    long left =
        Stream.of(here, there)
            .filter(person -> person.get("/approvals").statusCode() == 200)
            .count();
    assertEquals(1, left);
    String again = "{\"name\":\"ravi\",\"session\":\"" + one + "\"}";
    assertThrows(OperatorError.class, () -> broker.operate("person.sign_out", again));
    JsonNode ended = broker.operate("person.sign_out", "{\"name\":\"ravi\"}");
    assertEquals(1, ended.path("sessions_ended").asInt(0));
    assertEquals(401, here.get("/approvals").statusCode());
    assertEquals(401, there.get("/approvals").statusCode());
    JsonNode record = broker.operate("audit.list", "{\"type\":\"person.signed_out\",\"limit\":2}");
    assertEquals("operator", record.get(0).at("/event/why").asString(""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"name\":\"x\",\"roles\":[\"auditor\",\"reviewer\"]}",
        "{\"name\":\"x\",\"roles\":[\"auditor\",\"administrator\"]}",
        "{\"name\":\"x\",\"roles\":[\"boss\"]}",
        "{\"name\":\"x\",\"roles\":[\"reviewer\"],\"tools\":[\"*\"]}"
      })
  void whatMakesNoSenseAddsNobody(String person) {
    assertThrows(OperatorError.class, () -> broker.operate("person.add", person));
    for (JsonNode known : broker.operate("person.list", "{}")) {
      assertFalse(known.path("name").asString("").equals("x"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"name\":\"olga\"}",
        "{\"name\":\"olga\",\"everything\":true,\"tools\":[\"crm.*\"]}"
      })
  void nobodysScopeIsWidenedByAnEmptyOne(String scope) {
    assertThrows(OperatorError.class, () -> broker.operate("person.scope", scope));
  }
}
