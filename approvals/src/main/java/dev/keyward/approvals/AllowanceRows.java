package dev.keyward.approvals;

import dev.keyward.call.ApprovalId;
import dev.keyward.call.RunId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The table of allowances, statement by statement.
final class AllowanceRows {
  private static final String LIVE = "uses > 0 AND until > ?";

  /// A call that was taken and not made yet can be taken back.
  private static final String ENDABLE =
      "(uses > 0 OR EXISTS (SELECT 1 FROM approvals taken"
          + " WHERE taken.allowed_by = approval AND taken.state = 'APPROVED')) AND until > ?";

  private AllowanceRows() {}

  static void insert(Handle sql, ApprovalRequest approved, Allowance allowance, Instant until) {
    sql.execute(
        """
        INSERT INTO approval_allowances (approval, run, tool, free, uses, until)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
        approved.id().value(),
        approved.subject().caller().run().value(),
        approved.subject().tool().value(),
        write(allowance.free()),
        allowance.uses(),
        until.toEpochMilli());
  }

  /// Whether one more call has been taken from what was left.
  static boolean use(Handle sql, ApprovalId approval, Instant now) {
    return sql.execute(
            "UPDATE approval_allowances SET uses = uses - 1 WHERE approval = ? AND " + LIVE,
            approval.value(),
            now.toEpochMilli())
        == 1;
  }

  /// Whether there was something to end.
  static boolean end(Handle sql, ApprovalId approval, Instant now) {
    return sql.execute(
            "UPDATE approval_allowances SET uses = 0 WHERE approval = ? AND " + LIVE,
            approval.value(),
            now.toEpochMilli())
        == 1;
  }

  static Optional<AllowanceLeft> find(Handle sql, ApprovalId approval, Instant now) {
    return query(sql, ENDABLE, "approval = ?", now, approval.value()).stream().findFirst();
  }

  static List<AllowanceLeft> of(Handle sql, Subject subject, Instant now) {
    String run = subject.caller().run().value();
    return query(sql, LIVE, "run = ? AND tool = ?", now, run, subject.tool().value());
  }

  static List<AllowanceLeft> of(Handle sql, RunId run, Instant now) {
    return query(sql, LIVE, "run = ?", now, run.value());
  }

  static List<AllowanceLeft> live(Handle sql, Instant now) {
    return query(sql, LIVE, "1 = 1", now);
  }

  private static List<AllowanceLeft> query(
      Handle sql, String which, String where, Instant now, String... values) {
    var query =
        sql.select(
            "SELECT * FROM approval_allowances WHERE "
                + which
                + " AND "
                + where
                + " ORDER BY approval");
    query.bind(0, now.toEpochMilli());
    for (int i = 0; i < values.length; i++) {
      query.bind(i + 1, values[i]);
    }
    return query.map((row, _) -> left(row)).list();
  }

  private static AllowanceLeft left(ResultSet row) throws SQLException {
    return new AllowanceLeft(
        new ApprovalId(row.getString("approval")),
        JsonMapper.shared()
            .readTree(row.getString("free"))
            .valueStream()
            .map(JsonNode::stringValue)
            .collect(Collectors.toSet()),
        row.getInt("uses"),
        Instant.ofEpochMilli(row.getLong("until")));
  }

  private static String write(Collection<String> free) {
    return JsonMapper.shared().writeValueAsString(new TreeSet<>(free));
  }
}
