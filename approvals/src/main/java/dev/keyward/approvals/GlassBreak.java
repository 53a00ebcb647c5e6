package dev.keyward.approvals;

import dev.keyward.approvals.passkey.PasskeyRefused;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.CallDigest;
import dev.keyward.call.Hashes;
import dev.keyward.call.PersonId;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// How somebody breaks the glass for one call: why, where more is said, and their passkey's
/// signature over all of it.
///
/// @param reason the person's words, 1 to [Decision#MAX_REASON] characters
/// @param ticket a name in the operator's own system, 1 to 64 of letters, digits and `._/#:-`
/// @param shown the digest of the call that the person was shown
/// @param view SHA-256 over all that the page showed
public record GlassBreak(
    String reason, String ticket, CallDigest shown, String view, Receipt receipt) {
  private static final Pattern TICKET = Pattern.compile("[A-Za-z0-9._/#:-]{1,64}");

  /// Checks that both are said.
  ///
  /// @throws IllegalArgumentException if one is not, or has another shape
  public GlassBreak {
    if (!isReason(reason) || !isTicket(ticket)) {
      throw new IllegalArgumentException("a reason and a ticket must be given");
    }
  }

  /// {@return a reason as it is kept: cut, and freed of control characters}
  public static String words(String typed) {
    return ReasonText.of(typed);
  }

  /// {@return whether this says why}
  public static boolean isReason(String reason) {
    return !reason.isBlank()
        && reason.length() <= Decision.MAX_REASON
        && ReasonText.of(reason).equals(reason);
  }

  /// {@return whether this names a ticket}
  public static boolean isTicket(String ticket) {
    return TICKET.matcher(ticket).matches();
  }

  /// {@return what the person signs}
  public static ObjectNode document(
      ApprovalId id, CallDigest call, String view, PersonId person, String reason, String ticket) {
    return Receipt.glassDocument(id, call, view, person, hash(reason), ticket);
  }

  /// {@return what the record has of a reason: SHA-256 in hexadecimal}
  public static String hash(String reason) {
    return Hashes.sha256Hex(reason);
  }

  void requireSigned(ApprovalId id, PersonId person) throws PasskeyRefused {
    receipt.require(document(id, shown, view, person, reason, ticket), person);
  }

  Decision decision(PersonId person, Instant at, Independence independence) {
    return new Decision(
        person,
        Role.BREAK_GLASS,
        Verdict.APPROVE,
        reason,
        at,
        independence,
        view,
        Optional.of(receipt),
        Optional.of(ticket),
        Optional.empty());
  }
}
