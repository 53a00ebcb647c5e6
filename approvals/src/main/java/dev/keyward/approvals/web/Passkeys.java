package dev.keyward.approvals.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.Receipt;
import dev.keyward.approvals.passkey.Passkey;
import dev.keyward.approvals.passkey.PasskeyRefused;
import dev.keyward.approvals.passkey.PasskeySite;
import dev.keyward.call.Hashes;
import dev.keyward.call.PersonId;
import dev.keyward.redaction.Secret;
import java.util.Optional;

/// Passkeys on these pages: what a browser needs to make or to use one, and what it answers.
final class Passkeys {
  private static final String MAKING = "keyward passkey 1";
  private static final String SIGNING_IN = "keyward passkey sign-in 1";

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

  /// {@return whether to tell this person that a passkey would save them the next link}
  boolean suggests(Session session) {
    return site.usable() && people.wantsPasskey(session);
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

  /// {@return what a browser needs to sign in with a passkey, whosever that is}
  String asking(Secret attempt) {
    return site.asking(challenge(attempt, SIGNING_IN));
  }

  /// {@return the passkey that has signed this attempt, here; empty for every other answer}
  Optional<PasskeyAttempts.Held> proven(Secret attempt, String answer) {
    try {
      Optional<PasskeyAttempts.Held> held =
          people.passkeyAttempts().held(PasskeySite.credential(answer));
      if (held.isPresent()) {
        byte[] challenge = challenge(attempt, SIGNING_IN);
        site.requireSignedIn(held.get().person(), held.get().passkey(), challenge, answer);
      }
      return held;
    } catch (PasskeyRefused e) {
      return Optional.empty();
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

  /// {@return how the lender, whose session this is, signs a loan}
  DetailPage.Signature signature(Loan loan, Session session) {
    return signature(challenge(loan), session);
  }

  /// {@return the lender's passkey, which has signed this loan}
  ///
  /// @throws PasskeyRefused if it has not, or there is none
  Passkey signed(Loan loan, String answer) throws PasskeyRefused {
    Optional<Passkey> passkey = people.passkey(loan.lender());
    if (passkey.isEmpty()) {
      throw new PasskeyRefused("A place is lent with a passkey here. Make yours first.");
    }
    site.requireSigned(loan.lender(), passkey.get(), challenge(loan), answer);
    return passkey.get();
  }

  private static byte[] challenge(Loan loan) {
    return Receipt.challenge(Receipt.loanDocument(loan.lender(), loan.borrower(), loan.until()));
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

  private static byte[] making(Session session) {
    return challenge(session.token(), MAKING);
  }

  /// A challenge for the holder of this token alone and for one use, which nobody else can foresee.
  /// That of a decision is the hash of a document, which this is of none.
  private static byte[] challenge(Secret token, String use) {
    return Hashes.sha256(Tokens.derived(token, use).getBytes(UTF_8));
  }
}
