package dev.keyward.approvals.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.Receipt;
import dev.keyward.approvals.passkey.PasskeyRefused;
import dev.keyward.approvals.passkey.PasskeySite;
import dev.keyward.call.PersonId;
import java.util.HexFormat;
import java.util.Optional;

/// Passkeys on these pages: what a browser needs to make or to use one, and what it answers.
final class Passkeys {
  private static final String MAKING = "keyward passkey 1";

  private final PasskeySite site;
  private final Approvals approvals;
  private final SqlPeople people;

  Passkeys(PasskeySite site, Approvals approvals, SqlPeople people) {
    this.site = site;
    this.approvals = approvals;
    this.people = people;
  }

  /// {@return how a passkey stands for this person here}
  PasskeyPage.State state(Session session) {
    if (people.passkey(session.person().id()).isPresent()) {
      return new PasskeyPage.State.Made();
    }
    if (!site.usable()) {
      return new PasskeyPage.State.Impossible();
    }
    return people.fresh(session)
        ? new PasskeyPage.State.Ready(site.making(session.person().id(), making(session)))
        : new PasskeyPage.State.Stale();
  }

  /// Keeps the passkey that a browser has made.
  ///
  /// @throws PasskeyRefused if it is none, or this person can make none now
  void keep(Session session, String answer) throws PasskeyRefused {
    PersonId person = session.person().id();
    if (!people.keepPasskey(session, site.made(person, making(session), answer))) {
      throw new PasskeyRefused("It was not kept: you have one already, or signed in too long ago.");
    }
  }

  /// {@return how this person approves this}
  DetailPage.Signature signature(ApprovalRequest request, Shown shown, Session session) {
    PersonId person = session.person().id();
    if (!approvals.signs(request, person)) {
      return new DetailPage.Signature.None();
    }
    byte[] challenge =
        Receipt.challenge(
            Receipt.document(request.id(), request.running(), shown.digest(), person));
    return signature(challenge, session);
  }

  /// {@return how this person signs a challenge}
  DetailPage.Signature signature(byte[] challenge, Session session) {
    return people
        .passkey(session.person().id())
        .<DetailPage.Signature>map(
            key -> new DetailPage.Signature.Passkey(site.asking(key, challenge)))
        .orElseGet(DetailPage.Signature.Missing::new);
  }

  /// {@return what the person's passkey made of a decision; it is yet to be verified}
  Optional<Receipt> receipt(DecisionForm form, Session session) {
    return form.signature().flatMap(answer -> receipt(answer, session));
  }

  /// {@return what the person's passkey is said to have made; it is yet to be verified}
  Optional<Receipt> receipt(String answer, Session session) {
    return people
        .passkey(session.person().id())
        .map(key -> new Receipt(site.origin(), key, answer));
  }

  /// A challenge for this session alone, which nobody else can foresee.
  private static byte[] making(Session session) {
    String derived = Tokens.derived(session.token(), MAKING);
    return HexFormat.of().parseHex(Tokens.fingerprint(derived.getBytes(UTF_8)));
  }
}
