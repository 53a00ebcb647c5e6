package dev.keyward.server.pipeline;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Approvals;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Caller;
import dev.keyward.call.Cancellation;
import dev.keyward.call.Refusal;
import dev.keyward.server.limits.InFlight;
import dev.keyward.server.policy.Gate;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The broker's own tool `keyward.approval_wait`: waits for people, and runs nothing.
///
/// It tells an agent about its own requests in its own run only; any other is unknown to it.
final class ApprovalWait {
  static final String NAME = "keyward.approval_wait";
  private static final String SAFE_NAME = "keyward_approval_wait";
  private static final int DEFAULT_SECONDS = 15;
  private static final int MOST_SECONDS = 45;
  private static final int WAITS_PER_AGENT = 64; // an agent has few requests open at once
  private static final Set<String> FIELDS = Set.of("approval", "seconds");

  private final Approvals approvals;
  private final Answers answers;
  private final InFlight waits = new InFlight("calls waiting for people at once");

  ApprovalWait(Approvals approvals, Answers answers) {
    this.approvals = approvals;
    this.answers = answers;
  }

  static boolean named(String toolName) {
    return toolName.equals(NAME) || toolName.equals(SAFE_NAME);
  }

  /// {@return `text` with this tool's name in the form in which the agent named `toolName`}
  static String namedAs(String toolName, String text) {
    return toolName.contains(".")
        ? text
        : text.replace(NAME, SAFE_NAME).replace(AccessRequest.NAME, AccessRequest.SAFE_NAME);
  }

  /// {@return the tool as MCP lists it}
  static ObjectNode listed(boolean safeName) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    ObjectNode approval =
        json.objectNode()
            .put("type", "string")
            .put("description", "The approval that a pending answer named, apr_…");
    ObjectNode seconds =
        json.objectNode()
            .put("type", "integer")
            .put("minimum", 0)
            .put("maximum", MOST_SECONDS)
            .put("default", DEFAULT_SECONDS)
            .put("description", "How long to wait at most");
    ObjectNode schema = json.objectNode().put("type", "object");
    schema.set("properties", json.objectNode().set("approval", approval).set("seconds", seconds));
    schema.set("required", json.arrayNode().add("approval"));
    schema.put("additionalProperties", false);
    ObjectNode tool = json.objectNode().put("name", safeName ? SAFE_NAME : NAME);
    tool.put("title", "Wait for an approval");
    tool.put(
        "description",
        "Waits until people have decided on a call that was answered as pending. Runs nothing:"
            + " once they have agreed, repeat the pending call with exactly the same arguments.");
    tool.set("inputSchema", schema);
    tool.set(
        "annotations",
        json.objectNode()
            .put("readOnlyHint", true)
            .put("idempotentHint", true)
            .put("openWorldHint", false));
    return tool;
  }

  Answer answer(IncomingCall incoming, Caller caller) {
    JsonNode arguments = incoming.arguments();
    for (String field : arguments.propertyNames()) {
      if (!FIELDS.contains(field)) {
        throw invalid("/", "may hold approval and seconds only");
      }
    }
    ApprovalId approval = approval(arguments.path("approval"));
    Duration atMost = seconds(arguments.path("seconds"));
    try (var _ = waits.enter(caller.agent().value(), WAITS_PER_AGENT)) {
      return answers.told(incoming, wait(approval, caller, atMost, incoming.cancellation()));
    }
  }

  private Told wait(
      ApprovalId approval, Caller caller, Duration atMost, Cancellation cancellation) {
    try {
      Optional<ApprovalRequest> request =
          approvals.await(approval, caller.agent(), caller.run(), atMost, cancellation);
      cancellation.check();
      return request
          .map(ApprovalWait::told)
          .orElseThrow(() -> invalid("/approval", "names no approval of this run"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CallRefused(new Refusal.Cancelled(), e);
    }
  }

  /// What the agent is told: a word for machines, and a sentence with what to do next.
  ///
  /// @param error whether the pending call will not run with this approval
  record Told(ApprovalId approval, String code, String sentence, boolean error) {}

  private static Told told(ApprovalRequest request) {
    ApprovalId id = request.id();
    return switch (request.state()) {
      case PENDING, PARTIAL ->
          new Told(
              id,
              "pending",
              "Approval " + id + " is still waiting for people. Call keyward.approval_wait again.",
              false);
      case APPROVED ->
          new Told(
              id,
              "approved",
              "Approval " + id + " is given. Repeat the exact call now; it can run once.",
              false);
      case CONSUMED, DONE ->
          new Told(id, "used", "Approval " + id + " has been used; the call has run.", false);
      case UNKNOWN -> refused(id, new Refusal.OutcomeUnknown());
      case DENIED -> refused(id, new Refusal.NotApproved(id, Gate.reason(request)));
      case EXPIRED -> refused(id, new Refusal.ApprovalExpired(id));
      case INVALIDATED -> refused(id, new Refusal.ApprovalInvalidated(id));
      case CANCELLED -> refused(id, new Refusal.Cancelled());
    };
  }

  private static Told refused(ApprovalId approval, Refusal refusal) {
    return new Told(approval, refusal.code(), refusal.message(), true);
  }

  private static ApprovalId approval(JsonNode given) {
    try {
      return new ApprovalId(given.asString(""));
    } catch (IllegalArgumentException e) {
      throw invalid("/approval", String.valueOf(e.getMessage()));
    }
  }

  private static Duration seconds(JsonNode given) {
    if (given.isMissingNode()) {
      return Duration.ofSeconds(DEFAULT_SECONDS);
    }
    boolean fits =
        given.isIntegralNumber()
            && given.canConvertToInt()
            && given.intValue() >= 0
            && given.intValue() <= MOST_SECONDS;
    if (!fits) {
      throw invalid("/seconds", "must be a whole number from 0 to " + MOST_SECONDS);
    }
    return Duration.ofSeconds(given.intValue());
  }

  private static CallRefused invalid(String field, String rule) {
    return new CallRefused(new Refusal.InvalidArguments(field, rule));
  }
}
