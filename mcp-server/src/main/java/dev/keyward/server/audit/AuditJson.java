package dev.keyward.server.audit;

import dev.keyward.approvals.Allowance;
import dev.keyward.approvals.ApprovalEvent;
import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Decision;
import dev.keyward.approvals.GlassBreak;
import dev.keyward.approvals.Settlement;
import dev.keyward.call.AgentId;
import dev.keyward.call.CallId;
import dev.keyward.call.Caller;
import dev.keyward.call.Delegator;
import dev.keyward.call.LeaseId;
import dev.keyward.call.PersonId;
import dev.keyward.call.Refusal;
import dev.keyward.call.RunId;
import dev.keyward.call.ToolName;
import dev.keyward.call.ToolPattern;
import dev.keyward.catalog.CredentialRef;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The wire form of [AuditEvent]: one JSON object, `v` 1.
///
/// Every record has `v`, `chain`, `seq`, `id`, `at` and `type`; `call`, `run`, `agent` and `tool`
/// stand at the top wherever they are known, so that one search finds all that concerns one of
/// them. Times are ISO 8601 in UTC to the millisecond, durations whole milliseconds, or seconds
/// where the name ends in `_s`.
final class AuditJson {
  private static final int VERSION = 1;
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private AuditJson() {}

  /// {@return `event` with its place in the chain}
  static ObjectNode write(String chain, long seq, String id, Instant at, AuditEvent event) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("v", VERSION);
    body.put("chain", chain);
    body.put("seq", seq);
    body.put("id", id);
    body.put("at", time(at));
    body.put("type", event.type());
    describe(event, body);
    return body;
  }

  /// Reads a body as it stands in the database.
  ///
  /// @throws tools.jackson.core.JacksonException if it is not JSON
  static JsonNode read(String body) {
    return MAPPER.readTree(body);
  }

  /// {@return the text at `field`; empty if there is none or it is no text}
  static Optional<String> text(JsonNode body, String field) {
    JsonNode value = body.get(field);
    return value != null && value.isString() ? Optional.of(value.stringValue()) : Optional.empty();
  }

  /// {@return the heads that a `server.start` names; those of another shape are left out}
  static List<ChainHead> heads(JsonNode body) {
    return body.path("heads").valueStream().flatMap(head -> head(head).stream()).toList();
  }

  private static Optional<ChainHead> head(JsonNode head) {
    try {
      return Optional.of(
          new ChainHead(
              text(head, "chain").orElse(""),
              head.path("seq").asLong(0),
              text(head, "hash").orElse("")));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // the record itself then has a wrong hash, which is reported
    }
  }

  private static void describe(AuditEvent event, ObjectNode body) {
    switch (event) {
      case AuditEvent.ServerStart start -> serverStart(start, body);
      case AuditEvent.ServerStop() -> {}
      case AuditEvent.CallIntent intent -> callIntent(intent, body);
      case AuditEvent.CallOutcome outcome -> callOutcome(outcome, body);
      case AuditEvent.CallRefused refused -> callRefused(refused, body);
      case AuditEvent.CallUnknown(var call, var run, var agent, var tool, var chain, var seq) ->
          foundOpen(call, run, agent, tool, chain, seq, body);
      case AuditEvent.CallNotRecorded(var call, var run, var agent, var tool, var chain, var seq) ->
          foundOpen(call, run, agent, tool, chain, seq, body);
      case AuditEvent.CallSettled settled -> callSettled(settled, body);
      case AuditEvent.HandleGiven(var call, var run, var agent, var tool, var handle) ->
          handle(call, run, agent, tool, handle, body);
      case AuditEvent.HandleUsed(var call, var run, var agent, var tool, var handle) ->
          handle(call, run, agent, tool, handle, body);
      case AuditEvent.ArgumentsErased(var call, var by) -> {
        body.put("call", call.value());
        actor(by, body);
      }
      case AuditEvent.ApprovalChanged(var change) -> approvalChanged(change, body);
      case AuditEvent.AgentAdded added -> agentAdded(added, body);
      case AuditEvent.AgentRotated(var agent, var expires, var by) -> {
        body.put("agent", agent.value());
        expires.ifPresent(e -> body.put("expires", time(e)));
        actor(by, body);
      }
      case AuditEvent.AgentTools(var agent, var tools, var by) -> {
        body.put("agent", agent.value());
        texts(body.putArray("tools"), tools);
        actor(by, body);
      }
      case AuditEvent.AgentRevoked(var agent, var by) -> {
        body.put("agent", agent.value());
        actor(by, body);
      }
      case AuditEvent.RunOpened opened -> runOpened(opened, body);
      case AuditEvent.RunWidened(var run, var agent, var approval, var rule, var grants) -> {
        body.put("run", run.value());
        body.put("agent", agent.value());
        approval.ifPresent(by -> body.putObject("approval").put("id", by.value()));
        rule.ifPresent(by -> body.put("rule", by));
        body.put("grants_digest", grants);
      }
      case AuditEvent.RunEnded(var run, var agent, var why) -> {
        body.put("run", run.value());
        body.put("agent", agent.value());
        body.put("why", why);
      }
      case AuditEvent.StopOrdered(var kind, var name, var why, var by) -> {
        stop(kind, name, body);
        body.put("why", why);
        actor(by, body);
      }
      case AuditEvent.StopLifted(var kind, var name, var by) -> {
        stop(kind, name, body);
        actor(by, body);
      }
      case AuditEvent.PersonAdded(var person, var roles, var by) -> {
        person(person, by, body);
        texts(body.putArray("roles"), roles);
      }
      case AuditEvent.PersonBound(var person, var issuer, var subject) -> {
        body.put("person", person.value());
        body.put("issuer", issuer);
        body.put("subject", subject);
      }
      case AuditEvent.PersonRoles(var person, var roles) -> {
        body.put("person", person.value());
        texts(body.putArray("roles"), roles);
      }
      case AuditEvent.PersonScoped(var person, var scope, var by) -> {
        person(person, by, body);
        Collection<String> tools = scope.tools().stream().map(ToolPattern::value).toList();
        texts(body.putArray("tools"), new TreeSet<>(tools));
        texts(body.putArray("systems"), new TreeSet<>(scope.systems()));
        texts(body.putArray("workspaces"), new TreeSet<>(scope.workspaces()));
      }
      case AuditEvent.PlaceLent(var lender, var borrower, var until, var before, var by) -> {
        person(lender, by, body);
        body.put("to", borrower.value()).put("until", time(until));
        before.ifPresent(end -> body.put("instead_of_until", time(end)));
      }
      case AuditEvent.PlaceTakenBack(var lender, var borrower, var by) -> {
        person(lender, by, body);
        body.put("to", borrower.value());
      }
      case AuditEvent.PersonAddress(var person, var known, var by) -> {
        person(person, by, body);
        body.put("known", known);
      }
      case AuditEvent.PersonRemoved(var person, var by) -> person(person, by, body);
      case AuditEvent.PersonLink(var person, var by) -> person(person, by, body);
      case AuditEvent.PasskeyMade(var person, var passkey) -> {
        body.put("person", person.value());
        body.put("credential", passkey.credential());
        body.put("public_key", passkey.publicKey());
      }
      case AuditEvent.PasskeyForgotten(var person, var by) -> person(person, by, body);
      case AuditEvent.SignedIn(var person, var method) -> {
        body.put("person", person.value());
        body.put("method", method);
      }
      case AuditEvent.SignedOut(var person, var why) -> {
        body.put("person", person.value());
        body.put("why", why);
      }
      case AuditEvent.SignInRefused(var why) -> body.put("why", why);
      case AuditEvent.SecretSet(var reference, var version, var by) ->
          secret(reference, version, by, body);
      case AuditEvent.SecretRotated(var reference, var version, var by) ->
          secret(reference, version, by, body);
      case AuditEvent.SecretRolledBack(var reference, var version, var from, var by) -> {
        secret(reference, version, by, body);
        body.put("from_version", from);
      }
      case AuditEvent.SecretExported(var reference, var version, var by) ->
          secret(reference, version, by, body);
      case AuditEvent.MasterKeyChanged(var by) -> actor(by, body);
      case AuditEvent.SecretRemoved(var reference, var by) -> {
        body.put("reference", reference.toString());
        actor(by, body);
      }
      case AuditEvent.LeaseMade(var lease, var run, var agent, var credential) -> {
        lease(lease, run, agent, body);
        credential(credential, body);
      }
      case AuditEvent.LeaseNotRevoked(var lease, var run, var agent, var reference, var why) -> {
        lease(lease, run, agent, body);
        body.put("reference", reference.toString());
        body.put("why", why);
      }
      case AuditEvent.LeaseEnded ended -> leaseEnded(ended, body);
      case AuditEvent.AccountConnected(var reference, var scope, var by) -> {
        body.put("reference", reference.toString());
        body.put("scope_got", scope);
        actor(by, body);
      }
      case AuditEvent.AccountLost(var reference) -> body.put("reference", reference.toString());
      case AuditEvent.AccountRemoved(var reference, var revocation, var by) -> {
        body.put("reference", reference.toString());
        body.put("revocation", revocation);
        actor(by, body);
      }
      case AuditEvent.CatalogChanged(var digest, var tools, var problems) -> {
        body.put("digest", digest);
        body.put("tools", tools);
        body.put("problems", problems);
      }
      case AuditEvent.PolicyChanged(var digest, var rules, var problems) -> {
        body.put("digest", digest);
        body.put("rules", rules);
        body.put("problems", problems);
      }
      case AuditEvent.UnauthenticatedSampled(var count, var within) -> {
        body.put("count", count);
        body.put("within_s", within.toSeconds());
      }
      case AuditEvent.UnusualFound found -> unusual(found, body);
      case AuditEvent.CallsLimited(var agent, var count, var within) -> {
        body.put("agent", agent.value());
        body.put("count", count);
        body.put("within_s", within.toSeconds());
      }
      case AuditEvent.ClockAnomaly(var before, var now) -> {
        body.put("before", time(before));
        body.put("now", time(now));
      }
    }
  }

  private static void runOpened(AuditEvent.RunOpened opened, ObjectNode body) {
    body.put("run", opened.run().value());
    body.put("agent", opened.agent().value());
    opened.delegator().ifPresent(d -> delegator(d, body));
    body.put("expires", time(opened.expires()));
    opened.job().ifPresent(job -> job(job, body.putObject("job")));
  }

  private static void job(RunFacts job, ObjectNode out) {
    job.parent().ifPresent(parent -> out.put("parent", parent.value()));
    job.opener().ifPresent(opener -> out.put("opener", opener.value()));
    out.put("purpose", job.purpose());
    job.workflow().ifPresent(workflow -> out.put("workflow", workflow));
    out.put("mode", job.mode());
    out.put("grants", job.grants());
    out.put("grants_digest", job.grantsDigest());
  }

  private static void serverStart(AuditEvent.ServerStart start, ObjectNode body) {
    ServerFacts facts = start.facts();
    body.put("replica", start.replica());
    body.put("version", facts.version());
    body.put("mode", facts.mode());
    body.put("config_digest", facts.configDigest());
    body.put("policy_digest", facts.policyDigest());
    body.put("catalog_digest", facts.catalogDigest());
    body.put("audit_key", facts.auditKey());
    body.put("earlier", start.earlier());
    ArrayNode heads = body.putArray("heads");
    for (ChainHead head : start.heads()) {
      ObjectNode item = heads.addObject();
      item.put("chain", head.chain());
      item.put("seq", head.seq());
      item.put("hash", head.hash());
    }
    start.checkpoint().ifPresent(name -> body.put("checkpoint", name.value()));
  }

  private static void callIntent(AuditEvent.CallIntent intent, ObjectNode body) {
    body.put("call", intent.call().value());
    caller(intent.caller(), body);
    body.put("transport", intent.transport());
    permission(intent.permission(), body);
    ruling(intent.ruling(), body);
    intent.approval().ifPresent(approval -> approval(approval, body));
    intent.credential().ifPresent(c -> body.putObject("credential").put("reference", c.toString()));
    ObjectNode target = body.putObject("target");
    target.put("system", intent.target().system());
    target.put("origin", intent.target().origin().toString());
  }

  private static void callOutcome(AuditEvent.CallOutcome outcome, ObjectNode body) {
    body.put("call", outcome.call().value());
    caller(outcome.caller(), body);
    body.put("tool", outcome.tool().value());
    ObjectNode result = body.putObject("outcome");
    result.put("ending", outcome.ending().wire());
    result.put("code", outcome.code());
    result.put("scrubbed", outcome.scrubbed());
    result.put("took_ms", millis(outcome.took()));
    outcome.credential().ifPresent(used -> credential(used, body));
    ArrayNode upstream = body.putArray("upstream");
    outcome.upstream().forEach(call -> upstreamCall(call, upstream.addObject()));
  }

  private static void callRefused(AuditEvent.CallRefused refused, ObjectNode body) {
    body.put("call", refused.call().value());
    refused.caller().ifPresent(caller -> caller(caller, body));
    refused.permission().ifPresent(permission -> permission(permission, body));
    refused.ruling().ifPresent(ruling -> ruling(ruling, body));
    ObjectNode refusal = body.putObject("refusal");
    refusal.put("code", refused.refusal().code());
    refusal(refused.refusal(), refusal);
  }

  /// A field's name is left out, since an agent may have chosen it; so are a reviewer's own words.
  private static void refusal(Refusal refusal, ObjectNode out) {
    switch (refusal) {
      case Refusal.DeniedByPolicy(var rule) -> out.put("rule", rule);
      case Refusal.OutsideGrants(var part) -> out.put("grant", part.wire());
      case Refusal.IdNotShown(var _, var kind) -> out.put("kind", kind);
      case Refusal.Pending(var approval, var kind, var expires) -> {
        out.put("approval", approval.value());
        out.put("kind", kind.wire());
        out.put("expires", time(expires));
      }
      case Refusal.NotApproved(var approval, var _) -> out.put("approval", approval.value());
      case Refusal.ApprovalExpired(var approval) -> out.put("approval", approval.value());
      case Refusal.ApprovalInvalidated(var approval) -> out.put("approval", approval.value());
      case Refusal.TwinOpen(var twin) -> out.put("twin", twin.value());
      case Refusal.TwinUnknown(var twin) -> out.put("twin", twin.value());
      case Refusal.TwinHappened(var twin, var _) -> out.put("twin", twin.value());
      case Refusal.TooMany(var what, var _) -> out.put("what", what);
      case Refusal.TooManyQuestions(var cap, var _) -> out.put("what", cap.wire());
      case Refusal.Stopped(var what, var _) -> out.put("what", what);
      case Refusal.AccountNotConnected(var credential) -> out.put("what", credential);
      case Refusal.HandleRefused(var _, var fault) -> out.put("fault", fault.wire());
      case Refusal.Unauthenticated(),
          Refusal.UnknownTool(),
          Refusal.InsufficientScope _,
          Refusal.InvalidArguments _,
          Refusal.SecretInArguments(),
          Refusal.RunPaused(),
          Refusal.Proposed(),
          Refusal.TargetDown _,
          Refusal.CredentialMissing(),
          Refusal.DelegatorNotVerified(),
          Refusal.CredentialUnavailable(),
          Refusal.UpstreamUnreachable(),
          Refusal.AddressNotAllowed(),
          Refusal.UpstreamUnusable _,
          Refusal.OutcomeUnknown(),
          Refusal.Withheld _,
          Refusal.AnswerLost _,
          Refusal.AuditUnavailable(),
          Refusal.Cancelled(),
          Refusal.Broken() -> {}
    }
  }

  private static void callSettled(AuditEvent.CallSettled settled, ObjectNode body) {
    body.put("call", settled.call().value());
    caller(settled.caller(), body);
    body.put("tool", settled.tool().value());
    settled.approval().ifPresent(id -> body.putObject("approval").put("id", id.value()));
    Settlement settlement = settled.settlement();
    ObjectNode out = body.putObject("settlement");
    out.put("effect", settlement.effect().wire());
    out.put("person", settlement.person().value());
    out.put("at", time(settlement.at()));
    out.put("independence", settlement.independence().wire());
  }

  private static void foundOpen(
      CallId call,
      RunId run,
      AgentId agent,
      ToolName tool,
      String chain,
      long seq,
      ObjectNode body) {
    body.put("call", call.value());
    body.put("run", run.value());
    body.put("agent", agent.value());
    body.put("tool", tool.value());
    ObjectNode intent = body.putObject("intent");
    intent.put("chain", chain);
    intent.put("seq", seq);
  }

  private static void unusual(AuditEvent.UnusualFound found, ObjectNode body) {
    body.put("call", found.call().value());
    body.put("run", found.run().value());
    body.put("agent", found.agent().value());
    body.put("tool", found.tool().value());
    body.put("detector", found.detector());
    body.put("seen", found.seen());
    body.put("usual", found.usual());
    body.put("reaction", found.reaction());
  }

  private static void handle(
      CallId call, RunId run, AgentId agent, ToolName tool, String handle, ObjectNode body) {
    body.put("call", call.value());
    body.put("run", run.value());
    body.put("agent", agent.value());
    body.put("tool", tool.value());
    body.put("handle", handle);
  }

  /// What is stopped stands at the top, where one search finds it with all else that concerns it.
  private static void stop(String kind, String name, ObjectNode body) {
    body.put("stop", kind);
    if (!name.isEmpty()) {
      body.put(kind, name);
    }
  }

  private static void caller(Caller caller, ObjectNode body) {
    body.put("run", caller.run().value());
    body.put("agent", caller.agent().value());
    ObjectNode facts = body.putObject("caller");
    facts.put("type", caller.agentType());
    facts.put("workspace", caller.workspace());
    facts.put("owner", caller.owner().value());
    caller.delegator().ifPresent(d -> delegator(d, body));
  }

  private static void delegator(Delegator delegator, ObjectNode body) {
    ObjectNode out = body.putObject("delegator");
    out.put("person", delegator.person().value());
    out.put("verified", delegator.verified());
  }

  private static void permission(Permission permission, ObjectNode body) {
    body.put("tool", permission.tool().value());
    ObjectNode out = body.putObject("permission");
    out.put("tier", permission.tier().wire());
    out.put("tool_digest", permission.toolDigest());
    out.put("arguments_hash", permission.argumentsHash());
    out.put("call_digest", permission.digest().value());
  }

  private static void ruling(Ruling ruling, ObjectNode body) {
    ObjectNode out = body.putObject("policy");
    out.put("rule", ruling.rule());
    out.put("effect", ruling.effect().wire());
    ruling.policy().ifPresent(digest -> out.put("digest", digest));
    ruling.failure().ifPresent(why -> out.put("failure", why));
    if (!ruling.observed().isEmpty()) {
      ArrayNode observed = out.putArray("observed");
      ruling
          .observed()
          .forEach(
              by -> observed.addObject().put("rule", by.rule()).put("effect", by.effect().wire()));
    }
  }

  private static void approval(ApprovalUsed approval, ObjectNode body) {
    ObjectNode out = body.putObject("approval");
    out.put("id", approval.id().value());
    out.put("kind", approval.kind().wire());
    out.put("result", "approved");
    out.put("single_operator", approval.singleOperator());
    ArrayNode decisions = out.putArray("decisions");
    approval.decisions().forEach(decision -> decision(decision, decisions.addObject()));
    approval.edited().ifPresent(edited -> edited(edited, out));
  }

  private static void edited(ApprovalUsed.Edited edited, ObjectNode out) {
    ObjectNode by = out.putObject("edited");
    by.put("person", edited.by().value());
    by.put("at", time(edited.at()));
    by.put("asked_digest", edited.asked().value());
    by.put("running_digest", edited.running().value());
  }

  private static void approvalChanged(ApprovalEvent change, ObjectNode body) {
    ApprovalRequest request = change.request();
    caller(request.subject().caller(), body);
    body.put("tool", request.subject().tool().value());
    ObjectNode out = body.putObject("approval");
    out.put("id", request.id().value());
    out.put("kind", request.kind().wire());
    out.put("state", request.state().name().toLowerCase(Locale.ROOT));
    out.put("rule", request.rule());
    out.put("call_digest", request.digest().value());
    out.put("expires", time(request.expires()));
    out.put("single_operator", request.singleOperator());
    ApprovalUsed.Edited.of(request).ifPresent(edited -> edited(edited, out));
    switch (change) {
      case ApprovalEvent.Decided(var _, var _, var decision) ->
          decision(decision, body.putObject("decision"));
      case ApprovalEvent.Prolonged(var _, var _, var by) -> body.put("person", by.value());
      case ApprovalEvent.Previewed(var _, var _, var call, var code) -> {
        call.ifPresent(read -> body.put("call", read.value()));
        body.put("code", code);
      }
      case ApprovalEvent.Consumed(var _, var _, var call) -> body.put("call", call.value());
      case ApprovalEvent.GivenBack(var _, var _, var call) -> body.put("call", call.value());
      case ApprovalEvent.Closed(var _, var _, var call) -> body.put("call", call.value());
      case ApprovalEvent.Invalidated(var _, var _, var why) ->
          body.put("why", why.name().toLowerCase(Locale.ROOT));
      case ApprovalEvent.AllowanceGiven(var _, var at, var by, var allowance) ->
          allowance(allowance, at, by, body.putObject("allowance"));
      case ApprovalEvent.AllowanceUsed(var _, var _, var given) ->
          body.put("allowed_by", given.value());
      case ApprovalEvent.AllowanceEnded(var _, var _, var by) ->
          by.ifPresent(person -> body.put("person", person.value()));
      case ApprovalEvent.GlassReviewed(var _, var _, var by, var justified) ->
          body.put("person", by.value()).put("justified", justified);
      case ApprovalEvent.Created _,
          ApprovalEvent.Edited _,
          ApprovalEvent.Expired _,
          ApprovalEvent.Cancelled _ -> {}
    }
  }

  private static void allowance(Allowance allowance, Instant from, PersonId by, ObjectNode out) {
    out.put("person", by.value());
    out.put("uses", allowance.uses());
    out.put("until", time(from.plus(allowance.window())));
    ArrayNode free = out.putArray("may_differ");
    new TreeSet<>(allowance.free()).forEach(free::add);
  }

  private static void decision(Decision decision, ObjectNode out) {
    out.put("person", decision.person().value());
    out.put("role", decision.role().name().toLowerCase(Locale.ROOT));
    out.put("verdict", decision.verdict().wire());
    out.put("at", time(decision.at()));
    out.put("independence", decision.independence().wire());
    out.put("step_up", decision.stepUp().wire());
    out.put("reason_given", !decision.reason().isEmpty());
    if (!decision.view().isEmpty()) {
      out.put("view_digest", decision.view());
    }
    decision.receipt().ifPresent(receipt -> out.set("receipt", receipt.json()));
    decision.inPlaceOf().ifPresent(lender -> out.put("in_place_of", lender.value()));
    decision
        .ticket()
        .ifPresent(
            ticket ->
                out.put("ticket", ticket).put("reason_sha256", GlassBreak.hash(decision.reason())));
  }

  private static void credential(CredentialUsed used, ObjectNode body) {
    ObjectNode out = body.putObject("credential");
    out.put("reference", used.reference().toString());
    out.put("version", used.version());
    out.put("standing", used.standing());
    used.lifetime().ifPresent(lifetime -> out.put("lifetime_s", lifetime.toSeconds()));
    used.minted()
        .ifPresent(
            minted -> {
              out.put("kind", minted.kind());
              out.put("scope_asked", minted.asked());
              out.put("scope_got", minted.got());
              out.put("fingerprint", minted.fingerprint());
              minted.subject().ifPresent(subject -> out.put("subject", subject));
            });
  }

  private static void upstreamCall(UpstreamCall call, ObjectNode out) {
    out.put("method", call.method());
    out.put("origin", call.origin());
    out.put("path", call.pathTemplate());
    ArrayNode attempts = out.putArray("attempts");
    for (UpstreamCall.Attempt attempt : call.attempts()) {
      ObjectNode item = attempts.addObject();
      item.put("status", attempt.status());
      item.put("took_ms", millis(attempt.took()));
    }
  }

  private static void agentAdded(AuditEvent.AgentAdded added, ObjectNode body) {
    body.put("agent", added.agent().value());
    ObjectNode facts = body.putObject("caller");
    facts.put("type", added.agentType());
    facts.put("workspace", added.workspace());
    facts.put("owner", added.owner().value());
    texts(body.putArray("tools"), added.tools());
    added.expires().ifPresent(e -> body.put("expires", time(e)));
    actor(added.by(), body);
  }

  private static void person(PersonId person, Actor by, ObjectNode body) {
    body.put("person", person.value());
    actor(by, body);
  }

  private static void secret(CredentialRef reference, int version, Actor by, ObjectNode body) {
    body.put("reference", reference.toString());
    body.put("version", version);
    actor(by, body);
  }

  private static void leaseEnded(AuditEvent.LeaseEnded ended, ObjectNode body) {
    lease(ended.lease(), ended.run(), ended.agent(), body);
    body.put("reference", ended.reference().toString());
    body.put("why", ended.why());
    body.put("revocation", ended.revocation());
    body.put("attempts", ended.attempts());
    ended.fingerprint().ifPresent(text -> body.put("fingerprint", text));
  }

  private static void lease(LeaseId lease, RunId run, AgentId agent, ObjectNode body) {
    body.put("lease", lease.value());
    body.put("run", run.value());
    body.put("agent", agent.value());
  }

  private static void actor(Actor actor, ObjectNode body) {
    body.put(
        "by",
        switch (actor) {
          case Actor.Operator() -> "operator";
          case Actor.Person(var id) -> "person:" + id.value();
          case Actor.Broker() -> "broker";
        });
  }

  private static void texts(ArrayNode out, Collection<String> texts) {
    texts.forEach(out::add);
  }

  /// {@return `at` as it stands in records}
  static String time(Instant at) {
    return at.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  /// {@return `took` in whole milliseconds, not negative}
  static long millis(Duration took) {
    return Math.max(0, took.toMillis());
  }
}
