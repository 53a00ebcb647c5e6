package dev.keyward.approvals;

import dev.keyward.store.Tx;

/// Hears of every change of a request, inside the transaction that makes it.
///
/// What it writes through `tx` is kept or lost together with the change; if it throws, the change
/// does not happen. Called on the database's writer thread.
@FunctionalInterface
public interface ApprovalListener {
  /// Takes note of `event`.
  void append(Tx tx, ApprovalEvent event);
}
