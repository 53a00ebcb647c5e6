package dev.keyward.server.audit;

import dev.keyward.approvals.ApprovalEvent;
import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.ApprovalState;
import dev.keyward.approvals.Decision;
import dev.keyward.approvals.GlassBreak;
import dev.keyward.approvals.Independence;
import dev.keyward.approvals.Receipt;
import dev.keyward.approvals.Role;
import dev.keyward.approvals.Verdict;
import dev.keyward.approvals.passkey.Passkey;
import dev.keyward.approvals.passkey.PasskeyRefused;
import dev.keyward.approvals.passkey.PasskeySite;
import dev.keyward.approvals.web.SoftPasskey;
import dev.keyward.call.PersonId;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/// A passkey of bob's, and a decision that he signed with it.
final class SignedDecision {
  private static final URI ORIGIN = URI.create("https://approve.example");
  static final String TICKET = "INC-4812";
  private static final String REASON = "customers cannot pay";
  private static final String VIEW = "e".repeat(64);

  private final ApprovalRequest request = Samples.request(ApprovalState.PARTIAL);
  private final Passkey passkey;
  private final Receipt receipt;
  private final Receipt glass;

  SignedDecision() throws PasskeyRefused {
    var site = new PasskeySite(ORIGIN);
    var authenticator = new SoftPasskey(ORIGIN.toString()).forSite(ORIGIN.getHost());
    byte[] challenge = new byte[32];
    passkey =
        site.made(Samples.BOB, challenge, authenticator.made(site.making(Samples.BOB, challenge)));
    byte[] decision =
        Receipt.challenge(Receipt.document(request.id(), request.running(), VIEW, Samples.BOB));
    receipt = new Receipt(ORIGIN, passkey, authenticator.signed(site.asking(passkey, decision)));
    byte[] emergency =
        Receipt.challenge(
            GlassBreak.document(
                request.id(), request.running(), VIEW, Samples.BOB, REASON, TICKET));
    glass = new Receipt(ORIGIN, passkey, authenticator.signed(site.asking(passkey, emergency)));
  }

  /// {@return the records: the passkey was made, and this person approved}
  List<AuditEvent> events(PersonId person) {
    return events(person, Verdict.APPROVE);
  }

  /// {@return the records: the passkey was made, and bob broke the glass, as it says with this
  /// ticket}
  ///
  /// @param signed whether what he signed for [#TICKET] stands there
  List<AuditEvent> brokenGlass(String ticket, boolean signed) {
    var decision =
        new Decision(
            Samples.BOB,
            Role.BREAK_GLASS,
            Verdict.APPROVE,
            REASON,
            Samples.NOON,
            Independence.INDEPENDENT,
            VIEW,
            signed ? Optional.of(glass) : Optional.empty(),
            Optional.of(ticket),
            Optional.empty());
    return List.of(
        new AuditEvent.PasskeyMade(Samples.BOB, passkey),
        new AuditEvent.ApprovalChanged(new ApprovalEvent.Decided(request, Samples.NOON, decision)));
  }

  /// {@return the records: the passkey was made, and this person decided}
  List<AuditEvent> events(PersonId person, Verdict verdict) {
    var decision =
        new Decision(
            person,
            Role.REVIEWER,
            verdict,
            "",
            Samples.NOON,
            Independence.INDEPENDENT,
            VIEW,
            Optional.of(receipt));
    return List.of(
        new AuditEvent.PasskeyMade(person, passkey),
        new AuditEvent.ApprovalChanged(new ApprovalEvent.Decided(request, Samples.NOON, decision)));
  }
}
