package dev.keyward.server.audit;

import dev.keyward.call.AgentId;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallId;
import dev.keyward.call.Caller;
import dev.keyward.call.Delegator;
import dev.keyward.call.PersonId;
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
import java.util.Set;
import org.jdbi.v3.core.statement.Query;
import tools.jackson.databind.JsonNode;

/// What the record says, for those who ask: the command line, start-up, checkpoints. Thread-safe.
public final class AuditRecords {
  private static final String HEADS =
      """
      SELECT e.chain, e.seq, e.hash FROM audit_chains c CROSS JOIN audit_events e
      WHERE e.chain = c.chain
        AND e.seq = (SELECT MAX(m.seq) FROM audit_events m WHERE m.chain = c.chain)
      """;

  private static final Set<String> OUTCOMES =
      Set.of("call.outcome", "call.unknown", "call.not_recorded");

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

  /// An agent and a tool.
  public record Pair(AgentId agent, ToolName tool) {}

  /// {@return when each agent last called each tool, of the calls that were to be sent}
  public Map<Pair, Instant> lastCalls() {
    Map<Pair, Instant> last = new LinkedHashMap<>();
    database.read(
        tx -> {
          tx.sql()
              .createQuery(
                  "SELECT agent, tool, MAX(at) AS at FROM audit_events"
                      + " WHERE type = 'call.intent' GROUP BY agent, tool")
              .map((row, _) -> Map.entry(pair(row), Instant.ofEpochMilli(row.getLong("at"))))
              .forEach(entry -> last.put(entry.getKey(), entry.getValue()));
          return last;
        });
    return last;
  }

  private static Pair pair(ResultSet row) throws SQLException {
    return new Pair(new AgentId(row.getString("agent")), new ToolName(row.getString("tool")));
  }

  /// A chain whose open calls nobody has closed yet.
  public record Unsettled(String chain, String replica) {}

  /// {@return the chains other than `own` that are not settled}
  public List<Unsettled> unsettled(String own) {
    return database.read(
        tx ->
            tx.sql()
                .createQuery(
                    "SELECT chain, replica FROM audit_chains WHERE settled = 0 AND chain <> :own"
                        + " ORDER BY started, chain")
                .bind("own", own)
                .map((row, _) -> new Unsettled(row.getString("chain"), row.getString("replica")))
                .list());
  }

  /// Ends a chain of a broker that is gone: from now on nothing can be appended to it.
  ///
  /// Whoever settles a chain appends an outcome for each of its [#openIntents] in the same unit of
  /// work.
  ///
  /// @return false if somebody else has settled it
  public boolean settle(Tx tx, String chain) {
    return tx.sql()
            .execute("UPDATE audit_chains SET settled = 1 WHERE chain = ? AND settled = 0", chain)
        == 1;
  }

  /// {@return whether the broker of the chain is known to be gone, and its open calls are closed}
  public static boolean isSettled(Tx tx, String chain) {
    return tx.sql()
        .createQuery("SELECT settled FROM audit_chains WHERE chain = :chain")
        .bind("chain", chain)
        .mapTo(Integer.class)
        .findOne()
        .filter(settled -> settled == 1)
        .isPresent();
  }

  /// {@return the calls of a settled chain that have an intent and no outcome}
  public List<OpenIntent> openIntents(Tx tx, String chain) {
    try (Query query =
        tx.sql()
            .createQuery(
                """
                SELECT e.chain, e.seq, c.replica, e.at, e.body
                FROM audit_chains c JOIN audit_events e ON e.chain = c.chain
                WHERE c.chain = :chain AND e.seq >= c.open_from AND e.type = 'call.intent'
                  AND NOT EXISTS (SELECT 1 FROM audit_events o WHERE o.call = e.call
                    AND o.type IN ('call.outcome', 'call.unknown', 'call.not_recorded'))
                ORDER BY e.seq\
                """)) {
      return query.bind("chain", chain).map((row, _) -> openIntent(row)).list();
    }
  }

  /// {@return whether the call has an intent and no outcome}
  public static boolean isOpen(Tx tx, CallId call) {
    return types(tx, call).contains("call.intent") && !isClosed(tx, call);
  }

  /// {@return whether the call has an outcome}
  public static boolean isClosed(Tx tx, CallId call) {
    return types(tx, call).stream().anyMatch(OUTCOMES::contains);
  }

  /// {@return what the intent of `call` says; empty if it has none}
  public static Optional<IntentFacts> intent(Tx tx, CallId call) {
    try (Query query =
        tx.sql()
            .createQuery(
                "SELECT at, body FROM audit_events WHERE call = :call AND type = 'call.intent'")) {
      return query.bind("call", call.value()).map((row, _) -> facts(row)).findFirst();
    }
  }

  /// {@return how the call ended; empty if it has no outcome}
  public static Optional<Ending> ending(Tx tx, CallId call) {
    try (Query query =
        tx.sql().createQuery("SELECT type, body FROM audit_events WHERE call = :call")) {
      return query
          .bind("call", call.value())
          .map((row, _) -> Map.entry(row.getString("type"), row.getString("body")))
          .stream()
          .filter(event -> OUTCOMES.contains(event.getKey()))
          .map(event -> ending(event.getKey(), AuditJson.read(event.getValue())))
          .findFirst();
    }
  }

  private static Ending ending(String type, JsonNode body) {
    return switch (type) {
      case "call.unknown" -> Ending.UNKNOWN;
      case "call.not_recorded" -> Ending.FAILED;
      default -> Ending.of(AuditJson.text(body.path("outcome"), "ending").orElseThrow());
    };
  }

  private static Set<String> types(Tx tx, CallId call) {
    return tx.sql()
        .createQuery("SELECT type FROM audit_events WHERE call = :call")
        .bind("call", call.value())
        .mapTo(String.class)
        .set();
  }

  /// {@return the head of every chain, by name}
  static List<ChainHead> heads(Tx tx) {
    try (Query query = tx.sql().createQuery(HEADS + "ORDER BY e.chain")) {
      return query.map((row, _) -> head(row)).list();
    }
  }

  /// {@return the head of one chain}
  static Optional<ChainHead> head(Tx tx, String chain) {
    try (Query query = tx.sql().createQuery(HEADS + "AND c.chain = :chain")) {
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

  /// {@return the heads that no start has named, and those of chains that the replica itself has
  /// not ended}
  static List<ChainHead> unnamedHeads(Tx tx, String replica) {
    try (Query query =
        tx.sql()
            .createQuery(
                HEADS
                    + "AND (e.seq > c.named_seq OR (c.replica = :replica AND c.ended = 0))"
                    + " ORDER BY e.chain")) {
      return query.bind("replica", replica).map((row, _) -> head(row)).list();
    }
  }

  static void markNamed(Tx tx, List<ChainHead> heads) {
    for (ChainHead head : heads) {
      tx.sql()
          .execute(
              "UPDATE audit_chains SET named_seq = ? WHERE chain = ?", head.seq(), head.chain());
    }
  }

  /// Notes that a start has named all chains of its replica before its own.
  static void markEnded(Tx tx, String own, String replica) {
    tx.sql()
        .execute(
            "UPDATE audit_chains SET ended = 1 WHERE replica = ? AND chain <> ? AND ended = 0",
            replica,
            own);
  }

  /// Notes that every intent of the chain before this record has its outcome.
  static void markOpen(Tx tx, String chain, long from) {
    tx.sql().execute("UPDATE audit_chains SET open_from = ? WHERE chain = ?", from, chain);
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

  /// `approval.` stands for all that begins so. Not by comparing texts: how a database sorts them
  /// is its own affair.
  private static void type(String type, List<String> conditions, Map<String, Object> values) {
    if (!type.endsWith(".")) {
      equal("type", type, conditions, values);
      return;
    }
    conditions.add("substr(type, 1, :length) = :family");
    values.put("length", type.length());
    values.put("family", type);
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

  private static IntentFacts facts(ResultSet row) throws SQLException {
    JsonNode body = AuditJson.read(row.getString("body"));
    return new IntentFacts(
        Instant.ofEpochMilli(row.getLong("at")),
        caller(body),
        new ToolName(AuditJson.text(body, "tool").orElseThrow()),
        tier(body.path("permission")),
        AuditJson.text(body.path("target"), "system").orElseThrow(),
        AuditJson.text(body.path("target"), "origin").orElseThrow());
  }

  private static Caller caller(JsonNode body) {
    JsonNode caller = body.path("caller");
    JsonNode delegator = body.path("delegator");
    return new Caller(
        new AgentId(AuditJson.text(body, "agent").orElseThrow()),
        AuditJson.text(caller, "type").orElseThrow(),
        AuditJson.text(caller, "workspace").orElseThrow(),
        new PersonId(AuditJson.text(caller, "owner").orElseThrow()),
        new RunId(AuditJson.text(body, "run").orElseThrow()),
        AuditJson.text(delegator, "person")
            .map(p -> new Delegator(new PersonId(p), delegator.path("verified").asBoolean(false))));
  }

  private static Tier tier(JsonNode permission) {
    return Tier.valueOf(AuditJson.text(permission, "tier").orElseThrow().toUpperCase(Locale.ROOT));
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
        tier(permission),
        new CallDigest(AuditJson.text(permission, "call_digest").orElseThrow()),
        AuditJson.text(body.path("approval"), "id").map(ApprovalId::new));
  }
}
