package dev.keyward.server.credential;

import dev.keyward.redaction.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A store that also makes credentials, lends them for a while, prolongs them and takes them back:
/// Vault's database roles and tokens. Safe for all threads; callers wait.
public interface LeaseIssuer {
  /// Makes a login at a database, once.
  ///
  /// @param as the token that asks and that the lease then hangs on; absent: the broker's own
  /// @param mount where the database engine is
  /// @return with `user:password` as its value
  Leased database(Optional<Secret> as, String mount, String role) throws NotLeased;

  /// Makes a token that hangs on the broker's own, once.
  ///
  /// @param role the token role that it is made against
  /// @param about what Vault's own audit is to say of it
  Leased token(
      List<String> policies, Optional<String> role, Duration life, Map<String, String> about)
      throws NotLeased;

  /// Asks for a database login to live on.
  ///
  /// @param as as when it was made
  /// @return for how long it does
  Duration prolongDatabase(Optional<Secret> as, Secret lease, Duration by) throws NotLeased;

  /// Asks for a token to live on, by as much as it was given at first.
  ///
  /// @return for how long it does
  Duration prolongToken(Secret token) throws NotLeased;

  /// Ends a database login; one that has ended already is no failure.
  void revokeDatabase(Secret lease) throws NotLeased;

  /// Ends a token and all that hangs on it; one that has ended already is no failure.
  void revokeToken(Secret token) throws NotLeased;

  /// {@return whether a token still opens anything}
  boolean lives(Secret token) throws NotLeased;

  /// What was made.
  ///
  /// @param value what opens the upstream
  /// @param parts what of it is secret by itself
  /// @param lease by what it is prolonged and taken back; a token's is the token itself
  /// @param life for how long it works
  /// @param renewable whether it can be prolonged
  record Leased(Secret value, List<Secret> parts, Secret lease, Duration life, boolean renewable) {
    /// Copies the parts.
    public Leased {
      parts = List.copyOf(parts);
    }
  }

  /// It was not done; the message ends a sentence that begins with the credential's name.
  @SuppressWarnings("serial") // never serialized
  final class NotLeased extends Exception {
    private final boolean lasting;

    /// @param lasting whether somebody has to change something first
    public NotLeased(String why, boolean lasting) {
      super(why, null, false, false);
      this.lasting = lasting;
    }

    /// {@return whether somebody has to change something first}
    public boolean lasting() {
      return lasting;
    }

    /// {@return why, for the operator}
    public String why() {
      return String.valueOf(getMessage());
    }
  }
}
