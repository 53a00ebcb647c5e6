package dev.keyward.server.audit;

import dev.keyward.catalog.CredentialRef;
import java.time.Duration;
import java.util.Optional;

/// Which credential opened the upstream; by name, never by value.
///
/// @param reference as the catalog names it, for example `local:crm#token`
/// @param version which version of the stored value
/// @param standing whether it is a long-lived key, the last resort
/// @param lifetime how long it was valid when it was lent; absent for a key that does not expire
/// @param minted how it was made, where it was made for the run
public record CredentialUsed(
    CredentialRef reference,
    int version,
    boolean standing,
    Optional<Duration> lifetime,
    Optional<Minted> minted) {

  /// How a credential was made.
  ///
  /// @param kind for example `oauth_client_credentials`
  /// @param asked the scope that was asked for
  /// @param got the scope that was given
  /// @param fingerprint by which the same value is known again
  /// @param subject whose token it was exchanged for, where it was
  public record Minted(
      String kind, String asked, String got, String fingerprint, Optional<String> subject) {
    /// Checks that each text is one line.
    public Minted {
      Word.code("kind", kind);
      Word.line("asked", asked);
      Word.line("got", got);
      Word.line("fingerprint", fingerprint);
      subject.ifPresent(word -> Word.code("subject", word));
    }
  }
}
