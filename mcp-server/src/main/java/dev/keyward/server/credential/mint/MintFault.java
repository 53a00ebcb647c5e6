package dev.keyward.server.credential.mint;

import dev.keyward.server.credential.LeaseIssuer;

/// Nothing could be made; the message ends a sentence that begins with the credential's name, and
/// repeats nothing of an answer.
@SuppressWarnings("serial") // never serialized
final class MintFault extends Exception {
  private static final String INVALID_GRANT = "invalid_grant";

  private final boolean lasting;
  private final String said;

  private MintFault(String why, boolean lasting, String said) {
    super(why);
    this.lasting = lasting;
    this.said = said;
  }

  /// Somebody has to change something first.
  static MintFault lasting(String why) {
    return new MintFault(why, true, "");
  }

  /// It may work later.
  static MintFault passing(String why) {
    return new MintFault(why, false, "");
  }

  /// A store has not made it, prolonged it or taken it back.
  static MintFault of(LeaseIssuer.NotLeased why) {
    return new MintFault(why.why(), why.lasting(), "");
  }

  /// The issuer has said no.
  ///
  /// @param said its word for why, of those that OAuth knows
  static MintFault refused(String said) {
    return new MintFault("cannot be made: its issuer says " + said, true, said);
  }

  /// {@return whether what was shown to the issuer, for example a refresh token, is no good}
  boolean spent() {
    return said.equals(INVALID_GRANT);
  }

  boolean lasting() {
    return lasting;
  }

  String why() {
    return String.valueOf(getMessage());
  }
}
