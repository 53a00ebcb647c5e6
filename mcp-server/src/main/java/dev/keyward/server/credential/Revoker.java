package dev.keyward.server.credential;

import dev.keyward.redaction.Secret;

/// Gives minted credentials back at their issuers. Safe for all threads; callers wait.
@FunctionalInterface
public interface Revoker {
  /// Asks the issuer of what the settings call `name`, once, to take it back.
  ///
  /// @param shown as in [Receipt]
  Revoked revoke(String name, Secret shown);

  /// What came of it.
  sealed interface Revoked {
    /// It opens nothing more.
    record Done() implements Revoked {}

    /// It may work until its end; asking again may help.
    ///
    /// @param why the end of a sentence that begins with the credential's name
    record Failed(String why) implements Revoked {}

    /// Its issuer takes nothing back.
    record NotPossible() implements Revoked {}
  }
}
