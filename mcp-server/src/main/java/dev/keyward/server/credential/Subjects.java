package dev.keyward.server.credential;

import dev.keyward.call.Caller;
import dev.keyward.redaction.Secret;
import java.util.Collection;
import java.util.Optional;

/// The people for whom runs act, as signed tokens say. Safe for all threads.
public interface Subjects {
  /// {@return the person for whom `caller` acts; empty unless a token that still lives says who
  /// that is}
  Optional<Subject> of(Caller caller);

  /// {@return every token that was opened here and may still work}
  Collection<Secret> held();

  /// Calls `listener` after each change of [#held], before a token is given out.
  void onChange(Runnable listener);
}
