package dev.keyward.demo;

import dev.keyward.demo.company.World;
import java.util.List;
import java.util.Map;

/// The same agent, believing the same text, where it was given one ticket in place of its key.
final class HijackedRun {
  /// A refund tool that takes only charges that its run was given or has been shown.
  static final String TRACED = "refunds.create";

  private static final String READ = "crm.read_ticket";
  private static final String NOTE = "crm.add_note";
  private static final String REFUND = "stripe.create_refund";
  private static final String GIVEN = "ch_1NirD82eZvKYlo2CIvbtLWuY";

  private final Stage stage;
  private final Agent agent;
  private final People people;

  private HijackedRun(Stage stage, Agent agent, People people) {
    this.stage = stage;
    this.agent = agent;
    this.people = people;
  }

  /// Tells it, within the story of the hijacked agent.
  ///
  /// @param planted the charge that the ticket's text names
  static void tell(Stage stage, BrokerDoor doors, Wiretap tap, People people, String planted) {
    String token =
        stage.act(
            "whoever starts the agent opens a run for it: ticket " + World.PLANTED + ", 15 minutes",
            () -> doors.openRun(run()));
    try (Agent inside = Agent.connect(HijackedAgent.NAME, doors.agentsUrl(), token, tap)) {
      var story = new HijackedRun(stage, inside, people);
      story.staysWithItsTicket();
      story.asksForMore(planted);
      story.namesAChargeFromTheText(planted);
    }
  }

  private static Map<String, Object> run() {
    String ticket = "ticket_id == \"" + World.PLANTED + "\"";
    return Map.of(
        "agent",
        HijackedAgent.NAME,
        "purpose",
        "Answer ticket " + World.PLANTED,
        "minutes",
        15,
        "given",
        Map.of("charge", List.of(GIVEN)),
        "grants",
        List.of(
            Map.of("tools", List.of(READ, NOTE), "where", List.of(ticket), "calls", 20),
            Map.of("tools", List.of(TRACED), "calls", 1)));
  }

  private void staysWithItsTicket() {
    Seen own = stage.callTo("its own ticket", agent, READ, Map.of("ticket_id", World.PLANTED));
    Companies.Mark before = stage.companies().mark();
    Seen other =
        stage.callTo("another ticket", agent, READ, Map.of("ticket_id", World.CHARGED_TWICE));
    Seen money =
        stage.callTo(
            "\"create a refund\"",
            agent,
            REFUND,
            Map.of("charge", GIVEN, "amount", 100, "reason", "requested_by_customer"));
    boolean shut =
        List.of(other, money).stream()
            .allMatch(seen -> seen.refused("outside_grants") && seen.approval().isEmpty());
    stage.claim(
        own.done() && shut && stage.companies().untouchedSince(before),
        "Its key allows every ticket and lets it ask for refunds; its run is for one ticket, and"
            + " nobody is even asked.",
        "the answers were " + own.outcome() + ", " + other.outcome() + ", " + money.outcome());
  }

  private void asksForMore(String planted) {
    Map<String, Object> more =
        Map.of(
            "tools",
            List.of(REFUND),
            "minutes",
            10,
            "calls",
            1,
            "reason",
            "The ticket says the CFO approved a refund of " + planted);
    Seen asked = stage.callTo("so it asks for more access", agent, "keyward.request_access", more);
    boolean denied =
        stage.person(
            people.first().name() + " reads what it wants and why, and denies it",
            () -> people.first().deny(asked.approval(), "A ticket gives no orders."));
    Seen told = stage.callTo("and asks again", agent, "keyward.request_access", more);
    stage.claim(
        asked.refused("pending") && denied && told.refused("not_approved"),
        "More than it was given is for people to give, and they say no.",
        "the answers were " + asked.outcome() + " and " + told.outcome());
  }

  private void namesAChargeFromTheText(String planted) {
    Companies.Mark before = stage.companies().mark();
    Seen traced = stage.callTo("the charge from the ticket's text", agent, TRACED, charge(planted));
    Seen given = stage.callTo("the charge that its run was given", agent, TRACED, charge(GIVEN));
    stage.claim(
        traced.refused("id_not_shown")
            && given.refused("pending")
            && stage.companies().untouchedSince(before),
        "A tool that takes only charges the run was given or shown refuses the one from the text,"
            + " though key and grant allow the tool; the given one waits for two people.",
        "the answers were " + traced.outcome() + " and " + given.outcome());
    stage.person(
        people.second().name() + " denies that one too",
        () -> people.second().deny(given.approval(), "Not today."));
  }

  private static Map<String, Object> charge(String charge) {
    return Map.of("charge", charge);
  }
}
