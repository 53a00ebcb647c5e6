package dev.keyward.server.control;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.ApprovalState;
import dev.keyward.approvals.Decision;
import dev.keyward.approvals.Edit;
import dev.keyward.approvals.GlassReview;
import dev.keyward.approvals.Habit;
import dev.keyward.approvals.Preview;
import dev.keyward.approvals.Subject;
import dev.keyward.call.ApprovalId;
import dev.keyward.redaction.Redactor;
import dev.keyward.server.policy.Suggestion;
import dev.keyward.server.policy.Suggestions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `approvals.list`, `approvals.show`, `approvals.stats`, `approvals.suggest` and
/// `approvals.reviews`. Deciding needs a signed-in person, so it is not here.
final class ApprovalCommands {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int DEFAULT_LIMIT = 50;
  private static final int MOST = 10_000;
  private static final int DEFAULT_DAYS = 30;
  private static final int MOST_DAYS = 3_660;
  private static final int DEFAULT_LEAST = 10;
  private static final int FEWEST = 3;
  private static final String WARNING =
      "the last " + Habit.STREAK + " approved within " + Habit.UNREAD.toSeconds() + " s each";

  private final OperatorCommands.Parts parts;

  ApprovalCommands(OperatorCommands.Parts parts) {
    this.parts = parts;
  }

  void offer(Map<String, OperatorCommands.Command> commands) {
    commands.put("approvals.list", this::list);
    commands.put("approvals.show", this::show);
    commands.put("approvals.stats", this::stats);
    commands.put("approvals.suggest", this::suggest);
    commands.put("approvals.reviews", this::reviews);
  }

  private JsonNode stats(Fields fields) {
    int days = fields.number("days", DEFAULT_DAYS, 1, MOST_DAYS);
    ArrayNode list = JSON.arrayNode();
    for (Habit habit :
        parts.approvals().habits(parts.clock().instant().minus(Duration.ofDays(days)))) {
      list.addObject()
          .put("person", habit.person().value())
          .put("decisions", habit.decisions())
          .put("approved_percent", habit.share())
          .put("median_s", habit.median().toSeconds())
          .put("within_2_s", habit.hasty())
          .put("warning", habit.rubberStamp() ? WARNING : "");
    }
    return list;
  }

  private JsonNode suggest(Fields fields) {
    int days = fields.number("days", DEFAULT_DAYS, 1, MOST_DAYS);
    int least = fields.number("least", DEFAULT_LEAST, FEWEST, MOST);
    parts.policyFile().look();
    var suggestions =
        new Suggestions(
            parts.policy(), parts.catalog().current(), this::isClean, new SecureRandom());
    Instant since = parts.clock().instant().minus(Duration.ofDays(days));
    ArrayNode list = JSON.arrayNode();
    for (Suggestion each : suggestions.of(parts.approvals().answered(since), least)) {
      ObjectNode row = list.addObject().put("rule", each.rule()).put("approved", each.approved());
      ArrayNode people = row.putArray("people");
      each.people().forEach(person -> people.add(person.value()));
      row.put("first", each.first().toString()).put("last", each.last().toString());
      ArrayNode open = row.putArray("open");
      each.open().forEach(open::add);
      row.put("yaml", each.yaml());
    }
    return list;
  }

  private boolean isClean(JsonNode value) {
    try {
      return parts.redactor().scrub(value).json().equals(value);
    } catch (Redactor.Uncertain e) {
      return false;
    }
  }

  private JsonNode reviews(Fields fields) {
    int limit = fields.number("limit", DEFAULT_LIMIT, 1, MOST);
    ArrayNode list = JSON.arrayNode();
    for (GlassReview review : parts.approvals().glassReviews().list(limit)) {
      ObjectNode row =
          list.addObject()
              .put("approval", review.request().id().value())
              .put("review", review.closing().isEmpty() ? "open" : "closed")
              .put("tool", review.request().subject().tool().value())
              .put("broken_by", review.broke().person().value())
              .put("ticket", review.broke().ticket().orElse(""))
              .put("reason", review.broke().reason())
              .put("at", review.opened().toString());
      review
          .closing()
          .ifPresent(
              closing ->
                  row.put("closed_by", closing.by().value())
                      .put("justified", closing.justified())
                      .put("note", closing.note()));
    }
    return list;
  }

  private JsonNode list(Fields fields) {
    int limit = fields.number("limit", DEFAULT_LIMIT, 1, MOST);
    ArrayNode list = JSON.arrayNode();
    parts.approvals().list(states(fields), limit).forEach(request -> list.add(row(request)));
    return list;
  }

  private JsonNode show(Fields fields) {
    ApprovalRequest request =
        parts
            .approvals()
            .find(fields.parsed("approval", ApprovalId::new))
            .orElseThrow(() -> new OperatorError("there is no approval of that name"));
    ObjectNode row = row(request);
    row.put("rule", request.rule());
    row.put("digest", request.running().value());
    request.call().ifPresent(call -> row.put("call", call.value()));
    row.set("arguments", JsonMapper.shared().readTree(request.shown().argumentsJson()));
    parts.approvals().reason(request.id()).ifPresent(reason -> row.put("agent_says", reason));
    parts
        .approvals()
        .previews()
        .of(request)
        .ifPresent(preview -> row.put("before", notHere(request, preview)));
    request.edit().ifPresent(edit -> edited(request, edit, row.putObject("edited")));
    ArrayNode decisions = row.putArray("decisions");
    request.decisions().forEach(decision -> decisions.add(decision(decision)));
    return row;
  }

  /// What was read for people leaves by the page only: any program of the broker's own user reaches
  /// this command, and no agent is to have it.
  private String notHere(ApprovalRequest request, Preview preview) {
    String read =
        switch (preview) {
          case Preview.Read(var tool, var at, var _, var _) -> tool + " read it at " + at;
          case Preview.Unread(var tool, var _, var code) ->
              tool + " would tell, and has not (" + code + ")";
        };
    String page = parts.peopleUrl().get().resolve("/approvals/" + request.id()).toString();
    return read + "; only people who are signed in and may see the request are shown it: " + page;
  }

  private static void edited(ApprovalRequest request, Edit edit, ObjectNode out) {
    out.put("person", edit.by().value()).put("at", edit.at().toString());
    String asked = request.subject().shown().argumentsJson();
    out.set("asked", JsonMapper.shared().readTree(asked));
  }

  private static ObjectNode row(ApprovalRequest request) {
    Subject subject = request.subject();
    ObjectNode row =
        JSON.objectNode()
            .put("approval", request.id().value())
            .put("state", word(request.state()))
            .put("kind", request.kind().wire())
            .put("tool", subject.tool().value())
            .put("agent", subject.caller().agent().value())
            .put("owner", subject.caller().owner().value())
            .put("run", subject.caller().run().value());
    row.put("summary", request.shown().summary());
    return row.put("asked", request.asked().toString())
        .put("expires", request.expires().toString());
  }

  private static ObjectNode decision(Decision decision) {
    return JSON.objectNode()
        .put("person", decision.person().value())
        .put("verdict", word(decision.verdict()))
        .put("reason", decision.reason())
        .put("at", decision.at().toString())
        .put("independence", word(decision.independence()))
        .put("role", word(decision.role()))
        .put("step_up", word(decision.stepUp()));
  }

  private static Set<ApprovalState> states(Fields fields) {
    return fields
        .optional("state", ApprovalCommands::state)
        .<Set<ApprovalState>>map(EnumSet::of)
        .orElseGet(() -> EnumSet.allOf(ApprovalState.class));
  }

  private static ApprovalState state(String word) {
    return Arrays.stream(ApprovalState.values())
        .filter(state -> word(state).equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new OperatorError(
                    "state must be one of "
                        + Arrays.stream(ApprovalState.values())
                            .map(ApprovalCommands::word)
                            .collect(Collectors.joining(", "))));
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
