package dev.keyward.approvals;

/// How a call ended that used an approval and was sent.
public enum CallEnd {
  /// The system answered that it was done.
  DONE,

  /// It ended with an error, so what it did is for people to find out at the system.
  FAILED,

  /// Nobody knows.
  UNKNOWN
}
