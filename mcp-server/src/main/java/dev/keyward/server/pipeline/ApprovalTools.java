package dev.keyward.server.pipeline;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.ApprovalState;
import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.Decision;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Caller;
import dev.keyward.call.Cancellation;
import dev.keyward.call.Refusal;
import dev.keyward.server.limits.InFlight;
import dev.keyward.server.policy.Gate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The broker's own tools, with which an agent follows its requests to people: `approval_wait`
/// waits for them, `approval_status` looks, `approval_cancel` takes one back. None runs anything.
///
/// They tell an agent about its own requests in its own run only; any other is unknown to it.
final class ApprovalTools {
  private static final String PREFIX = "keyward.";
  private static final String SAFE_PREFIX = "keyward_";
  private static final int DEFAULT_SECONDS = 15;
  private static final int MOST_SECONDS = 45;
  private static final int WAITS_PER_AGENT = 64; // an agent has few requests open at once

  private final Approvals approvals;
  private final Answers answers;
  private final InFlight waits = new InFlight("calls waiting for people at once");

  /// What can be done about a request.
  private enum Kind {
    WAIT(
        "approval_wait",
        "Wait for an approval",
        "Waits until people have decided on a call that was answered as pending. Runs nothing:"
            + " once they have agreed, repeat the pending call with exactly the same arguments."),
    STATUS(
        "approval_status",
        "Look at an approval",
        "Says at once how the approval of a pending call stands. Runs nothing."),
    CANCEL(
        "approval_cancel",
        "Take an approval back",
        "Takes back the question to people about a pending call that is not wanted any more; nobody"
            + " can agree to it then. What has run already is not undone.");

    private final String name;
    private final String title;
    private final String description;

    Kind(String name, String title, String description) {
      this.name = name;
      this.title = title;
      this.description = description;
    }

    private static Optional<Kind> named(String toolName) {
      return Arrays.stream(values())
          .filter(
              kind ->
                  toolName.equals(PREFIX + kind.name) || toolName.equals(SAFE_PREFIX + kind.name))
          .findFirst();
    }
  }

  ApprovalTools(Approvals approvals, Answers answers) {
    this.approvals = approvals;
    this.answers = answers;
  }

  /// {@return whether that is one of these tools, in either form of its name}
  static boolean named(String toolName) {
    return Kind.named(toolName).isPresent();
  }

  /// {@return whether a call of one of them brings words for people}
  static boolean says(IncomingCall incoming) {
    return incoming.arguments().has("reason");
  }

  /// {@return `text` with these tools' names in the form in which the agent named `toolName`}
  static String namedAs(String toolName, String text) {
    return toolName.contains(".")
        ? text
        : text.replace(PREFIX + "approval_", SAFE_PREFIX + "approval_")
            .replace(AccessRequest.NAME, AccessRequest.SAFE_NAME);
  }

  /// {@return the tools as MCP lists them}
  static List<ObjectNode> listed(boolean safeNames) {
    return Arrays.stream(Kind.values()).map(kind -> listed(kind, safeNames)).toList();
  }

  private static ObjectNode listed(Kind kind, boolean safeName) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    ObjectNode properties = json.objectNode();
    properties
        .putObject("approval")
        .put("type", "string")
        .put("description", "The approval that a pending answer named, apr_…");
    if (kind == Kind.WAIT) {
      properties
          .putObject("seconds")
          .put("type", "integer")
          .put("minimum", 0)
          .put("maximum", MOST_SECONDS)
          .put("default", DEFAULT_SECONDS)
          .put("description", "How long to wait at most");
      properties
          .putObject("reason")
          .put("type", "string")
          .put("maxLength", Decision.MAX_REASON)
          .put(
              "description",
              "Why you want the call, in a sentence for the people who decide. Only the first one"
                  + " is kept");
    }
    ObjectNode schema = json.objectNode().put("type", "object");
    schema.set("properties", properties);
    schema.set("required", json.arrayNode().add("approval"));
    schema.put("additionalProperties", false);
    ObjectNode tool = json.objectNode().put("name", (safeName ? SAFE_PREFIX : PREFIX) + kind.name);
    tool.put("title", kind.title);
    tool.put("description", kind.description);
    tool.set("inputSchema", schema);
    ObjectNode hints = tool.putObject("annotations").put("readOnlyHint", kind != Kind.CANCEL);
    if (kind == Kind.CANCEL) {
      hints.put("destructiveHint", false);
    }
    hints.put("idempotentHint", true).put("openWorldHint", false);
    return tool;
  }

  Answer answer(IncomingCall incoming, Caller caller) {
    Kind kind = Kind.named(incoming.toolName()).orElseThrow();
    JsonNode arguments = incoming.arguments();
    List<String> fields =
        kind == Kind.WAIT ? List.of("approval", "seconds", "reason") : List.of("approval");
    for (String field : arguments.propertyNames()) {
      if (!fields.contains(field)) {
        throw invalid("/", "may hold " + String.join(", ", fields) + " only");
      }
    }
    ApprovalId approval = approval(arguments.path("approval"));
    return answers.told(
        incoming,
        switch (kind) {
          case WAIT -> {
            Duration atMost = seconds(arguments.path("seconds"));
            AgentReason.of(arguments.path("reason"), "/reason")
                .ifPresent(why -> explain(approval, caller, why));
            yield waited(incoming, caller, approval, atMost);
          }
          case STATUS -> wait(approval, caller, Duration.ZERO, incoming.cancellation());
          case CANCEL -> cancel(approval, caller);
        });
  }

  private void explain(ApprovalId approval, Caller caller, String why) {
    if (!approvals.explain(approval, caller.agent(), caller.run(), why)) {
      throw unknown();
    }
  }

  private Told waited(IncomingCall incoming, Caller caller, ApprovalId approval, Duration atMost) {
    try (var _ = waits.enter(caller.lead().value(), WAITS_PER_AGENT)) {
      return wait(approval, caller, atMost, incoming.cancellation());
    }
  }

  private Told cancel(ApprovalId approval, Caller caller) {
    ApprovalRequest request =
        approvals
            .cancel(approval, caller.agent(), caller.run())
            .orElseThrow(ApprovalTools::unknown);
    return request.state() == ApprovalState.CANCELLED
        ? new Told(approval, "cancelled", "Approval " + approval + " is taken back.", false)
        : told(request);
  }

  private Told wait(
      ApprovalId approval, Caller caller, Duration atMost, Cancellation cancellation) {
    try {
      Optional<ApprovalRequest> request =
          approvals.await(approval, caller.agent(), caller.run(), atMost, cancellation);
      cancellation.check();
      return request.map(ApprovalTools::told).orElseThrow(ApprovalTools::unknown);
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

  private static CallRefused unknown() {
    return invalid("/approval", "names no approval of this run");
  }

  private static CallRefused invalid(String field, String rule) {
    return new CallRefused(new Refusal.InvalidArguments(field, rule));
  }
}
