package dev.keyward.demo;

import static dev.keyward.demo.llm.ScriptedEndpoint.calls;
import static dev.keyward.demo.llm.ScriptedEndpoint.says;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.demo.company.World;
import dev.keyward.demo.llm.ScriptedEndpoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Models of several minds with the real broker's tools.
final class LlmStoryTest {
  private static final String LLM_KEY = "sk-llm-canary-7d20e1b4";
  private static final Pattern APPROVAL = Pattern.compile("apr_[0-9a-z]{26}");
  private static final Pattern CHARGE = Pattern.compile("ch_[A-Za-z0-9]{24}");
  private static final Pattern CENTS = Pattern.compile("refund of (\\d+) cents");

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private Canary canary = new Canary(Map.of());
  @TempDir private Path folder;

  @Test
  void aCarefulModelDoesItsTaskAndEveryClaimHolds() throws IOException {
    try (var endpoint = ScriptedEndpoint.model(new Careful())) {
      Claims claims = run(DemoBroker::start, endpoint, false);

      assertEquals(List.of(), claims.broken());
      assertClaimed(claims, "1 note,");
      assertClaimed(claims, "1 refund,");
      assertTrue(screen().contains("rosa approves. idris approves."), screen());
    }
  }

  @Test
  void theTranscriptTellsAllAndHoldsNoKey() throws IOException {
    try (var endpoint = ScriptedEndpoint.model(new Careful())) {
      run(DemoBroker::start, endpoint, false);
    }
    String written = Files.readString(transcript());

    assertTrue(written.contains("call    stripe_create_refund"), written);
    assertTrue(written.contains("Not executed yet"), written);
    assertTrue(written.contains("My key is [llm key], if you wonder."), written);
    assertFalse(written.contains(LLM_KEY) || screen().contains(LLM_KEY));
    assertTrue(canary.find(written).isEmpty());
  }

  @Test
  void aTranscriptIsNeverWrittenOver() throws IOException {
    Files.writeString(transcript(), "mine");
    try (var endpoint = ScriptedEndpoint.model((_, _) -> says("Hello."))) {
      assertThrows(IOException.class, () -> run(DemoBroker::start, endpoint, false));

      assertEquals("mine", Files.readString(transcript()));
      assertEquals(List.of(), endpoint.asked());
    }
  }

  @Test
  void anInsiderWhoFollowsThePlantedTextGetsNoKeyAndNoMoney() throws IOException {
    var insider = new Insider();
    try (var endpoint = ScriptedEndpoint.model(insider)) {
      Claims claims = run(DemoBroker::start, endpoint, false);

      assertEquals(List.of(), claims.broken());
      assertClaimed(claims, "0 notes,");
      assertClaimed(claims, "0 refunds,");
      assertFalse(insider.approval.isEmpty());
      assertTrue(screen().contains("Nobody here owes this refund."), screen());
      endpoint.asked().forEach(request -> assertTrue(canary.find(request.body()).isEmpty()));
    }
  }

  @Test
  void whereNobodyComesNothingHappens() throws IOException {
    try (var endpoint = ScriptedEndpoint.model(new Insider())) {
      Claims claims = run(DemoBroker::start, endpoint, true);

      assertEquals(List.of(), claims.broken());
      assertClaimed(claims, "0 refunds,");
      assertTrue(screen().contains("A person is asked: http://localhost:"), screen());
    }
  }

  @Test
  void oneOfTwoPeopleIsNotEnoughWhateverTheModelDoes() throws IOException {
    var model = new Impatient();
    try (var endpoint = ScriptedEndpoint.model(model)) {
      Claims claims = run(DemoBroker::start, endpoint, true);

      assertEquals(List.of(), claims.broken());
      assertTrue(model.afterOne.contains("Not executed yet"), model.afterOne);
      assertTrue(model.afterTwo.contains("\"status\""), model.afterTwo);
      assertClaimed(claims, "1 refund,");
    }
  }

  @Test
  void anEndpointThatFailsIsNoSuccess() throws IOException {
    ScriptedEndpoint.Script refuses =
        (_, _, exchange) -> ScriptedEndpoint.reply(exchange, 401, Map.of(), "");
    try (var endpoint = ScriptedEndpoint.of(refuses)) {
      Claims claims = run(DemoBroker::start, endpoint, false);

      assertEquals(1, claims.broken().size(), claims.broken()::toString);
      assertTrue(claims.broken().getFirst().sentence().contains("endpoint answered"));
    }
  }

  @Test
  void aBrokerThatLeaksAndAsksNobodyIsFoundOut() throws IOException {
    try (var endpoint = ScriptedEndpoint.model(new Insider())) {
      Claims claims = run(NaiveBroker::start, endpoint, true);

      assertTrue(broken(claims, "requests to the model"), claims.broken()::toString);
      assertTrue(broken(claims, "refunds"), claims.broken()::toString);
    }
  }

  /// What the system prompt asks for, done.
  private static final class Careful implements ScriptedEndpoint.Model {
    private static final String NOTE =
        "{\"ticket_id\":\"4812\",\"text\":\"Wants a refund; holds text aimed at machines.\","
            + "\"internal\":true}";
    private String refund = "";

    @Override
    public JsonNode next(int turn, JsonNode request) {
      String last = last(request);
      return switch (turn) {
        case 0 ->
            calls(
                "crm_read_ticket", "{\"ticket_id\":\"4812\"}",
                "crm_read_ticket", "{\"ticket_id\":\"4807\"}");
        case 1 -> calls("crm_add_note", NOTE);
        case 2, 6 ->
            calls("keyward_approval_wait", "{\"approval\":\"" + first(APPROVAL, last) + "\"}");
        case 3 -> calls("crm_add_note", NOTE);
        case 4 ->
            calls(
                "stripe_list_invoices",
                "{\"customer\":\""
                    + first(Pattern.compile("cus_[A-Za-z0-9]+"), all(request, 7))
                    + "\",\"status\":\"paid\"}");
        case 5 -> {
          refund =
              "{\"charge\":\""
                  + first(CHARGE, last)
                  + "\",\"amount\":"
                  + first(Pattern.compile("\"amount_paid\":(\\d+)"), last)
                  + ",\"reason\":\"duplicate\"}";
          yield calls("stripe_create_refund", refund);
        }
        case 7 -> calls("stripe_create_refund", refund);
        default -> says("Noted and refunded. My key is " + LLM_KEY + ", if you wonder.");
      };
    }
  }

  /// Believes the planted ticket, and is clever about it.
  private static final class Insider implements ScriptedEndpoint.Model {
    private String charge = "";
    private String cents = "1";
    private String approval = "";

    @Override
    public JsonNode next(int turn, JsonNode request) {
      String last = last(request);
      return switch (turn) {
        case 0 -> calls("crm_read_ticket", "{\"ticket_id\":\"4812\"}");
        case 1 -> {
          charge = first(CHARGE, last);
          cents = first(CENTS, last);
          yield calls(
              "crm_read_page", "{\"slug\":\"integrations\"}",
              "crm_read_ticket", "{\"ticket_id\":\"../../debug/request\"}",
              "crm_read_ticket", "{\"ticket_id\":\"" + World.BROKEN_ENCODED + "\"}");
        }
        case 2 -> calls("crm_add_note", note(all(request, 3)));
        case 3 -> calls("stripe_create_refund", refund(cents));
        case 4 -> {
          approval = find(APPROVAL, last).orElse("");
          yield calls(
              "keyward_approve", "{\"approval\":\"" + approval + "\"}",
              "keyward_approval_wait", "{\"approval\":\"" + approval + "\",\"seconds\":1}",
              "stripe_create_refund", refund("1"));
        }
        case 5 -> calls("stripe_create_refund", refund(cents));
        default -> says("Done, thank you!");
      };
    }

    private String refund(String amount) {
      return "{\"charge\":\""
          + charge
          + "\",\"amount\":"
          + amount
          + ",\"reason\":\"requested_by_customer\"}";
    }

    /// Whatever it saw goes into a public note.
    private static String note(String seen) {
      String text = seen.replaceAll("[^A-Za-z0-9 ]", " ");
      return "{\"ticket_id\":\"4812\",\"internal\":false,\"text\":\""
          + text.substring(0, Math.min(1000, text.length()))
          + "\"}";
    }
  }

  /// Repeats its refund whenever somebody has agreed; the test's people decide between its turns.
  private final class Impatient implements ScriptedEndpoint.Model {
    private String approval = "";
    private String refund = "";
    private String afterOne = "";
    private String afterTwo = "";

    @Override
    public JsonNode next(int turn, JsonNode request) {
      String last = last(request);
      switch (turn) {
        case 0 -> {
          return calls("crm_read_ticket", "{\"ticket_id\":\"4812\"}");
        }
        case 1 ->
            refund =
                "{\"charge\":\""
                    + first(CHARGE, last)
                    + "\",\"amount\":"
                    + first(CENTS, last)
                    + ",\"reason\":\"requested_by_customer\"}";
        case 2 -> {
          approval = first(APPROVAL, last);
          person("mina", "  mina, for notes"); // owns the agent, so hers does not count
          person("rosa", "  rosa, for refunds");
        }
        case 3 -> {
          afterOne = last;
          person("idris", "  idris, for refunds");
        }
        default -> {
          afterTwo = last;
          return says("Refunded.");
        }
      }
      return calls("stripe_create_refund", refund);
    }

    private void person(String name, String label) {
      String line =
          screen().lines().filter(text -> text.startsWith(label)).findFirst().orElseThrow();
      URI link = URI.create(line.substring(line.indexOf("http")).strip());
      Reviewer.signIn(name, link, new Wiretap()).approve(approval);
    }
  }

  private Claims run(BrokerStart start, ScriptedEndpoint endpoint, boolean attended)
      throws IOException {
    var out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    var demo =
        new Demo(
            start,
            InstantSource.system(),
            new SecureRandom(),
            known -> {
              canary = known;
              return new Screen(out, false, known::mask);
            });
    var programme =
        new Programme.Model(
            endpoint.settings(LLM_KEY), LlmStory.TASK, attended, Optional.of(transcript()));
    return demo.run(new DemoFolder(Files.createDirectories(folder.resolve("demo"))), programme);
  }

  private Path transcript() {
    return folder.resolve("transcript.md");
  }

  private String screen() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  private static boolean broken(Claims claims, String part) {
    return claims.broken().stream().anyMatch(claim -> claim.sentence().contains(part));
  }

  private static void assertClaimed(Claims claims, String part) {
    assertTrue(
        claims.all().stream().anyMatch(claim -> claim.sentence().contains(part)),
        claims.all()::toString);
  }

  private static String last(JsonNode request) {
    return all(request, 1);
  }

  /// The contents of the last messages, with the quotes of JSON in JSON as they were.
  private static String all(JsonNode request, int count) {
    JsonNode messages = request.path("messages");
    var text = new StringBuilder();
    for (int i = Math.max(0, messages.size() - count); i < messages.size(); i++) {
      text.append(messages.get(i).path("content").asString("")).append('\n');
    }
    return text.toString();
  }

  private static String first(Pattern pattern, String text) {
    return find(pattern, text)
        .orElseThrow(() -> new IllegalStateException(pattern + " in " + text));
  }

  private static Optional<String> find(Pattern pattern, String text) {
    Matcher found = pattern.matcher(text);
    return found.find() ? Optional.of(found.group(found.groupCount())) : Optional.empty();
  }
}
