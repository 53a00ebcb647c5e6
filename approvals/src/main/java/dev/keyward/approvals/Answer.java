package dev.keyward.approvals;

import dev.keyward.call.CallDigest;

/// What a person answers to a request.
///
/// @param reason as typed; it is cut to [Decision#MAX_REASON] characters and freed of control
///   characters
/// @param shown the digest of the call that the person was shown
/// @param view SHA-256 over all that the page showed, 64 lower-case hexadecimal digits; empty where
///   no page was involved
public record Answer(Verdict verdict, String reason, CallDigest shown, String view) {}
