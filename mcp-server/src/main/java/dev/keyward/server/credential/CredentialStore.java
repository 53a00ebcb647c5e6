package dev.keyward.server.credential;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import java.util.Collection;
import java.util.Optional;

/// Where credentials are kept. Safe for all threads.
public interface CredentialStore {
  /// {@return the newest version of what `ref` names, or empty if the store has none}
  Optional<HeldSecret> current(CredentialRef ref);

  /// {@return every value that the store would still give out or that may still open an upstream}
  ///
  /// For the redactor: the newest versions, and older ones until they expire.
  Collection<Secret> held();

  /// Calls `listener` after each change, on the thread that made it, before the change is
  /// acknowledged to whoever asked for it.
  void onChange(Runnable listener);
}
