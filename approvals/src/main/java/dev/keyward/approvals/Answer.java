package dev.keyward.approvals;

import dev.keyward.call.CallDigest;
import java.time.Duration;
import java.util.Optional;

/// What a person answers to a request.
///
/// @param reason as typed; it is cut to [Decision#MAX_REASON] characters and freed of control
///   characters
/// @param shown the digest of the call that the person was shown
/// @param view SHA-256 over all that the page showed, 64 lower-case hexadecimal digits; empty where
///   no page was involved
/// @param coolDown for how long a denial also refuses every other call of this tool, to its agent
///   and those that it works with, without asking anybody; zero for not at all
/// @param allowance further calls that an approval allows
/// @param receipt what the person's passkey made of an approval
public record Answer(
    Verdict verdict,
    String reason,
    CallDigest shown,
    String view,
    Duration coolDown,
    Optional<Allowance> allowance,
    Optional<Receipt> receipt) {

  /// An answer to this request and nothing else.
  public Answer(Verdict verdict, String reason, CallDigest shown, String view) {
    this(verdict, reason, shown, view, Duration.ZERO, Optional.empty(), Optional.empty());
  }
}
