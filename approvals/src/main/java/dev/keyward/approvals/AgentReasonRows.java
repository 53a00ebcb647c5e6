package dev.keyward.approvals;

import dev.keyward.call.ApprovalId;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// What agents say about their requests, statement by statement.
final class AgentReasonRows {
  private AgentReasonRows() {}

  static void insert(Handle sql, ApprovalId approval, String reason, Instant at) {
    sql.execute(
        "INSERT INTO agent_reasons (approval, reason, given_at) VALUES (?, ?, ?)",
        approval.value(),
        reason,
        at.toEpochMilli());
  }

  static Optional<String> find(Handle sql, ApprovalId approval) {
    return sql.select("SELECT reason FROM agent_reasons WHERE approval = ?", approval.value())
        .mapTo(String.class)
        .findOne();
  }
}
