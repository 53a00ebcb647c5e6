package dev.keyward.server.pipeline;

import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.Ask;
import dev.keyward.approvals.CallEnd;
import dev.keyward.approvals.Redemption;
import dev.keyward.approvals.Standing;
import dev.keyward.approvals.Subject;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Caller;
import dev.keyward.call.Refusal;
import dev.keyward.call.Tier;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCatalog;
import dev.keyward.server.identity.AgentSession;
import dev.keyward.server.policy.Gate;
import dev.keyward.server.policy.MoreAccess;
import dev.keyward.server.policy.Verdict;
import dev.keyward.server.run.AccessWanted;
import dev.keyward.server.run.RunChange;
import dev.keyward.server.run.RunWidening;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.util.Comparator;
import java.util.function.Supplier;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The broker's own tool `keyward.request_access`: asks people for more than a run was opened with.
///
/// What they give holds for this run, for the time asked for, and never beyond what the agent and
/// the runs around this one may do. It is asked for and used like the approval of a call: an exact
/// repetition, once people have agreed, takes it up. Rules may deny it, say who has to agree, or
/// give it without asking anybody.
final class AccessRequest {
  static final String NAME = MoreAccess.TOOL.value();
  static final String SAFE_NAME = "keyward_request_access";
  private static final String CHANGED = "changed while the request was on its way";

  private final Database database;
  private final Approvals approvals;
  private final RunWidening widening;
  private final Supplier<ToolCatalog> catalog;
  private final Gate gate;
  private final Answers answers;

  AccessRequest(ToolCallPipeline.Parts parts, Answers answers) {
    this.database = parts.database();
    this.approvals = parts.approvals();
    this.widening = parts.widening();
    this.catalog = parts.catalog();
    this.gate = parts.gate();
    this.answers = answers;
  }

  static boolean named(String toolName) {
    return toolName.equals(NAME) || toolName.equals(SAFE_NAME);
  }

  /// {@return what came of asking}
  ///
  /// @throws CallRefused with [Refusal.Pending] until people have agreed, or with why not
  Answer answer(IncomingCall incoming, AgentSession session, Caller caller) {
    Arguments arguments = Arguments.of(incoming.arguments());
    AccessWanted wanted = wanted(session, arguments);
    Tier tier = highest(session, wanted);
    var more = new MoreAccess(caller, tier.changes() ? tier : Tier.WRITE, arguments);
    AccessWanted.Given given =
        switch (database.read(tx -> gate.verdict(tx, more))) {
          case Verdict.Deny(var rule) -> throw new CallRefused(new Refusal.DeniedByPolicy(rule));
          case Verdict.Allow _ -> database.write(tx -> give(tx, more, session, wanted));
          case Verdict.AskPeople(var rule, var kind) -> {
            Ask ask = ask(session, more, tier, wanted, kind, rule);
            ApprovalId approval = agreed(ask);
            yield database.write(tx -> take(tx, approval, ask, incoming, more, session, wanted));
          }
        };
    if (given.refusal().isPresent()) {
      throw new CallRefused(given.refusal().get());
    }
    return answers.granted(incoming, given.until());
  }

  /// Without people, if that is what the rules say still.
  private AccessWanted.Given give(
      Tx tx, MoreAccess more, AgentSession session, AccessWanted wanted) {
    return gate.verdict(tx, more) instanceof Verdict.Allow(var rule)
        ? widening.widen(tx, session, wanted, new RunChange.Reason.OfRule(rule))
        : AccessWanted.Given.not(new Refusal.DeniedByPolicy(CHANGED));
  }

  private AccessWanted wanted(AgentSession session, Arguments arguments) {
    try {
      AccessWanted wanted = AccessWanted.read(arguments.json());
      widening.refuseWider(session, wanted);
      return wanted;
    } catch (IllegalArgumentException e) {
      throw new CallRefused(invalid(String.valueOf(e.getMessage())), e);
    }
  }

  /// Most rules begin with the name of the field that breaks them.
  private static Refusal invalid(String rule) {
    int end = rule.indexOf(' ');
    String field = end < 0 ? "" : rule.substring(0, end);
    return AccessWanted.FIELDS.contains(field)
        ? new Refusal.InvalidArguments("/" + field, rule.substring(end + 1))
        : new Refusal.InvalidArguments("/", "cannot be granted: " + rule);
  }

  private Ask ask(
      AgentSession session,
      MoreAccess more,
      Tier tier,
      AccessWanted wanted,
      ApprovalKind kind,
      String rule) {
    var subject =
        new Subject.Grant(
            more.caller(),
            MoreAccess.TOOL,
            "More access for this run",
            tier,
            wanted.summary(),
            more.arguments().canonical());
    var digest = CallDigest.of(more.caller(), MoreAccess.TOOL, more.arguments());
    return new Ask(kind, subject, digest, widening.context(session), rule, more.caller().lead());
  }

  private Tier highest(AgentSession session, AccessWanted wanted) {
    return catalog.get().tools().stream()
        .filter(tool -> session.sees(tool.name()) && wanted.reaches(tool))
        .map(Tool::tier)
        .max(Comparator.naturalOrder())
        .orElseThrow(
            () ->
                new CallRefused(
                    new Refusal.InvalidArguments("/tools", "name no tool of those tiers")));
  }

  private ApprovalId agreed(Ask ask) {
    return switch (approvals.ask(ask)) {
      case Standing.Approved(var request) -> request.id();
      case Standing.Pending(var request) ->
          throw new CallRefused(
              new Refusal.Pending(request.id(), request.kind(), request.expires()));
      case Standing.Declined(var request) ->
          throw new CallRefused(new Refusal.NotApproved(request.id(), Gate.reason(request)));
      case Standing.TooMany(var cap, var comeAgain) ->
          throw new CallRefused(new Refusal.TooManyQuestions(cap, comeAgain));
    };
  }

  /// The approval is used and the run widened in one unit, which is committed even if the approval
  /// no longer fits: then it ends with it.
  private AccessWanted.Given take(
      Tx tx,
      ApprovalId approval,
      Ask ask,
      IncomingCall incoming,
      MoreAccess more,
      AgentSession session,
      AccessWanted wanted) {
    Verdict verdict = gate.verdict(tx, more);
    if (verdict instanceof Verdict.Deny(var rule)) {
      return AccessWanted.Given.not(new Refusal.DeniedByPolicy(rule));
    }
    ApprovalKind needed =
        verdict instanceof Verdict.AskPeople asks ? asks.kind() : ApprovalKind.CONFIRM;
    String contextNow = widening.context(session);
    return switch (approvals.redeem(
        tx, approval, ask.digest(), contextNow, needed, incoming.id())) {
      case Redemption.Changed() ->
          AccessWanted.Given.not(new Refusal.ApprovalInvalidated(approval));
      case Redemption.Gone() -> AccessWanted.Given.not(new Refusal.ApprovalExpired(approval));
      case Redemption.Redeemed _ -> {
        AccessWanted.Given given =
            widening.widen(tx, session, wanted, new RunChange.Reason.OfPeople(approval));
        approvals.close(tx, approval, incoming.id(), CallEnd.DONE);
        yield given;
      }
    };
  }

  /// {@return the tool as MCP lists it}
  static ObjectNode listed(boolean safeName) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    ObjectNode properties = json.objectNode();
    list(properties, "tools", "The tools that you need, by name, or crm.* for a whole system");
    list(properties, "tiers", "Of these only: read, write, dangerous_write");
    list(properties, "where", "Conditions on the arguments, for example ticket_id == \"4812\"");
    number(properties, "calls", "How many calls you need");
    number(properties, "minutes", "For how long, from when people have agreed; 30 if left out");
    properties
        .putObject("reason")
        .put("type", "string")
        .put("maxLength", AccessWanted.MOST_REASON)
        .put("description", "Why, for the person who decides");
    ObjectNode schema = json.objectNode().put("type", "object");
    schema.set("properties", properties);
    schema.set("required", json.arrayNode().add("tools").add("reason"));
    schema.put("additionalProperties", false);
    ObjectNode tool = json.objectNode().put("name", safeName ? SAFE_NAME : NAME);
    tool.put("title", "Ask for more access");
    tool.put(
        "description",
        "Asks people for more than this job was given: some tools, for a number of calls and"
            + " minutes. It is answered as pending; once they have agreed, repeat it with exactly"
            + " the same arguments to take it up. Ask for the least that you need.");
    tool.set("inputSchema", schema);
    tool.set(
        "annotations", json.objectNode().put("readOnlyHint", false).put("openWorldHint", false));
    return tool;
  }

  private static void list(ObjectNode properties, String name, String description) {
    ObjectNode list = properties.putObject(name).put("type", "array");
    list.put("description", description);
    list.putObject("items").put("type", "string");
    list.put("minItems", 1);
  }

  private static void number(ObjectNode properties, String name, String description) {
    properties
        .putObject(name)
        .put("type", "integer")
        .put("minimum", 1)
        .put("description", description);
  }
}
