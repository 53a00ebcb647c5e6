package dev.keyward.demo;

import dev.keyward.demo.company.Charge;
import dev.keyward.demo.company.Invoice;
import java.util.Map;

/// The part of `--pause`: one more refund is asked for, and whoever sits at the keyboard decides.
/// It claims nothing, since any decision is right.
final class YourTurn {
  private static final String TITLE = "4. Your turn: decide on the page";
  private static final String INTRODUCTION =
      "The finance agent asks for one more refund and waits. Each link below signs one person in,"
          + " once, within 15 minutes; use a private window for the second. Silence means no."
          + " Ctrl-C ends the demo.";
  private static final String REFUND = "stripe.create_refund";
  private static final String WAIT = "keyward.approval_wait";
  private static final int CENTS = 1250;

  private YourTurn() {}

  /// Asks, prints the links, waits as long as it takes, and shows what came of it.
  static void tell(
      Companies companies, Screen screen, Claims claims, Agent agent, BrokerDoor broker) {
    Stage stage = Stage.open(companies, screen, claims, TITLE, INTRODUCTION);
    Map<String, Object> refund =
        Map.of("charge", charge(companies), "amount", CENTS, "reason", "requested_by_customer");
    Seen asked = stage.call(agent, REFUND, refund);
    screen.heading("Open these in a browser:");
    screen.address("first person", broker.addReviewer("you"));
    screen.address("second person", broker.addReviewer("your-colleague"));
    screen.address("the request", broker.peopleUrl().resolve("/approvals/" + asked.approval()));
    Seen last = waitFor(agent, asked.approval());
    stage.act("the agent waited", () -> last.outcome() + ": " + last.text());
    stage.call(agent, REFUND, refund, "/id", "/amount", "/status");
  }

  private static Seen waitFor(Agent agent, String approval) {
    Seen seen;
    do {
      seen = agent.call(WAIT, Map.of("approval", approval, "seconds", 45));
    } while (seen.code().equals("pending"));
    return seen;
  }

  private static String charge(Companies companies) {
    return companies.world().invoices().reversed().stream()
        .filter(invoice -> invoice.cents() > CENTS)
        .map(Invoice::charge)
        .flatMap(charge -> charge.stream())
        .map(Charge::id)
        .skip(1)
        .findFirst()
        .orElseThrow();
  }
}
