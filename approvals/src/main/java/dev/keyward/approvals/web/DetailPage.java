package dev.keyward.approvals.web;

import java.util.List;
import java.util.Optional;

/// What the page of one request shows: everything a person needs to decide, and nothing that was
/// left out.
///
/// @param row what the queue shows of it too
/// @param system the upstream, for example `stripe`
/// @param origin the upstream's origin, for example `https://api.stripe.com`
/// @param shown the arguments and all else that a decision is bound to
/// @param reach what the call can do where it goes: a sentence
/// @param credential with what the call would act: a sentence
/// @param independent whether the install promises independent reviewers
/// @param agentType what kind of agent
/// @param claim how well it is known for whom the agent acts
/// @param digest what a decision is bound to
/// @param editedBy who changed the arguments; empty where nobody did. The comparison is then with
///   what the agent asked for
/// @param decisions of people so far, in order
/// @param earlier other requests of this agent and tool that people have decided
/// @param allowedBy the approval because of which nobody was asked; empty where people were
/// @param further what this approval still allows
/// @param editing how this person can change the arguments, if they can
/// @param longer until when this person can keep it open, if they can
/// @param breakable whether this person may break the glass for it
/// @param notices what has just happened or must not be missed
record DetailPage(
    Visitor.Known visitor,
    QueuePage.Row row,
    String system,
    String origin,
    Shown shown,
    String reach,
    String credential,
    boolean independent,
    String agentType,
    String workspace,
    String run,
    String claim,
    String rule,
    String digest,
    String editedBy,
    List<Answer> decisions,
    List<QueuePage.Row> earlier,
    String allowedBy,
    Optional<Further> further,
    List<Notice> notices,
    Choice choice,
    Optional<Editing> editing,
    Optional<Moment> longer,
    boolean breakable) {

  /// One person's answer.
  record Answer(
      String person,
      String role,
      Badge verdict,
      List<Piece> reason,
      Moment at,
      String independence,
      String stepUp) {}

  /// Further calls that an approval still allows.
  ///
  /// @param uses how many, in words
  /// @param free the arguments that may differ, in words
  /// @param endable whether this person may end it
  record Further(String uses, String free, Moment until, boolean endable) {}

  /// What approving takes beyond being signed in.
  sealed interface Signature {
    /// Nothing.
    record None() implements Signature {}

    /// The person's passkey.
    ///
    /// @param options what the browser needs to have it sign, as JSON
    record Passkey(String options) implements Signature {}

    /// A passkey, which this person has not made yet.
    record Missing() implements Signature {}
  }

  /// What this person can do here.
  sealed interface Choice {
    /// Approve or deny.
    ///
    /// @param reason what the person had written already
    /// @param further whether further calls may be allowed, too
    /// @param mayDiffer the arguments that may then differ
    /// @param signature what approving takes beyond being signed in
    record Open(String reason, boolean further, List<String> mayDiffer, Signature signature)
        implements Choice {}

    /// Nothing.
    ///
    /// @param why a sentence
    record Closed(String why) implements Choice {}
  }
}
