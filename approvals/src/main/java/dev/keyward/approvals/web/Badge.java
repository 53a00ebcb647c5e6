package dev.keyward.approvals.web;

import dev.keyward.approvals.ApprovalState;
import dev.keyward.approvals.Verdict;
import dev.keyward.call.Tier;

/// A mark of risk or state: a shape, a word and a colour, so that no one of them carries it alone.
///
/// @param style a class of the stylesheet
/// @param sign a shape
/// @param words what it says
record Badge(String style, String sign, String words) {

  static Badge of(Tier tier) {
    return switch (tier) {
      case READ -> new Badge("read", "○", "Read");
      case WRITE -> new Badge("write", "◆", "Write");
      case DANGEROUS_WRITE -> new Badge("dangerous_write", "▲", "Dangerous write");
    };
  }

  static Badge of(ApprovalState state) {
    return switch (state) {
      case PENDING -> new Badge("waiting", "◷", "Waiting");
      case PARTIAL -> new Badge("waiting", "◐", "One more needed");
      case APPROVED -> new Badge("good", "✓", "Approved, unused");
      case CONSUMED -> new Badge("good", "▸", "In use");
      case DONE -> new Badge("good", "✓", "Approved and done");
      case UNKNOWN -> new Badge("bad", "?", "Outcome unknown");
      case DENIED -> new Badge("bad", "✕", "Denied");
      case EXPIRED -> new Badge("over", "–", "Expired");
      case CANCELLED -> new Badge("over", "–", "Cancelled");
      case INVALIDATED -> new Badge("over", "≠", "No longer valid");
    };
  }

  static Badge of(Verdict verdict) {
    return switch (verdict) {
      case APPROVE -> new Badge("good", "✓", "Approved");
      case DENY -> new Badge("bad", "✕", "Denied");
    };
  }
}
