package dev.keyward.store;

import org.jdbi.v3.core.Handle;

/// What a unit of work asks of its engine beyond portable SQL.
interface Dialect {
  /// See [Tx#lock].
  void lock(Handle sql, String name);

  /// See [Tx#hint].
  void hint(Handle sql, String text);

  /// For an engine with one writer and one process.
  Dialect ALONE =
      new Dialect() {
        @Override
        public void lock(Handle sql, String name) {
          // the writer is alone
        }

        @Override
        public void hint(Handle sql, String text) {
          // nobody else is there to hear it
        }
      };
}
