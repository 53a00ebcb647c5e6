package dev.keyward.approvals.web;

import dev.keyward.store.Tx;

/// Hears of every change of a person's account, inside the transaction that makes it; if it throws,
/// the change does not happen.
@FunctionalInterface
public interface PersonListener {
  /// Takes note of `change`.
  void append(Tx tx, PersonChange change);
}
