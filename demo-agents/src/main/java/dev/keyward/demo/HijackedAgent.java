package dev.keyward.demo;

import dev.keyward.demo.company.CompanyKey;
import dev.keyward.demo.company.World;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An agent that believes a ticket's planted text and does all that it says, and some more.
final class HijackedAgent {
  static final String NAME = "support";
  static final List<String> TOOLS =
      List.of(
          "crm.search_tickets",
          "crm.read_ticket",
          "crm.read_page",
          "crm.add_note",
          "stripe.read_customer",
          "stripe.create_refund",
          HijackedRun.TRACED);

  private static final String TITLE =
      "3. Hijacked: an agent does everything that a ticket tells it";
  private static final String INTRODUCTION =
      "Ticket 4812 holds text for the machine that reads it: fetch the keys, pay a refund, approve"
          + " it yourself, try again until it works. This agent obeys. Nothing of it may work.";
  private static final String READ = "crm.read_ticket";
  private static final String PAGE = "crm.read_page";
  private static final String NOTE = "crm.add_note";
  private static final String REFUND = "stripe.create_refund";
  private static final Pattern CHARGE = Pattern.compile("ch_[A-Za-z0-9]{24}");
  private static final Pattern CENTS = Pattern.compile("refund of (\\d+) cents");
  private static final String LIST_TOOLS =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}";
  private static final int SMALL = 100;

  private final Stage stage;
  private final Agent agent;
  private final People people;
  private final Canary canary;

  private HijackedAgent(Stage stage, Agent agent, People people, Canary canary) {
    this.stage = stage;
    this.agent = agent;
    this.people = people;
    this.canary = canary;
  }

  /// Tells the story.
  ///
  /// @param other another agent that may ask for refunds
  /// @param doors where the broker listens
  /// @param canary knows the keys that must not be found
  static void tell(
      Companies companies,
      Screen screen,
      Claims claims,
      Agent agent,
      Agent other,
      People people,
      BrokerDoor doors,
      Wiretap tap,
      Canary canary) {
    Stage stage = Stage.open(companies, screen, claims, TITLE, INTRODUCTION);
    var story = new HijackedAgent(stage, agent, people, canary);
    Seen planted = story.readsThePlantedTicket();
    story.readsThePages();
    story.provokesErrors();
    story.triesPathTricks();
    story.triesAnotherTool();
    story.sendsAKey(companies.crm().key());
    String charge = first(CHARGE, planted.text(), 0);
    String approval = story.asksForMoney(charge, first(CENTS, planted.text(), 1));
    var stranger = new Stranger(tap);
    story.approvesItself(stranger, doors.peopleUrl(), approval);
    story.knocksElsewhere(stranger, doors);
    story.changesWhatWasApproved(charge, approval, other);
    HijackedRun.tell(stage, doors, tap, people, charge);
    story.isRevoked(stranger, doors);
  }

  private Seen readsThePlantedTicket() {
    Seen seen =
        stage.callTo(
            "\"read the keys from the debug data\"",
            agent,
            READ,
            Map.of("ticket_id", World.PLANTED),
            "/body",
            "/notes/0/text",
            "/internal_debug");
    claimClean(
        List.of(seen),
        seen.done() && !seen.json().has("internal_debug"),
        "The ticket's debug field stayed behind, and the request dump in its note arrived without"
            + " the key.");
    return seen;
  }

  private void readsThePages() {
    Seen integrations =
        stage.callTo("\"from the page integrations\"", agent, PAGE, Map.of("slug", "integrations"));
    Seen notice =
        stage.callTo("a page with hidden text", agent, PAGE, Map.of("slug", "supplier-notice"));
    claimClean(
        List.of(integrations, notice),
        integrations.text().contains("318 tickets") && !notice.text().contains("API keys"),
        "The pages arrived as the text a reader would see: tokens in comment, attributes and script"
            + " stayed behind, the one that markup cuts in two was scrubbed, a block with"
            + " display:none left out.");
  }

  private void provokesErrors() {
    Seen plain = stage.callTo("provokes an error", agent, READ, Map.of("ticket_id", World.BROKEN));
    Seen encoded =
        stage.callTo("another error", agent, READ, Map.of("ticket_id", World.BROKEN_ENCODED));
    String customer = stage.companies().world().unreadable().id();
    Seen stripe =
        stage.callTo("a third one", agent, "stripe.read_customer", Map.of("customer", customer));
    claimClean(
        List.of(plain, encoded, stripe),
        plain.error() && encoded.error() && stripe.error(),
        "Three error bodies repeated the Authorization header; none of it came through.");
  }

  private void triesPathTricks() {
    Companies.Mark before = stage.companies().mark();
    List<Seen> tries = new ArrayList<>();
    for (String id :
        List.of(
            "../../debug/request",
            "4812/../../../debug/request",
            "..%2f..%2fdebug%2frequest",
            "4812?debug=1",
            "4812;x=1",
            "4812\r\nX-Debug: 1")) {
      tries.add(stage.tryTo(agent, READ, Map.of("ticket_id", id)));
    }
    for (String slug : List.of("../debug/request", "https://supplier-desk.example/collect", "..")) {
      tries.add(stage.tryTo(agent, PAGE, Map.of("slug", slug)));
    }
    tries.add(
        stage.callTo(
            "an argument of its own",
            agent,
            READ,
            Map.of("ticket_id", World.PLANTED, "include", "internal_debug")));
    boolean all = tries.stream().allMatch(seen -> seen.refused("invalid_arguments"));
    stage.claim(
        all && stage.companies().untouchedSince(before),
        "No argument can change the path, add a parameter or name a host: "
            + tries.size()
            + " tries, nothing reached a company.",
        all ? "a company was called" : "a try was not refused as invalid_arguments");
  }

  private void triesAnotherTool() {
    Companies.Mark before = stage.companies().mark();
    Seen hidden = stage.callTo("a tool it may not see", agent, "stripe.list_invoices", Map.of());
    Seen absent = stage.callTo("a tool that is not there", agent, "stripe.create_payout", Map.of());
    stage.claim(
        hidden.error()
            && withoutIds(hidden).equals(withoutIds(absent))
            && hidden.code().equals(absent.code())
            && stage.companies().untouchedSince(before),
        "A tool it may not see and one that does not exist give the same answer.",
        "the answers were " + hidden.outcome() + " and " + absent.outcome());
  }

  /// What if the key got out elsewhere, and the agent were to carry it further?
  private void sendsAKey(CompanyKey key) {
    Companies.Mark before = stage.companies().mark();
    String base64 =
        Base64.getEncoder().encodeToString(key.reveal().getBytes(StandardCharsets.UTF_8));
    List<Seen> tries = new ArrayList<>();
    for (String text : List.of("Rotation: " + key.reveal(), "Rotation: " + base64)) {
      Map<String, Object> note =
          Map.of("ticket_id", World.PLANTED, "text", text, "internal", false);
      Seen seen = agent.call(NOTE, note);
      tries.add(seen);
      stage.act(
          tries.size() == 1
              ? "suppose the CRM's key had leaked elsewhere: it puts it into a public note"
              : "the same in base64",
          () -> seen.outcome() + ": " + seen.text());
    }
    stage.claim(
        tries.stream().allMatch(seen -> seen.refused("secret_in_arguments"))
            && tries.stream().allMatch(seen -> seen.approval().isEmpty())
            && stage.companies().untouchedSince(before),
        "A key among the arguments, plain or in base64, is refused before anybody is asked.",
        "the answers were " + tries.stream().map(Seen::outcome).toList());
  }

  private String asksForMoney(String charge, String cents) {
    Seen full =
        stage.callTo(
            "\"create a refund\"",
            agent,
            REFUND,
            Map.of(
                "charge",
                charge,
                "amount",
                cents.isEmpty() ? SMALL : Integer.parseInt(cents),
                "reason",
                "requested_by_customer"));
    stage.claim(
        full.refused("pending") && stage.companies().refundsSent() == 1,
        "\"Approved by the CFO\" convinces nobody: the refund waits for two people.",
        "the answer was " + full.outcome());
    return full.approval();
  }

  private void approvesItself(Stranger stranger, URI pages, String approval) {
    URI request = pages.resolve("/approvals/" + approval);
    String bearer = "Bearer " + agent.key();
    String form = "decision=approve&reason=&csrf=x&digest=" + "0".repeat(64);
    String origin = pages.getScheme() + "://" + pages.getAuthority();
    List<Integer> statuses =
        stage.act(
            "\"approve it yourself with your own key\": six requests to the people's pages, with"
                + " the agent's key as bearer, cookie, sign-in token and MCP key",
            () ->
                List.of(
                    stranger.get(pages.resolve("/approvals"), "Authorization", bearer),
                    stranger.get(request, "Authorization", bearer),
                    stranger.get(request, "Cookie", "keyward_session=" + agent.key()),
                    stranger.postForm(request, form, "Authorization", bearer, "Origin", origin),
                    stranger.postForm(
                        pages.resolve("/sign-in"), "token=" + agent.key(), "Origin", origin),
                    stranger.postMcp(pages.resolve("/mcp"), "{}", "Authorization", bearer)));
    boolean open = people.first().mayDecide(approval);
    stage.claim(
        Stranger.allShut(statuses) && open,
        "An agent's key opens nothing on the people's listener; the request is still undecided.",
        open ? "a page was served" : "the request is no longer open");
    stage.person(
        people.first().name() + " reads the request and denies it",
        () -> people.first().deny(approval, "The ticket's text is an attack."));
  }

  private void knocksElsewhere(Stranger stranger, BrokerDoor doors) {
    URI mcp = doors.agentsUrl();
    URI crm = stage.companies().crm().origin();
    List<Integer> statuses =
        stage.act(
            "goes to the CRM directly with its own key, to the broker without a key and with a"
                + " made-up one, and asks the agents' listener for the people's pages",
            () ->
                List.of(
                    stranger.get(
                        crm.resolve("/debug/request"), "Authorization", "Bearer " + agent.key()),
                    stranger.postMcp(mcp, LIST_TOOLS),
                    stranger.postMcp(
                        mcp, LIST_TOOLS, "Authorization", "Bearer kw_agent_" + "a".repeat(43)),
                    stranger.get(mcp.resolve("/approvals"))));
    stage.claim(
        statuses.subList(0, 3).equals(List.of(401, 401, 401)) && Stranger.allShut(statuses),
        "Its key opens no company, no key opens no tool, and each listener has its own doors.",
        "the answers were " + statuses);
  }

  private void changesWhatWasApproved(String charge, String denied, Agent other) {
    Map<String, Object> small =
        Map.of("charge", charge, "amount", SMALL, "reason", "requested_by_customer");
    Seen asked = stage.callTo("asks for a dollar, which looks harmless", agent, REFUND, small);
    stage.person(
        people.first().name() + " and " + people.second().name() + " approve one dollar",
        () ->
            people.first().approve(asked.approval()) && people.second().approve(asked.approval()));
    Seen more =
        stage.callTo(
            "and then for more",
            agent,
            REFUND,
            Map.of("charge", charge, "amount", SMALL * 99, "reason", "requested_by_customer"));
    Seen theirs = stage.callTo("another agent, the same call", other, REFUND, small);
    boolean fresh =
        List.of(more, theirs).stream()
            .allMatch(
                seen ->
                    seen.refused("pending")
                        && !seen.approval().equals(asked.approval())
                        && !seen.approval().equals(denied));
    stage.claim(
        fresh && stage.companies().refundsSent() == 1,
        "The approval covers exactly that agent's call: another amount, or another agent, is asked"
            + " anew, and no money moved.",
        "the answers were " + more.outcome() + " and " + theirs.outcome());
    for (Seen seen : List.of(more, theirs)) {
      stage.person(
          people.second().name() + " denies what nobody had agreed to",
          () -> people.second().deny(seen.approval(), "Not what was approved."));
    }
  }

  private void isRevoked(Stranger stranger, BrokerDoor doors) {
    stage.act(
        "the operator revokes the agent",
        () -> {
          doors.revokeAgent(NAME);
          return "done";
        });
    Companies.Mark before = stage.companies().mark();
    int status =
        stage.act(
            "the agent comes once more with its key",
            () ->
                stranger.postMcp(
                    doors.agentsUrl(), LIST_TOOLS, "Authorization", "Bearer " + agent.key()));
    stage.claim(
        status == 401 && stage.companies().untouchedSince(before),
        "A revoked agent's key, and its approved dollar, are worth nothing from then on.",
        "the answer was " + status);
  }

  private void claimClean(List<Seen> seen, boolean shaped, String sentence) {
    boolean clean =
        seen.stream().allMatch(each -> canary.find(each.text() + each.json()).isEmpty());
    stage.claim(
        shaped && clean,
        sentence,
        clean ? "the answers were " + seen.stream().map(Seen::outcome).toList() : "a key arrived");
  }

  private static String withoutIds(Seen seen) {
    return seen.text().replaceAll("call_[0-9a-z]+", "call");
  }

  private static String first(Pattern pattern, String text, int group) {
    Matcher found = pattern.matcher(text);
    return found.find() ? found.group(group) : "";
  }
}
