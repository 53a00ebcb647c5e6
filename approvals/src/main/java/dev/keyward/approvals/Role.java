package dev.keyward.approvals;

/// What a person may do here.
public enum Role {
  /// Confirms the calls of agents that work for them.
  MEMBER,
  /// Sees all requests, and reviews those of which they are independent.
  REVIEWER,
  /// Works the kill switch. Decides on no request by that.
  ADMINISTRATOR
}
