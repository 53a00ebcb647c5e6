package dev.keyward.approvals;

import dev.keyward.call.CallId;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// The writes of which nobody knows whether they took effect, and what people find about them.
///
/// The broker never guesses and never repeats one: an identical call waits until a person who may
/// review it has looked at the target system. Thread-safe.
public interface UnknownWrites {
  /// {@return those that wait for a person and are `wanted`, oldest first, at most `limit`; their
  /// arguments stay closed}
  List<UnknownWrite> waiting(Predicate<? super UnknownWrite> wanted, int limit);

  /// {@return the write, settled or not}
  Optional<UnknownWrite> find(CallId call);

  /// {@return who may settle it: as for a review, somebody independent of the call}
  Quorum quorum(UnknownWrite write);

  /// Records what a person found: one step, with its audit record in the same transaction.
  ///
  /// @param person as signed in; what they may do is looked up again
  /// @param note as kept by [Settlement#note], not empty
  SettleResult settle(CallId call, Person person, Effect effect, String note);
}
