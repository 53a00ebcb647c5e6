package dev.keyward.approvals;

import java.util.Locale;

/// Where a request stands.
///
/// `PENDING → PARTIAL → APPROVED → CONSUMED → DONE | UNKNOWN`; what is not yet consumed may instead
/// end as `DENIED` (until approved), `EXPIRED`, `CANCELLED` or `INVALIDATED`. A consumed request
/// returns to `APPROVED` only when it is proven that nothing was sent.
public enum ApprovalState {
  /// Nobody has answered.
  PENDING,
  /// Some of the people needed have approved.
  PARTIAL,
  /// Enough have; not used yet.
  APPROVED,
  /// A call is using it, or the broker ended before it could say how that went.
  CONSUMED,
  /// The call's outcome is known, good or bad.
  DONE,
  /// The call's outcome is not known; a person has to look.
  UNKNOWN,
  /// A person said no.
  DENIED,
  /// Nobody used it in time.
  EXPIRED,
  /// The run ended, or a newer request took its place.
  CANCELLED,
  /// What would run is no longer what was asked, or those who approved no longer count.
  INVALIDATED;

  /// {@return whether people may still decide}
  public boolean undecided() {
    return this == PENDING || this == PARTIAL;
  }

  /// {@return whether the request may still come to be used}
  public boolean open() {
    return undecided() || this == APPROVED;
  }

  /// {@return the word in answers, on the page and in the audit}
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
