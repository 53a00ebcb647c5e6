package dev.keyward.approvals.web;

import dev.keyward.approvals.Allowance;
import dev.keyward.approvals.Decision;
import dev.keyward.approvals.Verdict;
import dev.keyward.call.CallDigest;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;

/// The form with which a person decides, its fields parsed.
///
/// @param reason at most [Decision#MAX_REASON] UTF-16 units, line breaks as `\n`, scrubbed: it is
///   kept, and the agent reads it
/// @param shown the digest of the call that the person saw
/// @param view the digest of all that the page showed
/// @param allowance further calls that an approval allows
/// @param signature what the browser says the person's passkey made of it
record DecisionForm(
    Verdict verdict,
    Consequence consequence,
    String reason,
    CallDigest shown,
    String view,
    Optional<Allowance> allowance,
    Optional<String> signature) {
  private static final String FURTHER = "approve_further";

  private static final Map<String, Choice> CHOICES =
      Map.of(
          "approve",
          new Choice(Verdict.APPROVE, Consequence.NONE),
          FURTHER,
          new Choice(Verdict.APPROVE, Consequence.NONE),
          "deny",
          new Choice(Verdict.DENY, Consequence.NONE),
          "deny_cool_down",
          new Choice(Verdict.DENY, Consequence.COOL_DOWN),
          "deny_stop_run",
          new Choice(Verdict.DENY, Consequence.STOP_RUN));

  private record Choice(Verdict verdict, Consequence consequence) {}

  /// {@return the fields, or empty if one is missing, is there twice or has another shape}
  static Optional<DecisionForm> of(Form form, Scrubbed scrubbed) {
    Optional<Choice> choice = form.one("decision").map(CHOICES::get);
    Optional<CallDigest> shown = digest(form, "digest");
    Optional<String> view = digest(form, "view").map(CallDigest::value);
    Optional<String> reason = scrubbed.typed(form, "reason");
    if (choice.isEmpty() || shown.isEmpty() || view.isEmpty() || reason.isEmpty()) {
      return Optional.empty();
    }
    boolean further = form.one("decision").filter(FURTHER::equals).isPresent();
    Optional<Allowance> allowance = further ? allowance(form) : Optional.empty();
    if (further && allowance.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new DecisionForm(
            choice.get().verdict(),
            choice.get().consequence(),
            reason.get(),
            shown.get(),
            view.get(),
            allowance,
            form.one("signature").filter(text -> !text.isEmpty())));
  }

  private static Optional<Allowance> allowance(Form form) {
    try {
      int uses = Integer.parseInt(form.one("uses").orElse(""));
      int minutes = Integer.parseInt(form.one("minutes").orElse(""));
      var free = new HashSet<>(form.all("free"));
      return Optional.of(new Allowance(free, uses, Duration.ofMinutes(minutes)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// {@return the digest in this field, if it is one}
  static Optional<CallDigest> digest(Form form, String field) {
    return form.one(field).flatMap(DecisionForm::digest);
  }

  private static Optional<CallDigest> digest(String text) {
    try {
      return Optional.of(new CallDigest(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
