package dev.keyward.server.credential.mint;

/// Nothing could be made; the message ends a sentence that begins with the credential's name, and
/// repeats nothing of an answer.
@SuppressWarnings("serial") // never serialized
final class MintFault extends Exception {
  private final boolean lasting;

  private MintFault(String why, boolean lasting) {
    super(why);
    this.lasting = lasting;
  }

  /// Somebody has to change something first.
  static MintFault lasting(String why) {
    return new MintFault(why, true);
  }

  /// It may work later.
  static MintFault passing(String why) {
    return new MintFault(why, false);
  }

  boolean lasting() {
    return lasting;
  }

  String why() {
    return String.valueOf(getMessage());
  }
}
