package dev.keyward.server.audit;

import dev.keyward.store.Tx;

/// Where events are appended; nothing is ever changed or taken out.
public interface AuditLog {
  /// Appends `event` as part of the unit of work `tx`: it is durable when that is, and gone without
  /// a gap if that is undone. Called on the database's writer thread only.
  ///
  /// @throws IllegalStateException before the log is started or after it is stopped
  void append(Tx tx, AuditEvent event);

  /// {@return whether another broker is known to have taken this one for dead: nothing can be
  /// appended any more, and nothing may be sent}
  boolean ended();
}
