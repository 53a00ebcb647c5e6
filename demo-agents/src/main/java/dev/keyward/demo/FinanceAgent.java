package dev.keyward.demo;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.JsonNode;

/// A finance agent: it finds the charge that was made twice and asks to refund it, which two people
/// other than its owner must agree to.
final class FinanceAgent {
  static final String NAME = "finance";
  static final List<String> TOOLS =
      List.of(
          "stripe.list_invoices",
          "stripe.read_customer",
          "stripe.read_charge",
          "stripe.create_refund");

  private static final String TITLE = "2. Finance: a refund waits for two people, and happens once";
  private static final String INTRODUCTION =
      "Paying money back is a dangerous write: two reviewers who are not the agent's owner have to"
          + " agree to exactly this call. One approval runs one call.";
  private static final String REFUND = "stripe.create_refund";
  private static final String WAIT = "keyward.approval_wait";

  private final Stage stage;
  private final Agent agent;
  private final People people;

  private FinanceAgent(Stage stage, Agent agent, People people) {
    this.stage = stage;
    this.agent = agent;
    this.people = people;
  }

  /// Tells the story.
  ///
  /// @param customer the customer named by the ticket that triage passed on
  static void tell(
      Companies companies,
      Screen screen,
      Claims claims,
      Agent agent,
      People people,
      String customer) {
    Stage stage = Stage.open(companies, screen, claims, TITLE, INTRODUCTION);
    var story = new FinanceAgent(stage, agent, people);
    Optional<Map<String, Object>> refund = story.findsTheDouble(customer);
    if (refund.isPresent()) {
      String approval = story.asks(refund.get());
      story.oneIsNotEnough(refund.get(), approval);
      story.twoAgree(approval);
      story.refundsOnce(refund.get());
      story.repeatsAfterwards(refund.get(), approval);
    }
  }

  private Optional<Map<String, Object>> findsTheDouble(String customer) {
    Seen listed =
        stage.call(
            agent,
            "stripe.list_invoices",
            Map.of("customer", customer, "status", "paid", "limit", 5),
            "/data/0/number",
            "/data/0/description",
            "/data/1/number",
            "/data/1/description",
            "/has_more");
    Optional<Map<String, Object>> refund = doubleIn(listed.json().path("data"));
    stage.claim(
        refund.isPresent(),
        "The invoices came in Stripe's own shape; two of them are for the same month.",
        "no pair was found (" + listed.outcome() + ")");
    return refund;
  }

  /// The first invoice, newest first, whose description an older one repeats.
  private static Optional<Map<String, Object>> doubleIn(JsonNode invoices) {
    for (int newer = 0; newer < invoices.size(); newer++) {
      Set<String> older = new HashSet<>();
      for (int i = newer + 1; i < invoices.size(); i++) {
        older.add(invoices.get(i).path("description").asString(""));
      }
      JsonNode invoice = invoices.get(newer);
      if (older.contains(invoice.path("description").asString(""))) {
        return Optional.of(refundOf(invoice));
      }
    }
    return Optional.empty();
  }

  private static Map<String, Object> refundOf(JsonNode invoice) {
    var refund = new LinkedHashMap<String, Object>();
    refund.put("charge", invoice.path("charge").asString(""));
    refund.put("amount", invoice.path("amount_paid").asInt(0));
    refund.put("reason", "duplicate");
    return refund;
  }

  private String asks(Map<String, Object> refund) {
    Seen asked = stage.call(agent, REFUND, refund);
    stage.claim(
        asked.refused("pending") && stage.companies().refundsSent() == 0,
        "The refund waits: the agent got `pending` and payments saw nothing.",
        "the answer was " + asked.outcome());
    String approval = asked.approval();
    boolean byOwner =
        stage.person(
            people.owner().name() + ", the agent's owner, tries to approve it",
            () -> people.owner().approve(approval));
    stage.claim(!byOwner, "The owner cannot approve it, although a reviewer too.", "it was taken");
    return approval;
  }

  private void oneIsNotEnough(Map<String, Object> refund, String approval) {
    Reviewer first = people.first();
    Reviewer.Page page = first.open(approval);
    boolean all = refund.values().stream().allMatch(value -> page.shows(value.toString()));
    stage.claim(
        all && page.shows("As stripe.read_charge read it") && page.shows("amount_refunded 0"),
        "The page shows a reviewer every argument, and how the payment stands before the refund.",
        "an argument is missing on the page, or how the payment stands");
    stage.person(first.name() + " reads the page, presses approve", () -> first.approve(approval));
    Seen early = stage.call(agent, REFUND, refund);
    boolean again =
        stage.person(first.name() + " tries to approve again", () -> first.approve(approval));
    stage.claim(
        early.refused("pending") && !again && stage.companies().refundsSent() == 0,
        "One reviewer is not enough, and the same one twice is still one.",
        again ? "the second decision was taken" : "the answer was " + early.outcome());
  }

  private void twoAgree(String approval) {
    Reviewer second = people.second();
    try (ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Seen> waiting =
          thread.submit(() -> agent.call(WAIT, Map.of("approval", approval, "seconds", 15)));
      stage.person(
          second.name() + " reads the page, presses approve", () -> second.approve(approval));
      Seen waited = result(waiting);
      stage.act(NAME + " was waiting: " + WAIT, () -> waited.outcome() + ": " + waited.text());
    }
  }

  private void refundsOnce(Map<String, Object> refund) {
    Companies.Mark before = stage.companies().mark();
    Seen refunded = stage.call(agent, REFUND, refund, "/id", "/amount", "/status");
    var seen = stage.companies().paymentsSince(before);
    stage.claim(
        refunded.done()
            && seen.size() == 1
            && seen.getFirst().key().equals(stage.companies().payments().key().fingerprint())
            && stage.companies().payments().refunds().size() == 1,
        "After two yeses the identical call ran: one request, one refund, with the payments key.",
        "the answer was " + refunded.outcome() + ", requests: " + seen.size());
  }

  private void repeatsAfterwards(Map<String, Object> refund, String used) {
    Seen again = stage.call(agent, REFUND, refund);
    stage.claim(
        again.refused("pending")
            && !again.approval().equals(used)
            && stage.companies().payments().refunds().size() == 1,
        "Repeating it does not refund twice: the approval is used up, a new one is asked for.",
        "the answer was " + again.outcome());
    String reason = "This was refunded a minute ago.";
    stage.person(
        people.first().name() + " denies: \"" + reason + "\"",
        () -> people.first().deny(again.approval(), reason));
    Seen told = stage.call(agent, WAIT, Map.of("approval", again.approval(), "seconds", 5));
    stage.claim(
        told.text().contains(reason) && stage.companies().refundsSent() == 1,
        "One no is enough; the agent is told the reviewer's reason, and payments saw one refund.",
        "the answer was " + told.outcome());
  }

  private static Seen result(Future<Seen> waiting) {
    try {
      return waiting.get();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", stopped);
    } catch (ExecutionException broken) {
      throw new IllegalStateException("the waiting call broke", broken);
    }
  }
}
