package dev.keyward.approvals.web;

import dev.keyward.approvals.Role;
import dev.keyward.call.PersonId;
import dev.keyward.redaction.Secret;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/// Somebody else who tells who a person at a browser is, for example a company's single sign-on.
/// Thread-safe; may block.
public interface OutsideSignIn {
  /// {@return what the sign-in page calls it}
  String label();

  /// {@return where to send the browser; empty if it cannot be asked at the moment}
  Optional<URI> begin(Attempt attempt);

  /// {@return who came back with `code`; empty if that is not known}
  Optional<Identified> end(Attempt attempt, Secret code);

  /// One attempt of one browser. All of it follows from the browser's cookie, so nothing is stored.
  ///
  /// @param back where the browser is to come back to
  /// @param state comes back with the browser
  /// @param nonce comes back in the signed answer
  /// @param verifier what only the broker can show for the code (PKCE, RFC 7636)
  record Attempt(URI back, String state, String nonce, Secret verifier) {}

  /// A person as somebody else knows them.
  ///
  /// @param issuer who says so
  /// @param subject who it is there, for good
  /// @param name what they are called here if they are new
  /// @param roles what they may do from now on; empty for who may not come in, or not any more
  record Identified(String issuer, String subject, PersonId name, Set<Role> roles) {
    /// Copies the roles.
    public Identified {
      roles = Set.copyOf(roles);
    }
  }
}
