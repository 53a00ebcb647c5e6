package dev.keyward.call;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Why a call got no answer. Every case is safe to tell the agent: no secret, no library's message.
public sealed interface Refusal {
  /// The key is missing, wrong, expired or revoked; which of these is not said.
  record Unauthenticated() implements Refusal {}

  /// The token is good, but its scope is not enough.
  ///
  /// @param needed the scope to ask for
  record InsufficientScope(String needed) implements Refusal {}

  /// There is no such tool, or the agent may not see it; the same answer for both.
  record UnknownTool() implements Refusal {}

  /// An argument breaks the tool's input schema.
  ///
  /// @param field a JSON Pointer (RFC 6901) into the arguments, `/` for the whole
  /// @param rule which rule it breaks, in words, without the value
  record InvalidArguments(String field, String rule) implements Refusal {}

  /// An argument holds a secret that the broker knows. Where is not said: whoever guesses at a
  /// secret would learn which of many guesses was right.
  record SecretInArguments() implements Refusal {}

  /// An argument holds a handle that it may not hold, or that is none.
  ///
  /// @param field a JSON Pointer (RFC 6901) into the arguments, `/` for the whole
  record HandleRefused(String field, HandleFault fault) implements Refusal {}

  /// Several calls of this run held secrets, so the run may do nothing more.
  record RunPaused() implements Refusal {}

  /// People have stopped what this call needs.
  ///
  /// @param what it is, in words: `this agent`
  /// @param acted whether a write had begun, so that it may have taken effect
  record Stopped(String what, boolean acted) implements Refusal {}

  /// No grant of the run, or of a run that it was opened in, covers the call.
  ///
  /// @param part where the grant that came furthest fails
  record OutsideGrants(GrantPart part) implements Refusal {}

  /// An argument must be an id that the run was given or has been shown, and is none.
  ///
  /// @param field a JSON Pointer (RFC 6901) into the arguments
  /// @param kind the kind of id that it must be, from the catalog
  record IdNotShown(String field, String kind) implements Refusal {}

  /// The run only proposes: the write is in the record, and nothing was sent.
  record Proposed() implements Refusal {}

  /// A policy rule, or the absence of one, denies the call.
  record DeniedByPolicy(String rule) implements Refusal {}

  /// People have been asked and have not all answered.
  record Pending(ApprovalId approval, ApprovalKind kind, Instant expires) implements Refusal {}

  /// A person said no.
  record NotApproved(ApprovalId approval, String reason) implements Refusal {}

  /// Nobody decided in time.
  record ApprovalExpired(ApprovalId approval) implements Refusal {}

  /// What was approved is not what would run now, or policy has become stricter.
  record ApprovalInvalidated(ApprovalId approval) implements Refusal {}

  /// An identical write has begun and has not ended.
  record TwinOpen(CallId twin) implements Refusal {}

  /// An identical write ended without anyone knowing how.
  record TwinUnknown(CallId twin) implements Refusal {}

  /// An identical write, whose outcome had been unknown, did take effect: a person has looked. Said
  /// once; after that the identical call is another action.
  ///
  /// @param note how the person knows, in their words
  record TwinHappened(CallId twin, String note) implements Refusal {}

  /// The agent or the tool is at its limit of calls.
  record TooMany(String what, Duration retryAfter) implements Refusal {}

  /// A person would have to agree, and nobody was asked: people are asked so much and no more.
  record TooManyQuestions(QuestionCap cap, Duration retryAfter) implements Refusal {}

  /// The tool's system has failed again and again, so nothing is sent to it for a while.
  record TargetDown(Duration retryAfter) implements Refusal {}

  /// The credential that the tool needs is not in the store.
  record CredentialMissing() implements Refusal {}

  /// The tool acts with an account that nobody has connected, or that has to be connected anew.
  ///
  /// @param credential what the operator's settings call it
  record AccountNotConnected(String credential) implements Refusal {}

  /// The tool acts as the person for whom the run is, and no signed token says who that is.
  record DelegatorNotVerified() implements Refusal {}

  /// The store of the credential does not answer, or not usefully.
  record CredentialUnavailable() implements Refusal {}

  /// Nothing was sent: no connection came about.
  record UpstreamUnreachable() implements Refusal {}

  /// Nothing was sent: the service has an address that the operator has not opened.
  record AddressNotAllowed() implements Refusal {}

  /// The upstream's answer is of no use: too slow, too large, of another type, or a redirect.
  record UpstreamUnusable(String rule) implements Refusal {}

  /// A write was begun, and whether it happened is not known.
  record OutcomeUnknown() implements Refusal {}

  /// The call has run, and none of its answer is shown.
  record Withheld(Withholding why) implements Refusal {
    /// The answer could not be scrubbed with certainty.
    public Withheld() {
      this(Withholding.UNSURE);
    }
  }

  /// The call has run, and the broker that had its answer is gone.
  ///
  /// @param changed whether it was a write, so that it has taken effect
  record AnswerLost(boolean changed) implements Refusal {}

  /// The audit record could not be written, so nothing was sent.
  record AuditUnavailable() implements Refusal {}

  /// The caller went away, or the run ended, before anything was sent.
  record Cancelled() implements Refusal {}

  /// A fault of the broker.
  record Broken() implements Refusal {}

  /// {@return a word for machines: answers' `_meta`, the audit, the log}
  default String code() {
    return switch (this) {
      case Unauthenticated() -> "unauthenticated";
      case InsufficientScope _ -> "insufficient_scope";
      case UnknownTool() -> "unknown_tool";
      case InvalidArguments _ -> "invalid_arguments";
      case SecretInArguments() -> "secret_in_arguments";
      case HandleRefused _ -> "handle_refused";
      case RunPaused() -> "run_paused";
      case Stopped _ -> "stopped";
      case OutsideGrants _ -> "outside_grants";
      case IdNotShown _ -> "id_not_shown";
      case Proposed() -> "proposed";
      case DeniedByPolicy _ -> "denied_by_policy";
      case Pending _ -> "pending";
      case NotApproved _ -> "not_approved";
      case ApprovalExpired _ -> "approval_expired";
      case ApprovalInvalidated _ -> "approval_invalidated";
      case TwinOpen _ -> "identical_call_open";
      case TwinUnknown _ -> "identical_call_unknown";
      case TwinHappened _ -> "identical_call_happened";
      case TooMany _ -> "too_many";
      case TooManyQuestions _ -> "too_many_questions";
      case TargetDown _ -> "target_down";
      case CredentialMissing() -> "credential_missing";
      case AccountNotConnected _ -> "account_not_connected";
      case DelegatorNotVerified() -> "delegator_not_verified";
      case CredentialUnavailable() -> "credential_unavailable";
      case UpstreamUnreachable() -> "upstream_unreachable";
      case AddressNotAllowed() -> "address_not_allowed";
      case UpstreamUnusable _ -> "upstream_unusable";
      case OutcomeUnknown() -> "outcome_unknown";
      case Withheld _ -> "withheld";
      case AnswerLost _ -> "answer_lost";
      case AuditUnavailable() -> "audit_unavailable";
      case Cancelled() -> "cancelled";
      case Broken() -> "broken";
    };
  }

  /// {@return what happened and what to do next, in a sentence or two for the agent}
  default String message() {
    return switch (this) {
      case Unauthenticated() -> "The agent key is missing or not accepted.";
      case InsufficientScope(var needed) ->
          "Not executed: the token's scope is not enough. Ask for a token with the scope "
              + needed
              + ".";
      case UnknownTool() ->
          "There is no tool of that name here. List the tools to see what you may call.";
      case InvalidArguments(var field, var rule) ->
          "Not executed: argument " + field + " " + rule + ". Correct it and call again.";
      case SecretInArguments() ->
          "Not executed: an argument holds a secret. Keys are the broker's business; call without"
              + " it.";
      case HandleRefused(var field, var fault) ->
          "Not executed: argument " + field + " " + fault.words() + ".";
      case RunPaused() ->
          "Not executed: calls of this run held secrets, so it is paused. The broker's operator has"
              + " been told.";
      case Stopped(var what, var acted) ->
          acted
              ? "No result: the broker's operators have stopped "
                  + what
                  + " meanwhile. The call may have taken effect; do not repeat it."
              : "Not executed: the broker's operators have stopped "
                  + what
                  + ". Do not try to get the same effect another way.";
      case OutsideGrants(var part) ->
          "Not executed: this run's grant "
              + part.words()
              + ". Do without it, or ask for more with keyward.request_access.";
      case IdNotShown(var field, var kind) ->
          "Not executed: argument "
              + field
              + " must be the id of a "
              + kind
              + " that this run was given or has been shown. Find it with a tool that lists them;"
              + " an id from elsewhere is refused.";
      case Proposed() ->
          "Not executed: this run is advisory. The call is recorded as a proposal for people to"
              + " look at; go on without its effect.";
      case DeniedByPolicy(var rule) ->
          "Not executed: policy ("
              + rule
              + ") does not allow this call. Do not try to get"
              + " the same effect another way.";
      case Pending(var approval, var kind, var expires) ->
          "Not executed yet: "
              + askedOf(kind)
              + " must agree. Approval "
              + approval
              + ", open until "
              + expires
              + ". Call keyward.approval_wait with this approval, then repeat this exact call with"
              + " the same arguments. Do not try other tools for the same effect.";
      case NotApproved(var approval, var reason) ->
          "Not executed: a person declined approval "
              + approval
              + (reason.isEmpty() ? "." : ". Reviewer's note: \"" + reason + "\".");
      case ApprovalExpired(var approval) ->
          "Not executed: nobody decided on approval "
              + approval
              + " in time. Repeat the call to ask again.";
      case ApprovalInvalidated(var approval) ->
          "Not executed: the tool, the policy or who has agreed has changed since approval "
              + approval
              + " was asked for. Repeat the call to ask again.";
      case TwinOpen(var twin) ->
          "Not executed: the identical call " + twin + " is still running. Wait for its result.";
      case TwinUnknown(var twin) ->
          "Not executed: it is not known whether the identical call "
              + twin
              + " took effect. A person has to look at it; do not repeat it.";
      case TwinHappened(var twin, var note) ->
          "Not executed: a person has looked, and the identical call "
              + twin
              + " did take effect. Their note: \""
              + note
              + "\". Repeat it only if it is to be done a second time.";
      case TooMany(var what, var wait) ->
          "Not executed: too many " + what + ". Try again in " + seconds(wait) + " s.";
      case TooManyQuestions(var cap, var wait) ->
          "Not executed, and nobody was asked: "
              + cap.words()
              + ". Go on with what needs nobody's agreement, or try again in "
              + seconds(wait)
              + " s. Do not try other tools for the same effect.";
      case TargetDown(var wait) ->
          "Not executed: the service has failed several times in a row, so it is left alone for"
              + " now. Try again in "
              + seconds(wait)
              + " s.";
      case CredentialMissing() ->
          "Not executed: the broker has no credential for this tool. Its operator has been told.";
      case AccountNotConnected(var credential) ->
          "Not executed: the account that this tool acts with is not connected. The broker's"
              + " operator has to run: keyward connect "
              + credential
              + ". Go on without it until then.";
      case DelegatorNotVerified() ->
          "Not executed: this tool acts as the person for whom the run is, and no signed token says"
              + " who that is. Call with that person's token, or in a run that was opened with"
              + " one.";
      case CredentialUnavailable() ->
          "Not executed: the broker cannot get this tool's credential at the moment. Its operator"
              + " has been told. Try again later.";
      case UpstreamUnreachable() ->
          "Not executed: the service could not be reached. Try again later.";
      case AddressNotAllowed() ->
          "Not executed: the broker may not call this service's address. Its operator has been"
              + " told; trying again does not help.";
      case UpstreamUnusable(var rule) -> "No result: the service's answer " + rule + ".";
      case OutcomeUnknown() ->
          "It is not known whether this call took effect. Do not repeat it; a person will look.";
      case Withheld(var why) -> "The result was withheld: " + why.words() + ".";
      case AnswerLost(var changed) ->
          changed
              ? "No result: the call has run, and its answer was lost when the broker ended. Look"
                  + " at what it did before you do anything further; do not repeat it blindly."
              : "No result: the answer was lost when the broker ended. Call again.";
      case AuditUnavailable() ->
          "Not executed: the broker cannot write its record at the moment. Try again later.";
      case Cancelled() -> "Not executed: the call was cancelled.";
      case Broken() -> "The broker failed. Its operator can look this call up.";
    };
  }

  /// {@return after how long to try again, where that is known}
  default Optional<Duration> comeAgain() {
    return switch (this) {
      case TooMany(var _, var wait) -> Optional.of(wait);
      case TooManyQuestions(var _, var wait) -> Optional.of(wait);
      case TargetDown(var wait) -> Optional.of(wait);
      default -> Optional.empty();
    };
  }

  /// {@return whole seconds, rounded up, so that nobody is told to wait for no time at all}
  static long seconds(Duration wait) {
    return Math.max(1, wait.plusMillis(999).toSeconds());
  }

  private static String askedOf(ApprovalKind kind) {
    return switch (kind) {
      case CONFIRM -> "the person you work for";
      case REVIEW -> "an independent reviewer";
      case DUAL -> "two independent reviewers";
    };
  }
}
