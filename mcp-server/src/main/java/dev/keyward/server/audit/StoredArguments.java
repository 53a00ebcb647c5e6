package dev.keyward.server.audit;

import java.time.Instant;

/// What the vault holds for a call.
public sealed interface StoredArguments {
  /// They can still be read.
  ///
  /// @param canonical the arguments, RFC 8785
  /// @param hash their salted hash; equal to the record's unless somebody exchanged them
  record Held(String canonical, String hash) implements StoredArguments {
    @Override
    public String toString() {
      return "[arguments]";
    }
  }

  /// They were made unreadable for good.
  record Erased(Instant at) implements StoredArguments {}

  /// Something is stored that this key did not encrypt for this call.
  record Damaged() implements StoredArguments {}

  /// Nothing is stored for this call.
  record Absent() implements StoredArguments {}
}
