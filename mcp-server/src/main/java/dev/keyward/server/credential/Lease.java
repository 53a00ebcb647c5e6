package dev.keyward.server.credential;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import java.time.Instant;
import java.util.Optional;

/// A credential borrowed for one call. For a tool that needs none it is empty.
///
/// Used in try-with-resources: once closed it gives nothing out. Its `toString` names the reference
/// and version only.
public interface Lease extends AutoCloseable {
  /// {@return the value, or empty if the tool needs none}
  ///
  /// @throws IllegalStateException once closed
  Optional<Secret> secret();

  /// {@return what the value is called, or empty if the tool needs none}
  Optional<CredentialRef> ref();

  /// {@return when the value stops working, where that is known}
  Optional<Instant> expires();

  /// {@return whether the value works until somebody changes it: the kind to be rid of}
  boolean standing();

  /// {@return the version of the value, from 1; 0 for an empty lease}
  int version();

  /// {@return how it was made, where it was made for a run rather than kept}
  Optional<MintFacts> facts();

  /// Looks the reference up again, past every cache; a minted one is made anew.
  ///
  /// @return a lease of its own if the value is really another one, else empty
  Optional<Lease> fresher();

  /// The upstream has said that the value is not good: it should not be lent again if there is
  /// another way to come by one.
  void rejected();

  /// Gives the credential back; never throws.
  @Override
  void close();
}
