package dev.keyward.approvals;

import static java.util.stream.Collectors.joining;

import dev.keyward.call.AgentId;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallId;
import dev.keyward.call.Caller;
import dev.keyward.call.Delegator;
import dev.keyward.call.PersonId;
import dev.keyward.call.RunId;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import dev.keyward.call.ToolPattern;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/// The tables of requests and decisions, statement by statement. Every change of state names the
/// state that it leaves, and says whether it happened.
final class ApprovalRows {
  private static final String OPEN = "state IN ('PENDING', 'PARTIAL', 'APPROVED')";
  private static final String UNDECIDED = "state IN ('PENDING', 'PARTIAL')";

  /// The columns that say for whom a question waits. What is asked may be large, and stays where it
  /// is.
  private static final String WHOSE =
      "id, kind, asked, expires, single_operator, edited_by, tool, system, agent, agent_type,"
          + " workspace, owner, run, delegator, delegator_verified";

  private static final String CALL = "CALL";
  private static final String GRANT = "GRANT";
  private static final String NEWEST_FIRST = " ORDER BY asked DESC, id DESC";
  private static final String SOONEST_FIRST = " ORDER BY expires, id";
  private static final int AT_ONCE = 512;

  private ApprovalRows() {}

  /// @param lead under whose name the question is counted
  static void insert(Handle sql, ApprovalRequest request, AgentId lead) {
    Caller caller = request.subject().caller();
    Subject.Call call = request.subject().shown();
    sql.createUpdate(
            """
            INSERT INTO approvals (id, kind, state, digest, context, rule, asked, expires,
              single_operator, confirmer, agent, agent_type, workspace, owner, run, delegator,
              delegator_verified, tool, title, tier, system, origin, summary, arguments,
              handles, subject, allowed_by, lead_agent)
            VALUES (:id, :kind, :state, :digest, :context, :rule, :asked, :expires,
              :singleOperator, :confirmer, :agent, :agentType, :workspace, :owner, :run, :delegator,
              :delegatorVerified, :tool, :title, :tier, :system, :origin, :summary, :arguments,
              :handles, :subject, :allowedBy, :lead)
            """)
        .bind("id", request.id().value())
        .bind("kind", request.kind().name())
        .bind("state", request.state().name())
        .bind("digest", request.digest().value())
        .bind("context", request.context())
        .bind("rule", request.rule())
        .bind("asked", request.asked().toEpochMilli())
        .bind("expires", request.expires().toEpochMilli())
        .bind("singleOperator", request.singleOperator() ? 1 : 0)
        .bind("confirmer", caller.confirmer().value())
        .bind("agent", caller.agent().value())
        .bind("agentType", caller.agentType())
        .bind("workspace", caller.workspace())
        .bind("owner", caller.owner().value())
        .bind("run", caller.run().value())
        .bind("delegator", caller.delegator().map(d -> d.person().value()).orElse(null))
        .bind(
            "delegatorVerified", caller.delegator().filter(Delegator::verified).isPresent() ? 1 : 0)
        .bind("tool", call.tool().value())
        .bind("title", call.title())
        .bind("tier", call.tier().name())
        .bind("system", call.system())
        .bind("origin", call.origin())
        .bind("summary", call.summary())
        .bind("arguments", call.argumentsJson())
        .bind("handles", PassedHandlesJson.write(call.handles()))
        .bind("subject", request.subject() instanceof Subject.Grant ? GRANT : CALL)
        .bind("allowedBy", request.allowedBy().map(ApprovalId::value).orElse(null))
        .bind("lead", lead.value())
        .execute();
  }

  /// Whether nobody had answered, so that these arguments are now in place of those asked for.
  static boolean edit(Handle sql, ApprovalId id, Edit edit) {
    return sql.execute(
            """
            UPDATE approvals SET edited_by = ?, edited_at = ?, edited_summary = ?,
              edited_arguments = ?, edited_digest = ?
            WHERE id = ? AND state = 'PENDING'
            """,
            edit.by().value(),
            edit.at().toEpochMilli(),
            edit.summary(),
            edit.argumentsJson(),
            edit.digest().value(),
            id.value())
        == 1;
  }

  /// Whether it was undecided and open until `from`, and is until `to` now.
  static boolean prolong(Handle sql, ApprovalId id, Instant from, Instant to) {
    return sql.execute(
            "UPDATE approvals SET expires = ? WHERE id = ? AND expires = ? AND " + UNDECIDED,
            to.toEpochMilli(),
            id.value(),
            from.toEpochMilli())
        == 1;
  }

  static void insert(Handle sql, ApprovalId id, int position, Decision decision) {
    sql.execute(
        """
        INSERT INTO approval_decisions (approval, position, person, role, verdict, reason, decided,
          independence, step_up, view_digest, receipt, ticket, in_place_of)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        id.value(),
        position,
        decision.person().value(),
        decision.role().name(),
        decision.verdict().name(),
        decision.reason(),
        decision.at().toEpochMilli(),
        decision.independence().name(),
        decision.stepUp().name(),
        decision.view(),
        decision.receipt().map(receipt -> receipt.json().toString()).orElse(null),
        decision.ticket().orElse(null),
        decision.inPlaceOf().map(PersonId::value).orElse(null));
  }

  static boolean move(Handle sql, ApprovalId id, ApprovalState from, ApprovalState to) {
    return sql.execute(
            "UPDATE approvals SET state = ? WHERE id = ? AND state = ?",
            to.name(),
            id.value(),
            from.name())
        == 1;
  }

  /// Whether an approved, unexpired request of this digest has become this call's.
  static boolean consume(Handle sql, ApprovalId id, CallDigest digest, Instant now, CallId call) {
    return sql.execute(
            """
            UPDATE approvals SET state = 'CONSUMED', call_id = ?
            WHERE id = ? AND state = 'APPROVED' AND digest = ? AND expires > ?
            """,
            call.value(),
            id.value(),
            digest.value(),
            now.toEpochMilli())
        == 1;
  }

  /// Whether what this call held has moved on to `to`.
  static boolean finish(Handle sql, ApprovalId id, CallId call, ApprovalState to) {
    return sql.execute(
            """
            UPDATE approvals SET state = ?
            WHERE id = ? AND state = 'CONSUMED' AND call_id = ?
            """,
            to.name(),
            id.value(),
            call.value())
        == 1;
  }

  static void ended(Handle sql, ApprovalId id, CallEnd end) {
    sql.execute("UPDATE approvals SET call_end = ? WHERE id = ?", end.name(), id.value());
  }

  static Optional<CallEnd> end(Handle sql, ApprovalId id) {
    return sql.select(
            "SELECT call_end FROM approvals WHERE id = ? AND call_end IS NOT NULL", id.value())
        .mapTo(String.class)
        .findOne()
        .map(CallEnd::valueOf);
  }

  /// Whether what this call left unknown is known now.
  static boolean settle(Handle sql, ApprovalId id, CallId call) {
    return sql.execute(
            "UPDATE approvals SET state = 'DONE' WHERE id = ? AND state = 'UNKNOWN' AND call_id ="
                + " ?",
            id.value(),
            call.value())
        == 1;
  }

  static void forgetCall(Handle sql, ApprovalId id) {
    sql.execute("UPDATE approvals SET call_id = NULL WHERE id = ?", id.value());
  }

  static void markRunOver(Handle sql, RunId run) {
    sql.execute(
        "UPDATE approvals SET run_over = 1 WHERE run = ? AND state = 'CONSUMED'", run.value());
  }

  static void markRunOver(Handle sql, ApprovalId id) {
    sql.execute(
        "UPDATE approvals SET run_over = 1 WHERE id = ? AND state = 'CONSUMED'", id.value());
  }

  static boolean runIsOver(Handle sql, ApprovalId id) {
    return sql.select("SELECT run_over FROM approvals WHERE id = ?", id.value())
            .mapTo(int.class)
            .one()
        == 1;
  }

  static Optional<ApprovalRequest> find(Handle sql, ApprovalId id) {
    return query(sql, "SELECT * FROM approvals WHERE id = ?", id.value()).stream().findFirst();
  }

  static Optional<ApprovalRequest> open(Handle sql, CallDigest digest) {
    return query(sql, "SELECT * FROM approvals WHERE digest = ? AND " + OPEN, digest.value())
        .stream()
        .findFirst();
  }

  static Optional<ApprovalRequest> denied(Handle sql, CallDigest digest, Instant now) {
    return query(
            sql,
            "SELECT * FROM approvals WHERE digest = ? AND state = 'DENIED' AND expires > ?"
                + NEWEST_FIRST
                + " LIMIT 1",
            digest.value(),
            now.toEpochMilli())
        .stream()
        .findFirst();
  }

  /// How many questions wait that this agent has set off.
  static int waitingOf(Handle sql, AgentId lead, Instant now) {
    return waiting(sql, "lead_agent", lead.value(), now);
  }

  /// How many questions wait on this person's account.
  static int waitingOf(Handle sql, PersonId confirmer, Instant now) {
    return waiting(sql, "confirmer", confirmer.value(), now);
  }

  private static int waiting(Handle sql, String column, String name, Instant now) {
    return sql.select(
            "SELECT count(*) FROM approvals WHERE "
                + column
                + " = ? AND expires > ? AND "
                + UNDECIDED,
            name,
            now.toEpochMilli())
        .mapTo(int.class)
        .one();
  }

  static List<ApprovalRequest> openOf(Handle sql, RunId run) {
    return query(sql, "SELECT * FROM approvals WHERE run = ? AND " + OPEN, run.value());
  }

  /// By agent, so that whoever locks them one after another does so in one order.
  static List<ApprovalRequest> unended(Handle sql) {
    return query(
        sql, "SELECT * FROM approvals WHERE state = 'CONSUMED' OR " + OPEN + " ORDER BY agent, id");
  }

  static List<ApprovalRequest> due(Handle sql, Instant now, int limit) {
    return query(
        sql,
        "SELECT * FROM approvals WHERE " + OPEN + " AND expires <= ? ORDER BY agent LIMIT ?",
        now.toEpochMilli(),
        limit);
  }

  /// All of these names that there are, in no order.
  static List<ApprovalRequest> findAll(Handle sql, List<ApprovalId> ids) {
    List<ApprovalRequest> found = new ArrayList<>();
    for (List<String> some : inParts(ids.stream().map(ApprovalId::value).toList())) {
      String text = "SELECT * FROM approvals WHERE " + oneOf("id", some.size());
      found.addAll(query(sql, text, some.toArray()));
    }
    return found;
  }

  static List<ApprovalRequest> list(Handle sql, Collection<ApprovalState> states, int limit) {
    return query(
        sql, "SELECT * FROM approvals WHERE " + among(states) + NEWEST_FIRST + " LIMIT ?", limit);
  }

  /// What takes answers and this person may see, soonest to expire first.
  ///
  /// @param single whether the install is declared to have one operator at this moment
  static List<Undecided> undecidedFor(Handle sql, Person person, boolean single, int limit) {
    Map<ApprovalId, Set<PersonId>> answered = answered(sql);
    List<Object> values = new ArrayList<>();
    String text =
        "SELECT "
            + WHOSE
            + " FROM approvals WHERE "
            + seenBy(person, values)
            + " AND "
            + UNDECIDED
            + SOONEST_FIRST
            + " LIMIT ?";
    values.add(limit);
    return sql.select(text, values.toArray())
        .map((row, _) -> undecided(row, single, answered))
        .list();
  }

  /// What takes answers of reviewers and is hidden from this person, whom its agent works for,
  /// soonest to expire first.
  static List<ApprovalRequest> askedOfOthers(Handle sql, Person person, Instant now, int limit) {
    List<Object> values = new ArrayList<>();
    String hidden = "NOT " + seenBy(person, values);
    values.addAll(List.of(person.id().value(), person.id().value(), now.toEpochMilli(), limit));
    return query(
        sql,
        "SELECT * FROM approvals WHERE "
            + hidden
            + " AND kind <> 'CONFIRM' AND (owner = ? OR (delegator = ? AND delegator_verified = 1))"
            + " AND expires > ? AND "
            + UNDECIDED
            + SOONEST_FIRST
            + " LIMIT ?",
        values.toArray());
  }

  /// Who has answered what needs further answers.
  private static Map<ApprovalId, Set<PersonId>> answered(Handle sql) {
    Map<ApprovalId, Set<PersonId>> all = new HashMap<>();
    sql.select(
            """
            SELECT d.approval, d.person FROM approvals a
            JOIN approval_decisions d ON d.approval = a.id WHERE a.state = 'PARTIAL'
            """)
        .map(
            (row, _) ->
                Map.entry(
                    new ApprovalId(row.getString("approval")),
                    new PersonId(row.getString("person"))))
        .forEach(
            given ->
                all.computeIfAbsent(given.getKey(), _ -> new HashSet<>()).add(given.getValue()));
    return all;
  }

  private static Undecided undecided(
      ResultSet row, boolean single, Map<ApprovalId, Set<PersonId>> answered) throws SQLException {
    var id = new ApprovalId(row.getString("id"));
    var quorum =
        new Quorum(
            ApprovalKind.valueOf(row.getString("kind")),
            caller(row),
            new ToolName(row.getString("tool")),
            row.getString("system"),
            single && row.getInt("single_operator") == 1,
            Optional.ofNullable(row.getString("edited_by")).map(PersonId::new));
    return new Undecided(
        id,
        quorum,
        Instant.ofEpochMilli(row.getLong("asked")),
        Instant.ofEpochMilli(row.getLong("expires")),
        answered.getOrDefault(id, Set.of()));
  }

  /// What this person confirms or reviews, newest first.
  static List<ApprovalRequest> listFor(
      Handle sql, Person person, Collection<ApprovalState> states, int limit) {
    List<Object> values = new ArrayList<>();
    String text =
        "SELECT * FROM approvals WHERE "
            + seenBy(person, values)
            + " AND "
            + among(states)
            + NEWEST_FIRST
            + " LIMIT ?";
    values.add(limit);
    return query(sql, text, values.toArray());
  }

  /// A condition, whose values are added in its order.
  private static String seenBy(Person person, List<Object> values) {
    if (person.seesAll()) {
      return "1 = 1";
    }
    values.add(person.id().value());
    String reviews =
        Stream.concat(Stream.of("1 = 0"), person.reviews().map(scope -> within(scope, values)))
            .collect(joining(") OR (", "(", ")"));
    return "((kind = 'CONFIRM' AND confirmer = ?) OR (" + reviews + "))";
  }

  /// A condition, whose values are added in its order.
  private static String within(ReviewScope scope, List<Object> values) {
    List<String> all = new ArrayList<>(List.of("1 = 1"));
    if (!scope.tools().isEmpty()) {
      List<String> any = scope.tools().stream().map(tool -> named(tool, values)).toList();
      all.add("(" + String.join(" OR ", any) + ")");
    }
    if (!scope.systems().isEmpty()) {
      all.add(oneOf("system", scope.systems(), values));
    }
    if (!scope.workspaces().isEmpty()) {
      all.add(oneOf("workspace", scope.workspaces(), values));
    }
    return String.join(" AND ", all);
  }

  private static String named(ToolPattern pattern, List<Object> values) {
    String text = pattern.value();
    if (!text.endsWith("*")) {
      values.add(text);
      return "tool = ?";
    }
    String beginning = text.substring(0, text.length() - 1);
    values.add(beginning);
    return "substr(tool, 1, " + beginning.length() + ") = ?";
  }

  private static String oneOf(String column, Collection<String> names, List<Object> values) {
    values.addAll(names);
    return oneOf(column, names.size());
  }

  private static String oneOf(String column, int many) {
    return column + " IN (" + "?, ".repeat(many - 1) + "?)";
  }

  /// In parts of a power of two, the last filled up with its last name: few statements to prepare.
  private static List<List<String>> inParts(List<String> names) {
    List<List<String>> parts = new ArrayList<>();
    for (int from = 0; from < names.size(); from += AT_ONCE) {
      List<String> part =
          new ArrayList<>(names.subList(from, Math.min(names.size(), from + AT_ONCE)));
      int size = Math.max(1, Integer.highestOneBit(2 * part.size() - 1));
      while (part.size() < size) {
        part.add(part.getLast());
      }
      parts.add(part);
    }
    return parts;
  }

  static List<ApprovalRequest> earlier(
      Handle sql, ApprovalId but, AgentId agent, ToolName tool, String arguments, int limit) {
    return query(
        sql,
        """
        SELECT * FROM approvals
        WHERE agent = ? AND tool = ? AND id <> ? AND allowed_by IS NULL
          AND EXISTS (SELECT 1 FROM approval_decisions d WHERE d.approval = approvals.id)
        ORDER BY CASE WHEN arguments = ? THEN 0 ELSE 1 END, asked DESC, id DESC LIMIT ?
        """,
        agent.value(),
        tool.value(),
        but.value(),
        arguments,
        limit);
  }

  static List<ApprovalRequest> answered(Handle sql, Instant since, int limit) {
    return query(
        sql,
        """
        SELECT * FROM approvals
        WHERE asked >= ? AND allowed_by IS NULL AND (edited_by IS NOT NULL
          OR EXISTS (SELECT 1 FROM approval_decisions d WHERE d.approval = approvals.id))
        ORDER BY asked DESC, id DESC LIMIT ?
        """,
        since.toEpochMilli(),
        limit);
  }

  static void coolDown(Handle sql, ApprovalRequest denied, Instant until) {
    sql.execute(
        """
        INSERT INTO approval_cool_downs (run, tool, approval, until) VALUES (?, ?, ?, ?)
        ON CONFLICT (run, tool)
        DO UPDATE SET approval = excluded.approval, until = excluded.until
        """,
        denied.subject().caller().run().value(),
        denied.subject().tool().value(),
        denied.id().value(),
        until.toEpochMilli());
  }

  /// The denial because of which this tool is refused in this run at the moment.
  static Optional<ApprovalRequest> coolingDown(Handle sql, Subject subject, Instant now) {
    return query(
            sql,
            """
            SELECT a.* FROM approvals a JOIN approval_cool_downs c ON c.approval = a.id
            WHERE c.run = ? AND c.tool = ? AND c.until > ?
            """,
            subject.caller().run().value(),
            subject.tool().value(),
            now.toEpochMilli())
        .stream()
        .findFirst();
  }

  /// Until when this tool is refused because of a denial in another run, of the same agent or of
  /// one that the same agent set off: a new session is no way around it. Not where it is sure that
  /// the agent acts for somebody else now.
  static Optional<Instant> coolingDownElsewhere(Handle sql, Ask ask, Instant now) {
    Caller caller = ask.subject().caller();
    String person =
        caller.delegator().filter(Delegator::verified).map(d -> d.person().value()).orElse("");
    return sql.select(
            """
            SELECT c.until FROM approvals a JOIN approval_cool_downs c ON c.approval = a.id
            WHERE c.tool = ? AND c.until > ? AND (a.agent = ? OR a.lead_agent = ?)
              AND (a.delegator_verified = 0 OR ? = '' OR a.delegator = ?)
            ORDER BY c.until DESC LIMIT 1
            """,
            ask.subject().tool().value(),
            now.toEpochMilli(),
            caller.agent().value(),
            ask.lead().value(),
            person,
            person)
        .mapTo(Long.class)
        .findOne()
        .map(Instant::ofEpochMilli);
  }

  /// The calls that were taken from what an approval allows and have not ended: one that is in use
  /// may come back unsent.
  static List<ApprovalRequest> takenFrom(Handle sql, ApprovalId allowing) {
    return query(
        sql,
        "SELECT * FROM approvals WHERE allowed_by = ? AND state IN ('APPROVED', 'CONSUMED')",
        allowing.value());
  }

  static Optional<ApprovalRequest> lastApproved(
      Handle sql, ApprovalId but, AgentId agent, ToolName tool) {
    return query(
            sql,
            """
            SELECT * FROM approvals
            WHERE agent = ? AND tool = ? AND id <> ? AND allowed_by IS NULL
              AND state IN ('APPROVED', 'CONSUMED', 'DONE', 'UNKNOWN')
            ORDER BY asked DESC, id DESC LIMIT 1
            """,
            agent.value(),
            tool.value(),
            but.value())
        .stream()
        .findFirst();
  }

  /// Of many states the few others are named: then SQLite follows the time, and does not sort all
  /// that is over.
  private static String among(Collection<ApprovalState> states) {
    Set<ApprovalState> these = EnumSet.copyOf(states);
    Set<ApprovalState> others = EnumSet.complementOf(EnumSet.copyOf(states));
    if (others.isEmpty()) {
      return "1 = 1";
    }
    return others.size() < these.size()
        ? others.stream().map(ApprovalRows::quoted).collect(joining(", ", "state NOT IN (", ")"))
        : these.stream().map(ApprovalRows::quoted).collect(joining(", ", "state IN (", ")"));
  }

  private static String quoted(ApprovalState state) {
    return "'" + state.name() + "'";
  }

  private static List<ApprovalRequest> query(Handle sql, String text, Object... values) {
    List<ApprovalRequest> bare = sql.select(text, values).map((row, _) -> request(row)).list();
    Map<ApprovalId, List<Decision>> decisions = decisions(sql, bare);
    return bare.stream()
        .map(request -> request.with(decisions.getOrDefault(request.id(), List.of())))
        .toList();
  }

  /// Without its decisions.
  private static ApprovalRequest request(ResultSet row) throws SQLException {
    return new ApprovalRequest(
        new ApprovalId(row.getString("id")),
        ApprovalKind.valueOf(row.getString("kind")),
        subject(row),
        new CallDigest(row.getString("digest")),
        row.getString("context"),
        row.getString("rule"),
        Instant.ofEpochMilli(row.getLong("asked")),
        Instant.ofEpochMilli(row.getLong("expires")),
        ApprovalState.valueOf(row.getString("state")),
        List.of(),
        row.getInt("single_operator") == 1,
        Optional.ofNullable(row.getString("call_id")).map(CallId::new),
        Optional.ofNullable(row.getString("allowed_by")).map(ApprovalId::new),
        edit(row));
  }

  private static Optional<Edit> edit(ResultSet row) throws SQLException {
    String by = row.getString("edited_by");
    return by == null
        ? Optional.empty()
        : Optional.of(
            new Edit(
                new PersonId(by),
                Instant.ofEpochMilli(row.getLong("edited_at")),
                row.getString("edited_summary"),
                row.getString("edited_arguments"),
                new CallDigest(row.getString("edited_digest"))));
  }

  private static Subject subject(ResultSet row) throws SQLException {
    Subject.Call call = call(row);
    return row.getString("subject").equals(GRANT)
        ? new Subject.Grant(
            call.caller(),
            call.tool(),
            call.title(),
            call.tier(),
            call.summary(),
            call.argumentsJson())
        : call;
  }

  private static Subject.Call call(ResultSet row) throws SQLException {
    return new Subject.Call(
        caller(row),
        new ToolName(row.getString("tool")),
        row.getString("title"),
        Tier.valueOf(row.getString("tier")),
        row.getString("system"),
        row.getString("origin"),
        row.getString("summary"),
        row.getString("arguments"),
        PassedHandlesJson.read(row.getString("handles")));
  }

  private static Caller caller(ResultSet row) throws SQLException {
    boolean verified = row.getInt("delegator_verified") == 1;
    return new Caller(
        new AgentId(row.getString("agent")),
        row.getString("agent_type"),
        row.getString("workspace"),
        new PersonId(row.getString("owner")),
        new RunId(row.getString("run")),
        Optional.ofNullable(row.getString("delegator"))
            .map(person -> new Delegator(new PersonId(person), verified)));
  }

  /// What people answered to these, in order; nobody has answered what is PENDING.
  private static Map<ApprovalId, List<Decision>> decisions(
      Handle sql, List<ApprovalRequest> requests) {
    List<String> answered =
        requests.stream()
            .filter(request -> request.state() != ApprovalState.PENDING)
            .map(request -> request.id().value())
            .toList();
    Map<ApprovalId, List<Decision>> all = new HashMap<>();
    for (List<String> some : inParts(answered)) {
      String text =
          "SELECT * FROM approval_decisions WHERE "
              + oneOf("approval", some.size())
              + " ORDER BY approval, position";
      sql.select(text, some.toArray())
          .map((row, _) -> Map.entry(new ApprovalId(row.getString("approval")), decision(row)))
          .forEach(
              given ->
                  all.computeIfAbsent(given.getKey(), _ -> new ArrayList<>())
                      .add(given.getValue()));
    }
    return all;
  }

  private static Decision decision(ResultSet row) throws SQLException {
    return new Decision(
        new PersonId(row.getString("person")),
        Role.valueOf(row.getString("role")),
        Verdict.valueOf(row.getString("verdict")),
        row.getString("reason"),
        Instant.ofEpochMilli(row.getLong("decided")),
        Independence.valueOf(row.getString("independence")),
        row.getString("view_digest"),
        Optional.ofNullable(row.getString("receipt")).map(Receipt::parse),
        Optional.ofNullable(row.getString("ticket")),
        Optional.ofNullable(row.getString("in_place_of")).map(PersonId::new));
  }
}
