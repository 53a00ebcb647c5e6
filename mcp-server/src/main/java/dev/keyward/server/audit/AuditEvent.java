package dev.keyward.server.audit;

import dev.keyward.approvals.ApprovalEvent;
import dev.keyward.approvals.ApprovalState;
import dev.keyward.approvals.ReviewScope;
import dev.keyward.approvals.Settlement;
import dev.keyward.approvals.passkey.Passkey;
import dev.keyward.call.AgentId;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.CallId;
import dev.keyward.call.Caller;
import dev.keyward.call.Delegator;
import dev.keyward.call.LeaseId;
import dev.keyward.call.PersonId;
import dev.keyward.call.Refusal;
import dev.keyward.call.RunId;
import dev.keyward.call.ToolName;
import dev.keyward.catalog.CredentialRef;
import dev.keyward.catalog.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Something that happened and that an auditor may ask about.
///
/// Its wire form is [AuditJson]'s. No component can hold an argument's value or a secret: they are
/// names, digests, numbers, and lines that the operator wrote.
public sealed interface AuditEvent {

  /// A broker started; the first record of each chain. [SqlAuditLog#start] makes it.
  ///
  /// @param replica which of the brokers over one database
  /// @param earlier how many chains there were before
  /// @param heads the heads of those among them that have moved since a start last named them
  /// @param checkpoint the last checkpoint that the broker found in its file
  record ServerStart(
      String replica,
      ServerFacts facts,
      long earlier,
      List<ChainHead> heads,
      Optional<CheckpointName> checkpoint)
      implements AuditEvent {
    /// Copies the list.
    public ServerStart {
      Word.line("replica", replica);
      heads = List.copyOf(heads);
    }
  }

  /// The broker stopped in order; the last record of its chain. [SqlAuditLog#stop] makes it.
  record ServerStop() implements AuditEvent {}

  /// A permitted call is about to touch an upstream.
  ///
  /// @param transport how the call came in, for example `stdio`
  /// @param credential names it; absent if the tool needs none
  record CallIntent(
      CallId call,
      Caller caller,
      String transport,
      Permission permission,
      Ruling ruling,
      Optional<ApprovalUsed> approval,
      Optional<CredentialRef> credential,
      Target target)
      implements AuditEvent {
    /// Checks the words.
    public CallIntent {
      Word.code("transport", transport);
    }
  }

  /// A call that had an intent ended.
  ///
  /// @param code a word for machines: `ok`, or a refusal's code
  /// @param credential the credential as it was lent; absent if none was needed or it came to none
  /// @param upstream the requests really made
  /// @param scrubbed from how many values of the answer something was taken out
  /// @param took from the intent to now
  record CallOutcome(
      CallId call,
      Caller caller,
      ToolName tool,
      Ending ending,
      String code,
      Optional<CredentialUsed> credential,
      List<UpstreamCall> upstream,
      int scrubbed,
      Duration took)
      implements AuditEvent {
    /// Copies the list and checks the code.
    public CallOutcome {
      Word.code("code", code);
      upstream = List.copyOf(upstream);
    }
  }

  /// A call ended before it had an intent.
  ///
  /// What was not established by then is absent. Of the refusal only what the broker or the
  /// operator worded is kept: a field's name may be an agent's own text.
  record CallRefused(
      CallId call,
      Optional<Caller> caller,
      Optional<Permission> permission,
      Optional<Ruling> ruling,
      Refusal refusal)
      implements AuditEvent {}

  /// A write was found open at start: whether it happened is not known.
  ///
  /// @param intent the chain of its intent
  /// @param seq the intent's number there
  record CallUnknown(CallId call, RunId run, AgentId agent, ToolName tool, String intent, long seq)
      implements AuditEvent {}

  /// A person found out what became of a write whose outcome was unknown. Their note stays where it
  /// is; the record has who, what and how independent.
  record CallSettled(
      CallId call,
      Caller caller,
      ToolName tool,
      Optional<ApprovalId> approval,
      Settlement settlement)
      implements AuditEvent {}

  /// A read was found open at start: its answer was given to nobody.
  ///
  /// @param intent the chain of its intent
  /// @param seq the intent's number there
  record CallNotRecorded(
      CallId call, RunId run, AgentId agent, ToolName tool, String intent, long seq)
      implements AuditEvent {}

  /// An answer gave the agent a handle for a secret in it.
  ///
  /// @param tool whose answer it was
  /// @param handle as the agent got it
  record HandleGiven(CallId call, RunId run, AgentId agent, ToolName tool, String handle)
      implements AuditEvent {
    /// Checks the handle.
    public HandleGiven {
      Word.code("handle", handle);
    }
  }

  /// A handle's value is about to be put into a call.
  ///
  /// @param tool whose call it is
  /// @param handle as the agent passed it
  record HandleUsed(CallId call, RunId run, AgentId agent, ToolName tool, String handle)
      implements AuditEvent {
    /// Checks the handle.
    public HandleUsed {
      Word.code("handle", handle);
    }
  }

  /// The encrypted arguments of a call were made unreadable for good.
  record ArgumentsErased(CallId call, Actor by) implements AuditEvent {}

  /// A request to people changed. Its summary, its arguments and the people's words stay where they
  /// are; the record has the digest, the state and who decided.
  record ApprovalChanged(ApprovalEvent event) implements AuditEvent {
    private String wire() {
      return switch (event) {
        case ApprovalEvent.Created _ -> "approval.created";
        case ApprovalEvent.Decided(var _, var _, var decision) when decision.brokeGlass() ->
            "approval.glass_broken";
        case ApprovalEvent.Decided(var request, var _, var _) -> decided(request.state());
        case ApprovalEvent.Edited _ -> "approval.edited";
        case ApprovalEvent.Prolonged _ -> "approval.prolonged";
        case ApprovalEvent.Previewed _ -> "approval.previewed";
        case ApprovalEvent.Consumed _ -> "approval.consumed";
        case ApprovalEvent.GivenBack _ -> "approval.given_back";
        case ApprovalEvent.Closed(var request, var _, var _) ->
            request.state() == ApprovalState.DONE ? "approval.done" : "approval.unknown";
        case ApprovalEvent.Expired _ -> "approval.expired";
        case ApprovalEvent.Cancelled _ -> "approval.cancelled";
        case ApprovalEvent.Invalidated _ -> "approval.invalidated";
        case ApprovalEvent.AllowanceGiven _ -> "approval.allowance_given";
        case ApprovalEvent.AllowanceUsed _ -> "approval.allowance_used";
        case ApprovalEvent.AllowanceEnded _ -> "approval.allowance_ended";
        case ApprovalEvent.GlassReviewed _ -> "approval.glass_reviewed";
      };
    }

    private static String decided(ApprovalState state) {
      return switch (state) {
        case APPROVED -> "approval.approved";
        case DENIED -> "approval.denied";
        case PENDING, PARTIAL, CONSUMED, DONE, UNKNOWN, EXPIRED, CANCELLED, INVALIDATED ->
            "approval.decided";
      };
    }
  }

  /// An agent was added.
  ///
  /// @param tools the tools that it may see: names, or patterns as the operator wrote them
  record AgentAdded(
      AgentId agent,
      String agentType,
      String workspace,
      PersonId owner,
      List<String> tools,
      Optional<Instant> expires,
      Actor by)
      implements AuditEvent {
    /// Copies the list and checks that each text is one line.
    public AgentAdded {
      Word.line("agentType", agentType);
      Word.line("workspace", workspace);
      tools = List.copyOf(tools);
      tools.forEach(tool -> Word.line("tools", tool));
    }
  }

  /// An agent got a new key.
  record AgentRotated(AgentId agent, Optional<Instant> expires, Actor by) implements AuditEvent {}

  /// An agent may see these tools from now on, and no others.
  ///
  /// @param tools names, or patterns as the operator wrote them
  record AgentTools(AgentId agent, List<String> tools, Actor by) implements AuditEvent {
    /// Copies the list and checks that each text is one line.
    public AgentTools {
      tools = List.copyOf(tools);
      tools.forEach(tool -> Word.line("tools", tool));
    }
  }

  /// An agent's key opens nothing any more.
  record AgentRevoked(AgentId agent, Actor by) implements AuditEvent {}

  /// A run began.
  ///
  /// @param job what it was opened for; absent of a standing run
  record RunOpened(
      RunId run,
      AgentId agent,
      Optional<Delegator> delegator,
      Instant expires,
      Optional<RunFacts> job)
      implements AuditEvent {}

  /// A run was given more than it was opened with.
  ///
  /// @param approval by which people gave it
  /// @param rule by which it was given without asking people
  /// @param grantsDigest SHA-256 over all that it may do now
  record RunWidened(
      RunId run,
      AgentId agent,
      Optional<ApprovalId> approval,
      Optional<String> rule,
      String grantsDigest)
      implements AuditEvent {
    /// Checks the digest.
    public RunWidened {
      Word.hash("grantsDigest", grantsDigest);
    }
  }

  /// A run ended.
  ///
  /// @param why a word, for example `idle` or `revoked`
  record RunEnded(RunId run, AgentId agent, String why) implements AuditEvent {
    /// Checks the word.
    public RunEnded {
      Word.code("why", why);
    }
  }

  /// Somebody stopped something; no call that it covers runs until it is lifted.
  ///
  /// @param kind `all`, `agent`, `run`, `tool` or `target`
  /// @param name of what is stopped; empty for `all`
  /// @param why the operator's or administrator's own line; may be empty
  record StopOrdered(String kind, String name, String why, Actor by) implements AuditEvent {
    /// Checks the words.
    public StopOrdered {
      Word.code("kind", kind);
      Word.line("name", name);
      Word.line("why", why);
    }
  }

  /// Somebody lifted a stop.
  record StopLifted(String kind, String name, Actor by) implements AuditEvent {
    /// Checks the words.
    public StopLifted {
      Word.code("kind", kind);
      Word.line("name", name);
    }
  }

  /// A person was added.
  ///
  /// @param roles words, for example `reviewer`
  record PersonAdded(PersonId person, List<String> roles, Actor by) implements AuditEvent {
    /// Copies the list and checks the words.
    public PersonAdded {
      roles = List.copyOf(roles);
      roles.forEach(role -> Word.code("roles", role));
    }
  }

  /// Somebody else's word on who a person is counts from now on.
  ///
  /// @param issuer whose word, as the settings name them
  /// @param subject who the person is there
  record PersonBound(PersonId person, String issuer, String subject) implements AuditEvent {
    /// Checks that each text is one line.
    public PersonBound {
      Word.line("issuer", issuer);
      Word.line("subject", subject);
    }
  }

  /// A person may do this from now on, as somebody else who signed them in says.
  ///
  /// @param roles words, for example `reviewer`
  record PersonRoles(PersonId person, List<String> roles) implements AuditEvent {
    /// Copies the list and checks the words.
    public PersonRoles {
      roles = List.copyOf(roles);
      roles.forEach(role -> Word.code("roles", role));
    }
  }

  /// A person is a reviewer of these requests from now on, where they are one.
  record PersonScoped(PersonId person, ReviewScope scope, Actor by) implements AuditEvent {
    /// Checks that each name is one line.
    public PersonScoped {
      scope.systems().forEach(system -> Word.line("systems", system));
      scope.workspaces().forEach(workspace -> Word.line("workspaces", workspace));
    }
  }

  /// A reviewer lent their place to somebody else for a while.
  ///
  /// @param insteadOf when the loan between the two would have ended that this one replaces
  record PlaceLent(
      PersonId lender, PersonId borrower, Instant until, Optional<Instant> insteadOf, Actor by)
      implements AuditEvent {}

  /// A place that was lent is its lender's alone again.
  record PlaceTakenBack(PersonId lender, PersonId borrower, Actor by) implements AuditEvent {}

  /// A person is told by mail at another address from now on, which is not recorded.
  ///
  /// @param known whether there is one
  record PersonAddress(PersonId person, boolean known, Actor by) implements AuditEvent {}

  /// A person was removed, and their sessions ended.
  record PersonRemoved(PersonId person, Actor by) implements AuditEvent {}

  /// A one-time link to sign in was made for a person.
  record PersonLink(PersonId person, Actor by) implements AuditEvent {}

  /// A person made a passkey, and approves dangerous calls with it from now on.
  record PasskeyMade(PersonId person, Passkey passkey) implements AuditEvent {}

  /// A person's passkey counts no longer.
  record PasskeyForgotten(PersonId person, Actor by) implements AuditEvent {}

  /// A person signed in.
  ///
  /// @param method a word, for example `link`
  record SignedIn(PersonId person, String method) implements AuditEvent {
    /// Checks the word.
    public SignedIn {
      Word.code("method", method);
    }
  }

  /// A person signed out, or the session ended.
  ///
  /// @param why a word, for example `asked` or `idle`
  record SignedOut(PersonId person, String why) implements AuditEvent {
    /// Checks the word.
    public SignedOut {
      Word.code("why", why);
    }
  }

  /// Somebody tried to sign in and was refused.
  ///
  /// @param why a word, for example `link_used`
  record SignInRefused(String why) implements AuditEvent {
    /// Checks the word.
    public SignInRefused {
      Word.code("why", why);
    }
  }

  /// A secret was stored under a reference that had none.
  record SecretSet(CredentialRef reference, int version, Actor by) implements AuditEvent {}

  /// A secret was replaced by a newer version.
  record SecretRotated(CredentialRef reference, int version, Actor by) implements AuditEvent {}

  /// The value of an older version was put in force again, as a new version.
  ///
  /// @param from the older version
  record SecretRolledBack(CredentialRef reference, int version, int from, Actor by)
      implements AuditEvent {}

  /// A secret's value was written to a file or a terminal for an operator.
  record SecretExported(CredentialRef reference, int version, Actor by) implements AuditEvent {}

  /// The embedded store was sealed with another master key.
  record MasterKeyChanged(Actor by) implements AuditEvent {}

  /// A secret was removed with all its versions.
  record SecretRemoved(CredentialRef reference, Actor by) implements AuditEvent {}

  /// A credential was made for a run; written before it is used.
  ///
  /// @param credential never its value
  record LeaseMade(LeaseId lease, RunId run, AgentId agent, CredentialUsed credential)
      implements AuditEvent {}

  /// The issuer of a lease that has ended did not take it back; it is asked again.
  ///
  /// @param why a word, for example `run_ended`
  record LeaseNotRevoked(
      LeaseId lease, RunId run, AgentId agent, CredentialRef reference, String why)
      implements AuditEvent {
    /// Checks the word.
    public LeaseNotRevoked {
      Word.code("why", why);
    }
  }

  /// A lease is over.
  ///
  /// @param why a word, for example `run_ended`
  /// @param revocation what became of it at its issuer: `done`, `failed`, `not_possible`, `expired`
  ///   where it ran out by itself, `lost` where it is not known whether it was made
  /// @param attempts how often the issuer was asked
  /// @param fingerprint by which its value is known again
  record LeaseEnded(
      LeaseId lease,
      RunId run,
      AgentId agent,
      CredentialRef reference,
      String why,
      String revocation,
      int attempts,
      Optional<String> fingerprint)
      implements AuditEvent {
    /// Checks the words.
    public LeaseEnded {
      Word.code("why", why);
      Word.code("revocation", revocation);
      fingerprint.ifPresent(text -> Word.line("fingerprint", text));
    }
  }

  /// An account was connected; its refresh token is kept.
  ///
  /// @param scope what its issuer gave
  record AccountConnected(CredentialRef reference, String scope, Actor by) implements AuditEvent {
    /// Checks that the scope is one line.
    public AccountConnected {
      Word.line("scope", scope);
    }
  }

  /// The issuer of a connected account takes its refresh token no more: people have withdrawn it,
  /// or somebody else has used it.
  record AccountLost(CredentialRef reference) implements AuditEvent {}

  /// A connected account was removed.
  ///
  /// @param revocation what became of its refresh token at its issuer: `done`, `failed` or
  ///   `not_possible`
  record AccountRemoved(CredentialRef reference, String revocation, Actor by)
      implements AuditEvent {
    /// Checks the word.
    public AccountRemoved {
      Word.code("revocation", revocation);
    }
  }

  /// The catalog in force is another one.
  ///
  /// @param digest SHA-256 over the whole catalog
  /// @param tools how many tools it has
  /// @param problems how many errors its files have
  record CatalogChanged(String digest, int tools, int problems) implements AuditEvent {
    /// Checks the digest.
    public CatalogChanged {
      Word.hash("digest", digest);
    }
  }

  /// The policy file changed while the broker ran; what it held at the start is in [ServerStart].
  ///
  /// @param digest SHA-256 over the rules that count now
  /// @param rules how many there are
  /// @param problems how many things are wrong with the file, which then does not count
  record PolicyChanged(String digest, int rules, int problems) implements AuditEvent {
    /// Checks the digest.
    public PolicyChanged {
      Word.hash("digest", digest);
    }
  }

  /// Calls without an accepted key, counted rather than recorded one by one.
  ///
  /// @param count how many
  /// @param within in how long
  record UnauthenticatedSampled(long count, Duration within) implements AuditEvent {}

  /// A call was unlike what its agent has done before.
  ///
  /// @param detector a word for what was unusual, for example `first_tool`
  /// @param seen what was counted
  /// @param usual what was expected at most
  /// @param reaction a word for what came of it, for example `confirm`
  record UnusualFound(
      CallId call,
      RunId run,
      AgentId agent,
      ToolName tool,
      String detector,
      long seen,
      long usual,
      String reaction)
      implements AuditEvent {
    /// Checks the words.
    public UnusualFound {
      Word.code("detector", detector);
      Word.code("reaction", reaction);
    }
  }

  /// Calls of an agent that were refused for want of room and counted rather than recorded one by
  /// one.
  ///
  /// @param count how many, beside those recorded
  /// @param within in how long
  record CallsLimited(AgentId agent, long count, Duration within) implements AuditEvent {}

  /// The clock went back. [SqlAuditLog] makes it.
  ///
  /// @param before what the clock had shown
  /// @param now what it shows
  record ClockAnomaly(Instant before, Instant now) implements AuditEvent {}

  /// {@return the wire type, for example `call.intent`}
  default String type() {
    return switch (this) {
      case ServerStart _ -> "server.start";
      case ServerStop _ -> "server.stop";
      case CallIntent _ -> "call.intent";
      case CallOutcome _ -> "call.outcome";
      case CallRefused _ -> "call.refused";
      case CallUnknown _ -> "call.unknown";
      case CallSettled _ -> "call.settled";
      case CallNotRecorded _ -> "call.not_recorded";
      case HandleGiven _ -> "handle.given";
      case HandleUsed _ -> "handle.used";
      case ArgumentsErased _ -> "arguments.erased";
      case ApprovalChanged changed -> changed.wire();
      case AgentAdded _ -> "agent.added";
      case AgentRotated _ -> "agent.rotated";
      case AgentTools _ -> "agent.tools";
      case AgentRevoked _ -> "agent.revoked";
      case RunOpened _ -> "run.opened";
      case RunWidened _ -> "run.widened";
      case RunEnded _ -> "run.ended";
      case StopOrdered _ -> "stop.ordered";
      case StopLifted _ -> "stop.lifted";
      case PersonAdded _ -> "person.added";
      case PersonBound _ -> "person.bound";
      case PersonRoles _ -> "person.roles";
      case PersonScoped _ -> "person.scoped";
      case PlaceLent _ -> "person.place_lent";
      case PlaceTakenBack _ -> "person.place_taken_back";
      case PersonAddress _ -> "person.address";
      case PersonRemoved _ -> "person.removed";
      case PersonLink _ -> "person.link";
      case PasskeyMade _ -> "person.passkey_made";
      case PasskeyForgotten _ -> "person.passkey_forgotten";
      case SignedIn _ -> "person.signed_in";
      case SignedOut _ -> "person.signed_out";
      case SignInRefused _ -> "person.sign_in_refused";
      case SecretSet _ -> "secret.set";
      case SecretRotated _ -> "secret.rotated";
      case SecretRolledBack _ -> "secret.rolled_back";
      case SecretExported _ -> "secret.exported";
      case SecretRemoved _ -> "secret.removed";
      case MasterKeyChanged _ -> "master_key.changed";
      case LeaseMade _ -> "lease.made";
      case LeaseNotRevoked _ -> "lease.not_revoked";
      case LeaseEnded _ -> "lease.ended";
      case AccountConnected _ -> "account.connected";
      case AccountLost _ -> "account.lost";
      case AccountRemoved _ -> "account.removed";
      case CatalogChanged _ -> "catalog.changed";
      case PolicyChanged _ -> "policy.changed";
      case UnauthenticatedSampled _ -> "unauthenticated.sampled";
      case UnusualFound _ -> "unusual.found";
      case CallsLimited _ -> "calls.limited";
      case ClockAnomaly _ -> "clock.anomaly";
    };
  }
}
