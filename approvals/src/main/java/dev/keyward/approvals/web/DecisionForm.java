package dev.keyward.approvals.web;

import dev.keyward.approvals.Decision;
import dev.keyward.approvals.Verdict;
import dev.keyward.call.CallDigest;
import java.util.Map;
import java.util.Optional;

/// The form with which a person decides, its fields parsed.
///
/// @param reason at most [Decision#MAX_REASON] UTF-16 units, line breaks as `\n`
/// @param shown the digest of the call that the person saw
/// @param view the digest of all that the page showed
record DecisionForm(
    Verdict verdict, Consequence consequence, String reason, CallDigest shown, String view) {

  private static final Map<String, Choice> CHOICES =
      Map.of(
          "approve", new Choice(Verdict.APPROVE, Consequence.NONE),
          "deny", new Choice(Verdict.DENY, Consequence.NONE),
          "deny_cool_down", new Choice(Verdict.DENY, Consequence.COOL_DOWN),
          "deny_stop_run", new Choice(Verdict.DENY, Consequence.STOP_RUN));

  private record Choice(Verdict verdict, Consequence consequence) {}

  /// {@return the fields, or empty if one is missing, is there twice or has another shape}
  static Optional<DecisionForm> of(Form form) {
    Optional<Choice> choice = form.one("decision").map(CHOICES::get);
    Optional<CallDigest> shown = form.one("digest").flatMap(DecisionForm::digest);
    Optional<String> view = form.one("view").flatMap(DecisionForm::digest).map(CallDigest::value);
    Optional<String> reason =
        form.one("reason")
            .map(text -> text.replace("\r\n", "\n").strip())
            .filter(text -> text.length() <= Decision.MAX_REASON);
    if (choice.isEmpty() || shown.isEmpty() || view.isEmpty() || reason.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new DecisionForm(
            choice.get().verdict(),
            choice.get().consequence(),
            reason.get(),
            shown.get(),
            view.get()));
  }

  private static Optional<CallDigest> digest(String text) {
    try {
      return Optional.of(new CallDigest(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
