package dev.keyward.server.audit;

import dev.keyward.call.AgentId;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallId;
import dev.keyward.call.RunId;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.statement.Query;
import tools.jackson.databind.JsonNode;

/// What the record says, for those who ask: the command line, start-up, checkpoints. Thread-safe.
public final class AuditRecords {
  private static final String HEADS =
      """
      SELECT e.chain, e.seq, e.hash FROM audit_chains c
      JOIN audit_events e ON e.chain = c.chain
        AND e.seq = (SELECT MAX(m.seq) FROM audit_events m WHERE m.chain = c.chain)
      """;

  private final Database database;

  /// Reads through `database`; the log need not be started.
  public AuditRecords(Database database) {
    this.database = database;
  }

  /// {@return what matches `filter`, newest first}
  public List<AuditRecord> list(AuditFilter filter) {
    Map<String, Object> values = new LinkedHashMap<>();
    List<String> conditions = conditions(filter, values);
    String where = conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
    String sql =
        "SELECT chain, seq, at, type, body, hash FROM audit_events"
            + where
            + " ORDER BY at DESC, chain DESC, seq DESC LIMIT :limit";
    return database.read(
        tx -> {
          try (Query query = tx.sql().createQuery(sql)) {
            values.forEach(query::bind);
            query.bind("limit", filter.limit());
            return query.map((row, _) -> record(row)).list();
          }
        });
  }

  /// Calls of chains other than `own` that have an intent and no outcome.
  ///
  /// Whoever recovers them appends an outcome for each and calls [#settle] in one unit of work.
  /// Over one database with several live replicas, look at [OpenIntent#replica].
  public List<OpenIntent> openIntents(String own) {
    return database.read(
        tx -> {
          try (Query query =
              tx.sql()
                  .createQuery(
                      """
                      SELECT e.chain, e.seq, c.replica, e.at, e.body
                      FROM audit_chains c JOIN audit_events e ON e.chain = c.chain
                      WHERE c.settled = 0 AND c.chain <> :own AND e.type = 'call.intent'
                        AND NOT EXISTS (SELECT 1 FROM audit_events o WHERE o.call = e.call
                          AND o.type IN ('call.outcome', 'call.unknown', 'call.not_recorded'))
                      ORDER BY e.at, e.chain, e.seq""")) {
            return query.bind("own", own).map((row, _) -> openIntent(row)).list();
          }
        });
  }

  /// Notes that every open call of `replica`'s chains other than `own` has been closed, so that
  /// later starts need not look there again.
  public void settle(Tx tx, String own, String replica) {
    tx.sql()
        .execute(
            "UPDATE audit_chains SET settled = 1"
                + " WHERE settled = 0 AND chain <> ? AND replica = ?",
            own,
            replica);
  }

  /// {@return whether the call has an intent and no outcome}
  public static boolean isOpen(Tx tx, CallId call) {
    try (Query query =
        tx.sql()
            .createQuery(
                "SELECT type FROM audit_events WHERE call = :call AND type LIKE 'call.%'")) {
      List<String> types = query.bind("call", call.value()).mapTo(String.class).list();
      return types.equals(List.of("call.intent"));
    }
  }

  /// {@return the head of every chain, by name}
  static List<ChainHead> heads(Tx tx) {
    try (Query query = tx.sql().createQuery(HEADS + "ORDER BY e.chain")) {
      return query.map((row, _) -> head(row)).list();
    }
  }

  /// {@return the head of one chain}
  static Optional<ChainHead> head(Tx tx, String chain) {
    try (Query query = tx.sql().createQuery(HEADS + "WHERE c.chain = :chain")) {
      return query.bind("chain", chain).map((row, _) -> head(row)).findOne();
    }
  }

  /// {@return the hash of one record}
  static Optional<String> hashAt(Tx tx, String chain, long seq) {
    try (Query query =
        tx.sql().createQuery("SELECT hash FROM audit_events WHERE chain = :chain AND seq = :seq")) {
      return query.bind("chain", chain).bind("seq", seq).mapTo(String.class).findOne();
    }
  }

  static List<ChainHead> unnamedHeads(Tx tx) {
    try (Query query = tx.sql().createQuery(HEADS + "WHERE e.seq > c.named_seq ORDER BY e.chain")) {
      return query.map((row, _) -> head(row)).list();
    }
  }

  static void markNamed(Tx tx, List<ChainHead> heads) {
    for (ChainHead head : heads) {
      tx.sql()
          .execute(
              "UPDATE audit_chains SET named_seq = ? WHERE chain = ?", head.seq(), head.chain());
    }
  }

  static void addChain(Tx tx, String chain, String replica, Instant started) {
    tx.sql()
        .execute(
            "INSERT INTO audit_chains (chain, replica, started, named_seq, settled)"
                + " VALUES (?, ?, ?, 0, 0)",
            chain,
            replica,
            started.toEpochMilli());
  }

  static long chains(Tx tx) {
    try (Query query = tx.sql().createQuery("SELECT COUNT(*) FROM audit_chains")) {
      return query.mapTo(Long.class).one();
    }
  }

  /// {@return when the newest record was made; [Instant#MIN] if there is none}
  static Instant newest(Tx tx) {
    try (Query query =
        tx.sql().createQuery("SELECT at FROM audit_events ORDER BY at DESC LIMIT 1")) {
      return query.mapTo(Long.class).findOne().map(Instant::ofEpochMilli).orElse(Instant.MIN);
    }
  }

  private static List<String> conditions(AuditFilter filter, Map<String, Object> values) {
    List<String> conditions = new ArrayList<>();
    filter.run().ifPresent(run -> equal("run", run.value(), conditions, values));
    filter.agent().ifPresent(agent -> equal("agent", agent.value(), conditions, values));
    filter.tool().ifPresent(tool -> equal("tool", tool.value(), conditions, values));
    filter.call().ifPresent(call -> equal("call", call.value(), conditions, values));
    filter.type().ifPresent(type -> type(type, conditions, values));
    filter
        .since()
        .ifPresent(
            since -> {
              conditions.add("at >= :since");
              values.put("since", since.toEpochMilli());
            });
    return conditions;
  }

  private static void equal(
      String column, String value, List<String> conditions, Map<String, Object> values) {
    conditions.add(column + " = :" + column);
    values.put(column, value);
  }

  /// `approval.` stands for all that begins so: from `approval.` up to before `approval/`.
  private static void type(String type, List<String> conditions, Map<String, Object> values) {
    if (!type.endsWith(".")) {
      equal("type", type, conditions, values);
      return;
    }
    conditions.add("type >= :from AND type < :to");
    values.put("from", type);
    values.put("to", type.substring(0, type.length() - 1) + "/");
  }

  private static AuditRecord record(ResultSet row) throws SQLException {
    return new AuditRecord(
        row.getString("chain"),
        row.getLong("seq"),
        Instant.ofEpochMilli(row.getLong("at")),
        row.getString("type"),
        row.getString("body"),
        row.getString("hash"));
  }

  private static ChainHead head(ResultSet row) throws SQLException {
    return new ChainHead(row.getString("chain"), row.getLong("seq"), row.getString("hash"));
  }

  private static OpenIntent openIntent(ResultSet row) throws SQLException {
    JsonNode body = AuditJson.read(row.getString("body"));
    JsonNode permission = body.path("permission");
    return new OpenIntent(
        row.getString("chain"),
        row.getLong("seq"),
        row.getString("replica"),
        Instant.ofEpochMilli(row.getLong("at")),
        new CallId(AuditJson.text(body, "call").orElseThrow()),
        new RunId(AuditJson.text(body, "run").orElseThrow()),
        new AgentId(AuditJson.text(body, "agent").orElseThrow()),
        new ToolName(AuditJson.text(body, "tool").orElseThrow()),
        Tier.valueOf(AuditJson.text(permission, "tier").orElseThrow().toUpperCase(Locale.ROOT)),
        new CallDigest(AuditJson.text(permission, "call_digest").orElseThrow()),
        AuditJson.text(body.path("approval"), "id").map(ApprovalId::new));
  }
}
