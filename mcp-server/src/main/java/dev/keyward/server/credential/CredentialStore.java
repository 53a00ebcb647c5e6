package dev.keyward.server.credential;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import java.util.Collection;
import java.util.List;

/// Where credentials are kept. Safe for all threads.
public interface CredentialStore {
  /// {@return the newest version of what `ref` names, as far as the store has heard}
  ///
  /// Asked several times for each call, so it answers from memory; a store that lives elsewhere
  /// keeps what it was told for a bounded time, and lets many who wait at once wait for one answer.
  Lookup current(CredentialRef ref);

  /// {@return the newest version of what `ref` names, past whatever the store keeps in memory}
  Lookup newest(CredentialRef ref);

  /// {@return every value that the store would still give out or that may still open an upstream,
  /// its own way in included}
  ///
  /// For the redactor: the newest versions, and older ones until they expire. A store that reads
  /// values only when they are asked for need not name those: what was lent stays known anyway.
  Collection<Secret> held();

  /// Calls `listener` after each change of [#held], on the thread that made it, before the change
  /// is acknowledged to whoever asked for it and before a new value is used.
  void onChange(Runnable listener);

  /// {@return how the store itself is: whether it answers, and what is weak about it}
  List<StoreFinding> examine();
}
