package dev.keyward.approvals;

/// What a person may do here.
public enum Role {
  /// Confirms the calls of agents that work for them.
  MEMBER,
  /// Sees all requests. Decides on none by that.
  VIEWER,
  /// Sees the requests in their [ReviewScope], and reviews those of which they are independent.
  REVIEWER,
  /// Sees all requests and the record, and decides on nothing, whatever else they are.
  AUDITOR,
  /// Works the kill switch. Decides on no request by that.
  ADMINISTRATOR,
  /// Sees all requests, and in an emergency approves one call alone, in place of those who would
  /// have to agree: with a passkey, a reason and a ticket, and somebody else looks at it
  /// afterwards.
  BREAK_GLASS
}
