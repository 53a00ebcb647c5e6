package dev.keyward.demo;

import dev.keyward.demo.company.JournalEntry;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// A support agent at honest work: it finds a ticket, reads it, and adds a note, which its owner
/// confirms on the page.
final class TriageAgent {
  static final String NAME = "triage";
  static final List<String> TOOLS =
      List.of("crm.search_tickets", "crm.read_ticket", "crm.add_note");

  private static final String TITLE = "1. Triage: an agent reads a ticket and adds a note";
  private static final String INTRODUCTION =
      "The agent has a token for one job with three CRM tools; reading is free, a note needs a yes"
          + " from the person who owns the agent.";

  private final Stage stage;
  private final Agent agent;
  private final Reviewer owner;

  private TriageAgent(Stage stage, Agent agent, Reviewer owner) {
    this.stage = stage;
    this.agent = agent;
    this.owner = owner;
  }

  /// Tells the story.
  static void tell(Companies companies, Screen screen, Claims claims, Agent agent, Reviewer owner) {
    Stage stage = Stage.open(companies, screen, claims, TITLE, INTRODUCTION);
    var story = new TriageAgent(stage, agent, owner);
    story.looksAround();
    String ticket = story.searches();
    story.reads(ticket);
    story.addsANote(ticket);
  }

  private void looksAround() {
    List<String> tools = stage.act("it lists its tools", agent::tools);
    List<String> theirs = tools.stream().filter(tool -> !tool.startsWith("keyward.")).toList();
    stage.claim(
        theirs.equals(TOOLS.stream().sorted().toList()),
        "The agent is shown its own three tools; that payments exist is not said.",
        "it is shown " + theirs.size() + " tools");
  }

  private String searches() {
    Companies.Mark before = stage.companies().mark();
    Seen found =
        stage.call(
            agent,
            "crm.search_tickets",
            Map.of("query", "charged twice", "status", "open"),
            "/tickets/0/id",
            "/tickets/0/subject");
    stage.claim(
        found.done() && calledWithItsOwnKey(stage.companies().crmSince(before)),
        "The CRM was called with the CRM's key, which the agent does not have: the agent's own is "
            + agent.fingerprint()
            + ".",
        "the CRM saw another key, or no call (" + found.outcome() + ")");
    return found.json().at("/tickets/0/id").asString("");
  }

  private void reads(String ticket) {
    Seen read =
        stage.call(
            agent,
            "crm.read_ticket",
            Map.of("ticket_id", ticket),
            "/subject",
            "/requester/name",
            "/body");
    JsonNode json = read.json();
    stage.claim(
        json.hasNonNull("body") && !json.has("internal_debug"),
        "The ticket arrives with the fields that the catalog declares, and without internal_debug.",
        json.has("internal_debug") ? "internal_debug arrived" : "no body (" + read.outcome() + ")");
  }

  private void addsANote(String ticket) {
    Map<String, Object> note =
        Map.of(
            "ticket_id",
            ticket,
            "text",
            "Two paid invoices for the same month. Passed to finance for a refund of the second.",
            "internal",
            true);
    long before = stage.companies().notesSent();
    Seen asked = stage.call(agent, "crm.add_note", note);
    stage.claim(
        asked.refused("pending") && stage.companies().notesSent() == before,
        "A write waits for a person: the agent got `pending` and the CRM saw nothing.",
        "the answer was " + asked.outcome());

    ownerConfirms(asked.approval());
    stage.call(agent, "keyward.approval_wait", Map.of("approval", asked.approval(), "seconds", 5));
    Seen written = stage.call(agent, "crm.add_note", note);
    stage.claim(
        written.done()
            && stage.companies().notesSent() == before + 1
            && stage.companies().crm().notesOn(ticket).contains(note.get("text")),
        "After the owner's yes the identical call ran once, and the note stands on the ticket.",
        "the answer was " + written.outcome());
  }

  private void ownerConfirms(String approval) {
    boolean shown = owner.open(approval).shows("Two paid invoices for the same month.");
    boolean confirmed =
        stage.person(
            owner.name() + " opens the page, reads the note, presses approve",
            () -> owner.approve(approval));
    stage.claim(
        shown && confirmed,
        "The owner saw the note's text on the page before confirming it.",
        shown ? "the page did not take the decision" : "the page did not show the text");
  }

  private boolean calledWithItsOwnKey(List<JournalEntry> seen) {
    return !seen.isEmpty()
        && seen.stream()
            .allMatch(
                entry ->
                    entry.status() == 200
                        && entry.key().equals(stage.companies().crm().key().fingerprint())
                        && !entry.key().equals(agent.fingerprint()));
  }
}
