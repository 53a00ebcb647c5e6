package dev.keyward.approvals;

/// What came of a person's word about an unknown outcome. Only [Recorded] changed something.
public sealed interface SettleResult {
  /// It counts; `now` is the write with it.
  record Recorded(UnknownWrite now) implements SettleResult {}

  /// Somebody was first, or the outcome has become known otherwise.
  record AlreadySettled(UnknownWrite now) implements SettleResult {}

  /// There is no such write.
  record Unknown() implements SettleResult {}

  /// This person may not settle this write.
  ///
  /// @param why a sentence for the person
  record NotAllowed(String why) implements SettleResult {}
}
