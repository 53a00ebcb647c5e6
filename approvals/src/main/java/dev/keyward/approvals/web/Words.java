package dev.keyward.approvals.web;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Person;
import dev.keyward.approvals.Preview;
import dev.keyward.approvals.Role;
import dev.keyward.approvals.Subject;
import dev.keyward.call.Caller;
import dev.keyward.call.Delegator;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The pages' own words for what a request or a caller is.
final class Words {
  private Words() {}

  static String kind(ApprovalRequest request) {
    return switch (request.kind()) {
      case CONFIRM ->
          request.subject().caller().confirmer().equals(request.subject().caller().owner())
              ? "Confirm: the agent's owner"
              : "Confirm: the person the agent works for";
      case REVIEW ->
          request.singleOperator() ? "Review: any reviewer" : "Review: one independent reviewer";
      case DUAL -> "Dual: two independent reviewers";
    };
  }

  /// Who has to agree once somebody has changed the arguments.
  static String afterEdit(ApprovalRequest request) {
    return switch (request.kind()) {
      case CONFIRM -> "You then read the changed call and approve it, or not.";
      case REVIEW ->
          request.singleOperator()
              ? "You then read the changed call and approve it, or not."
              : "Another reviewer then has to agree to the changed call: you cannot.";
      case DUAL -> "Two other reviewers then have to agree to the changed call: you cannot.";
    };
  }

  /// Roughly how long, for example `40 s` or `12 min`.
  static String time(Duration time) {
    if (time.toMinutes() < 2) {
      return time.toSeconds() + " s";
    }
    return time.toHours() < 2 ? time.toMinutes() + " min" : time.toHours() + " h";
  }

  /// What a person is here; everybody confirms what agents do for them, so `member` stands alone.
  static String roles(Person person) {
    String more =
        Stream.of(Role.VIEWER, Role.REVIEWER, Role.AUDITOR, Role.ADMINISTRATOR, Role.BREAK_GLASS)
            .filter(person::is)
            .map(Words::role)
            .collect(Collectors.joining(", "));
    return more.isEmpty() ? "member" : more;
  }

  static String role(Role role) {
    return role.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static String behalf(Delegator delegator) {
    return delegator.person().value() + (delegator.verified() ? " (verified)" : " (only claimed)");
  }

  /// What a call can do where it goes, or what more a run could do.
  static String reach(Subject subject) {
    return switch (subject) {
      case Subject.Call call -> reach(call);
      case Subject.Grant _ ->
          "It sends nothing. It lets this run make such calls, which go through policy and people"
              + " one by one.";
    };
  }

  private static String reach(Subject.Call call) {
    return switch (call.tier()) {
      case READ -> "It reads from " + call.system() + ", and changes nothing there.";
      case WRITE -> "It changes something in " + call.system() + ".";
      case DANGEROUS_WRITE ->
          "It changes something in " + call.system() + " that may not be undone.";
    };
  }

  /// Why nothing is shown of how things are before a call.
  static String unread(String code) {
    return switch (code) {
      case Preview.Unread.NOT_READ ->
          "It has not been read. Where people were asked a moment ago, load this page again.";
      case Preview.Unread.LEFT_OUT -> "The call leaves out what it would be read by.";
      case Preview.Unread.EDITED ->
          "It was read before the call was changed, and with other arguments.";
      case Preview.Unread.ERASED -> "It was erased when the agent's run ended.";
      case "denied_by_policy",
          "outside_grants",
          "insufficient_scope",
          "unknown_tool",
          "id_not_shown" ->
          "The agent's run may not read it without asking, so it was not read: " + code + ".";
      case "http_404" -> "The system says that there is no such thing (http_404).";
      default -> "It could not be read: " + code + ".";
    };
  }

  static String credential(Optional<ToolCredentials.Use> credential) {
    return credential.map(Words::credential).orElse("None.");
  }

  private static String credential(ToolCredentials.Use use) {
    String scope = use.scope().map(words -> ", with the scope " + words).orElse("");
    return use.made()
        .map(kind -> "Made for this run: " + use.reference() + ", " + kind + scope + ".")
        .orElse("A standing key: " + use.reference() + ", which works until somebody changes it.");
  }

  static String claim(Caller caller) {
    return caller
        .delegator()
        .map(
            delegator ->
                delegator.verified()
                    ? "Verified: a signed token says so."
                    : "Only claimed by the agent. Nothing proves it, and it confers nothing.")
        .orElse("Its owner answers for it.");
  }
}
