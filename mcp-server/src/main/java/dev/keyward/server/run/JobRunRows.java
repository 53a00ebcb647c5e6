package dev.keyward.server.run;

import dev.keyward.call.AgentId;
import dev.keyward.call.Delegator;
import dev.keyward.call.PersonId;
import dev.keyward.call.RandomName;
import dev.keyward.call.RunId;
import dev.keyward.server.identity.ToolScope;
import dev.keyward.store.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import tools.jackson.databind.json.JsonMapper;

/// The tables of runs that were opened for a job, and of their grants, statement by statement.
final class JobRunRows {
  private JobRunRows() {}

  static void insert(Tx tx, JobRun run) {
    tx.sql()
        .createUpdate(
            """
            INSERT INTO job_runs (id, token, agent, opener, opener_scope, parent, delegator,
              delegator_verified, purpose, workflow, mode, opened_at, expires_at)
            VALUES (:id, :token, :agent, :opener, :scope, :parent, :delegator,
              :verified, :purpose, :workflow, :mode, :opened, :expires)
            """)
        .bind("id", run.id().value())
        .bind("token", run.token())
        .bind("agent", run.agent().value())
        .bind("opener", run.opener().map(AgentId::value).orElse(null))
        .bind(
            "scope", run.openerScope().map(scope -> String.join(" ", scope.written())).orElse(null))
        .bind("parent", run.parent().map(RunId::value).orElse(null))
        .bind("delegator", run.delegator().map(d -> d.person().value()).orElse(null))
        .bind("verified", run.delegator().filter(Delegator::verified).isPresent() ? 1 : 0)
        .bind("purpose", run.purpose())
        .bind("workflow", run.workflow().orElse(null))
        .bind("mode", run.mode().wire())
        .bind("opened", run.opened().toEpochMilli())
        .bind("expires", run.expires().toEpochMilli())
        .execute();
    for (int i = 0; i < run.grants().size(); i++) {
      insert(tx, run.id(), i, run.grants().get(i));
    }
  }

  static void insert(Tx tx, RunId run, int position, HeldGrant held) {
    tx.update(
        "INSERT INTO run_grants (id, run, position, document) VALUES (?, ?, ?, ?)",
        held.id(),
        run.value(),
        position,
        GrantJson.write(held.grant()).toString());
  }

  static HeldGrant held(Grant grant, RandomGenerator random) {
    return new HeldGrant(RandomName.of("grant_", random), grant);
  }

  /// {@return whether it was open until now}
  static boolean close(Tx tx, RunId run, long at, String why) {
    return tx.update(
            "UPDATE job_runs SET ended_at = ?, why = ? WHERE id = ? AND ended_at IS NULL",
            at,
            why,
            run.value())
        == 1;
  }

  static boolean isOpen(Tx tx, RunId run) {
    return tx.sql()
        .createQuery("SELECT 1 FROM job_runs WHERE id = :id AND ended_at IS NULL")
        .bind("id", run.value())
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  /// {@return what it is for, as whoever opened it said; also of one that has ended}
  static Optional<String> purpose(Tx tx, RunId run) {
    return tx.sql()
        .createQuery("SELECT purpose FROM job_runs WHERE id = :id")
        .bind("id", run.value())
        .mapTo(String.class)
        .findOne();
  }

  /// {@return how many open runs this agent has opened, or has had opened for it, with all that was
  /// opened in them}
  static int openOf(Tx tx, AgentId lead) {
    return tx.sql()
        .createQuery(
            """
            WITH RECURSIVE led(id) AS (
              SELECT id FROM job_runs
              WHERE parent IS NULL AND COALESCE(opener, agent) = :lead AND ended_at IS NULL
              UNION ALL
              SELECT r.id FROM job_runs r JOIN led ON r.parent = led.id WHERE r.ended_at IS NULL)
            SELECT COUNT(*) FROM led
            """)
        .bind("lead", lead.value())
        .mapTo(Integer.class)
        .one();
  }

  /// {@return every open run}
  ///
  /// @param known grants that need not be read again, by name: they never change
  static List<JobRun> allOpen(Tx tx, Map<String, HeldGrant> known) {
    Map<String, List<HeldGrant>> grants = new HashMap<>();
    tx.sql()
        .createQuery(
            """
            SELECT g.id, g.run, g.document FROM run_grants g JOIN job_runs r ON r.id = g.run
            WHERE r.ended_at IS NULL ORDER BY g.run, g.position
            """)
        .map((row, _) -> Map.entry(row.getString("run"), held(row, known)))
        .forEach(
            entry ->
                grants
                    .computeIfAbsent(entry.getKey(), _ -> new ArrayList<>())
                    .add(entry.getValue()));
    return tx.sql()
        .createQuery("SELECT * FROM job_runs WHERE ended_at IS NULL ORDER BY opened_at, id")
        .map((row, _) -> run(row, grants.getOrDefault(row.getString("id"), List.of())))
        .list();
  }

  private static HeldGrant held(ResultSet row, Map<String, HeldGrant> known) throws SQLException {
    String id = row.getString("id");
    HeldGrant held = known.get(id);
    return held != null ? held : new HeldGrant(id, read(row.getString("document")));
  }

  private static Grant read(String document) {
    return GrantJson.read(JsonMapper.shared().readTree(document));
  }

  private static JobRun run(ResultSet row, List<HeldGrant> grants) throws SQLException {
    boolean verified = row.getInt("delegator_verified") == 1;
    return new JobRun(
        new RunId(row.getString("id")),
        row.getString("token"),
        new AgentId(row.getString("agent")),
        Optional.ofNullable(row.getString("opener")).map(AgentId::new),
        Optional.ofNullable(row.getString("opener_scope")).map(JobRunRows::scope),
        Optional.ofNullable(row.getString("parent")).map(RunId::new),
        Optional.ofNullable(row.getString("delegator"))
            .map(person -> new Delegator(new PersonId(person), verified)),
        row.getString("purpose"),
        Optional.ofNullable(row.getString("workflow")),
        RunMode.parse(row.getString("mode")),
        grants,
        Instant.ofEpochMilli(row.getLong("opened_at")),
        Instant.ofEpochMilli(row.getLong("expires_at")));
  }

  private static ToolScope scope(String written) {
    return ToolScope.of(written.isEmpty() ? List.of() : List.of(written.split(" ", -1)));
  }
}
