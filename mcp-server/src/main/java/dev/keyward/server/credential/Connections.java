package dev.keyward.server.credential;

import dev.keyward.call.PersonId;
import dev.keyward.redaction.Secret;
import java.util.Collection;
import java.util.Optional;

/// The accounts that people have connected, each by the name of a credential in the settings: their
/// refresh tokens. Safe for all threads.
public interface Connections {
  /// {@return whether the account is connected, as far as that is known}
  boolean connected(String name);

  /// Takes the refresh token of `name`. Nobody else at any broker has it until the turn is closed:
  /// an issuer that replaces it at each use takes one that is used twice for stolen.
  ///
  /// @return empty if the account is not connected
  /// @throws Busy if others have it for too long
  Optional<Turn> take(String name) throws Busy;

  /// {@return whether nobody at any broker has come with this attempt before; it counts once}
  boolean first(String attempt);

  /// Keeps the refresh token of an account that was connected just now.
  ///
  /// @param scope what was given
  /// @param by who connected it; absent: the operator
  void connect(String name, Secret token, String scope, Optional<PersonId> by);

  /// {@return every refresh token that was opened or kept here}
  Collection<Secret> held();

  /// Calls `listener` after each change of [#held], before a token is kept.
  void onChange(Runnable listener);

  /// One use of a refresh token. Used by one thread.
  interface Turn extends AutoCloseable {
    /// {@return the token}
    Secret token();

    /// The issuer has given another in its place; that is durable on return.
    void replace(Secret newer);

    /// The issuer takes it no more, so that people have to connect the account again.
    void lost();

    /// Lets others have it; does not throw.
    @Override
    void close();
  }

  /// Somebody else has the token.
  @SuppressWarnings("serial") // never serialized
  final class Busy extends Exception {
    /// Without a stack trace: it is no fault.
    public Busy() {
      super("the account is in use at another broker", null, false, false);
    }
  }
}
