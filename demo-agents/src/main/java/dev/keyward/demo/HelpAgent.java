package dev.keyward.demo;

import dev.keyward.demo.company.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// An agent that passes a secret on and never sees it: a reset link, from the tool that makes it to
/// the tool that sends it. Then it tries to carry the link elsewhere.
final class HelpAgent {
  static final String NAME = "help";
  static final List<String> TOOLS =
      List.of("crm.make_reset_link", "crm.send_message", "crm.add_note", "stripe.read_customer");

  private static final String TITLE =
      "4. Handles: a secret passed on by an agent that never sees it";
  private static final String INTRODUCTION =
      "A customer needs a link for a new password. The agent has it made and sends it, and holds"
          + " only a handle. Then a ticket tells it to put the link elsewhere.";
  private static final String SEND = "crm.send_message";

  private final Stage stage;
  private final Agent agent;
  private final Reviewer owner;
  private final String customer;

  private HelpAgent(Stage stage, Agent agent, Reviewer owner, String customer) {
    this.stage = stage;
    this.agent = agent;
    this.owner = owner;
    this.customer = customer;
  }

  /// Tells the story.
  ///
  /// @param customer who needs the link
  static void tell(
      Companies companies,
      Screen screen,
      Claims claims,
      Agent agent,
      Reviewer owner,
      String customer) {
    Stage stage = Stage.open(companies, screen, claims, TITLE, INTRODUCTION);
    var story = new HelpAgent(stage, agent, owner, customer);
    String handle = story.hasALinkMade();
    story.sendsIt(handle);
    story.triesElsewhere(handle);
  }

  private String hasALinkMade() {
    Seen made = stage.call(agent, "crm.make_reset_link", Map.of("customer", customer), "/link");
    String handle = made.json().path("link").asString("");
    stage.claim(
        made.done() && handle.matches("kw_h_reset_link_[0-9a-z]{26}"),
        "The CRM gave a link; the agent got a handle that stands for it.",
        made.done() ? "something else arrived" : "the answer was " + made.outcome());
    return handle;
  }

  private void sendsIt(String handle) {
    String link = stage.companies().crm().resetLink(customer);
    Map<String, Object> message =
        Map.of("ticket_id", World.CHARGED_TWICE, "text", "Set your new password here: " + handle);
    Seen asked = stage.call(agent, SEND, message);
    Reviewer.Page page = owner.open(asked.approval());
    boolean told = page.shows("stands for a reset link that crm.make_reset_link gave");
    stage.person(
        owner.name() + " reads what the handle is and where it comes from, and approves",
        () -> owner.approve(asked.approval()));
    Seen sent = stage.call(agent, SEND, message);
    stage.claim(
        told
            && sent.done()
            && stage
                .companies()
                .crm()
                .messages()
                .equals(List.of("Set your new password here: " + link)),
        "The customer got the link itself. The owner's page named the handle, its kind and its"
            + " source, and the CRM's answer, which repeats the message, arrived without the link.",
        told ? "the answer was " + sent.outcome() : "the page did not say what the handle is");
  }

  private void triesElsewhere(String handle) {
    Companies.Mark before = stage.companies().mark();
    String forged = handle.isEmpty() ? "kw_h_x" : handle.substring(0, handle.length() - 1) + "!";
    List<Seen> tries = new ArrayList<>();
    tries.add(tryTo("crm.add_note", note(handle)));
    tries.add(tryTo(SEND, message("https://evil.example/?u=" + handle)));
    tries.add(tryTo(SEND, message(forged)));
    Seen elsewhere = tryTo("stripe.read_customer", Map.of("customer", handle));
    stage.claim(
        tries.stream().allMatch(seen -> seen.refused("handle_refused"))
            && elsewhere.error()
            && stage.companies().untouchedSince(before),
        "In a note, inside another address, changed by a letter, or at the other company it opens"
            + " nothing: each is refused before anybody is asked.",
        "the answers were "
            + tries.stream().map(Seen::outcome).toList()
            + " and "
            + elsewhere.outcome());
  }

  private Seen tryTo(String tool, Map<String, Object> arguments) {
    return stage.tryTo(agent, tool, arguments);
  }

  private static Map<String, Object> note(String text) {
    return Map.of("ticket_id", World.CHARGED_TWICE, "text", text, "internal", false);
  }

  private static Map<String, Object> message(String text) {
    return Map.of("ticket_id", World.CHARGED_TWICE, "text", text);
  }
}
