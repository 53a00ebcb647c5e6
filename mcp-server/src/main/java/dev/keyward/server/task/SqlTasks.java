package dev.keyward.server.task;

import dev.keyward.call.AgentId;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.CallId;
import dev.keyward.call.RunId;
import dev.keyward.call.TaskId;
import dev.keyward.store.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The rows of tasks. Each change says which state it starts from, so that of two who make it one
/// is told that the other was first.
final class SqlTasks {
  private SqlTasks() {}

  /// Stores a new task.
  ///
  /// @param atMost how many one agent may have; those whose end it knows make room
  /// @return whether there was room
  static boolean add(Tx tx, Task task, int atMost) {
    tx.lock("tasks " + task.agent().value());
    tx.update(
        """
        DELETE FROM tasks WHERE id IN (
          SELECT id FROM tasks WHERE agent = ? AND told = 1 ORDER BY updated_at LIMIT
            (SELECT CASE WHEN COUNT(*) >= ? THEN COUNT(*) - ? + 1 ELSE 0 END
             FROM tasks WHERE agent = ?))\
        """,
        task.agent().value(),
        atMost,
        atMost,
        task.agent().value());
    if (count(tx, task.agent()) >= atMost) {
      return false;
    }
    tx.update(
        """
        INSERT INTO tasks (id, agent, run, call, tool, chain, approval, asks, state, taken_back,
          told, created_at, updated_at, expires_at, request, result)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?, NULL)\
        """,
        task.id().value(),
        task.agent().value(),
        task.run().value(),
        task.call().value(),
        task.tool(),
        task.chain(),
        task.approval().map(ApprovalId::value).orElse(null),
        number(task.asks()),
        task.state().name(),
        task.created().toEpochMilli(),
        task.updated().toEpochMilli(),
        task.expires().toEpochMilli(),
        task.request());
    return true;
  }

  static Optional<Task> find(Tx tx, TaskId id) {
    return tx.sql()
        .createQuery("SELECT * FROM tasks WHERE id = :id")
        .bind("id", id.value())
        .map((row, _) -> task(row))
        .findOne();
  }

  /// Keeps what came of a task, unless another broker carries it by now.
  static boolean end(Tx tx, TaskId id, CallId call, Task.State state, String result, Instant now) {
    return tx.update(
            "UPDATE tasks SET state = ?, result = ?, updated_at = ?"
                + " WHERE id = ? AND call = ? AND state = 'OPEN'",
            state.name(),
            result,
            now.toEpochMilli(),
            id.value(),
            call.value())
        == 1;
  }

  /// Gives an open task to another broker, and to a new call.
  static boolean adopt(Tx tx, Task task, CallId call, String chain, Instant now) {
    return tx.update(
            "UPDATE tasks SET call = ?, chain = ?, approval = NULL, updated_at = ?"
                + " WHERE id = ? AND call = ? AND chain = ? AND state = 'OPEN' AND taken_back = 0",
            call.value(),
            chain,
            now.toEpochMilli(),
            task.id().value(),
            task.call().value(),
            task.chain())
        == 1;
  }

  /// Notes what the call of a task waits for.
  ///
  /// @param asks as [Task#asks]
  static boolean waits(
      Tx tx,
      TaskId id,
      CallId call,
      ApprovalId approval,
      boolean asks,
      Instant expires,
      Instant now) {
    return tx.update(
            "UPDATE tasks SET approval = ?, asks = ?, expires_at = ?, updated_at = ?"
                + " WHERE id = ? AND call = ? AND state = 'OPEN'",
            approval.value(),
            number(asks),
            expires.toEpochMilli(),
            now.toEpochMilli(),
            id.value(),
            call.value())
        == 1;
  }

  static int prolong(Tx tx, RunId run, ApprovalId approval, Instant expires) {
    return tx.update(
        "UPDATE tasks SET expires_at = ? WHERE run = ? AND approval = ? AND state = 'OPEN'",
        expires.toEpochMilli(),
        run.value(),
        approval.value());
  }

  static int answered(Tx tx, TaskId id, Instant now) {
    return tx.update(
        "UPDATE tasks SET asks = 0, updated_at = ? WHERE id = ? AND asks = 1",
        now.toEpochMilli(),
        id.value());
  }

  static int takeBack(Tx tx, TaskId id) {
    return tx.update("UPDATE tasks SET taken_back = 1 WHERE id = ? AND state = 'OPEN'", id.value());
  }

  static int told(Tx tx, TaskId id) {
    return tx.update(
        "UPDATE tasks SET told = 1 WHERE id = ? AND told = 0 AND state <> 'OPEN'", id.value());
  }

  /// {@return the open tasks that this broker carries, and whether they have been taken back}
  static Map<TaskId, Boolean> carried(Tx tx, String chain) {
    return tx
        .sql()
        .createQuery("SELECT id, taken_back FROM tasks WHERE chain = :chain AND state = 'OPEN'")
        .bind("chain", chain)
        .map((row, _) -> Map.entry(new TaskId(row.getString("id")), row.getInt("taken_back") == 1))
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  static boolean anyDue(Tx tx, Instant now) {
    return tx.sql()
        .createQuery("SELECT 1 FROM tasks WHERE expires_at <= :now LIMIT 1")
        .bind("now", now.toEpochMilli())
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  static int sweep(Tx tx, Instant now) {
    return tx.update("DELETE FROM tasks WHERE expires_at <= ?", now.toEpochMilli());
  }

  static int erase(Tx tx, RunId run) {
    return tx.update("DELETE FROM tasks WHERE run = ?", run.value());
  }

  private static int count(Tx tx, AgentId agent) {
    return tx.sql()
        .createQuery("SELECT COUNT(*) FROM tasks WHERE agent = :agent")
        .bind("agent", agent.value())
        .mapTo(Integer.class)
        .one();
  }

  private static Task task(ResultSet row) throws SQLException {
    return new Task(
        new TaskId(row.getString("id")),
        new AgentId(row.getString("agent")),
        new RunId(row.getString("run")),
        new CallId(row.getString("call")),
        row.getString("tool"),
        row.getString("chain"),
        Optional.ofNullable(row.getString("approval")).map(ApprovalId::new),
        row.getInt("asks") == 1,
        Task.State.valueOf(row.getString("state")),
        row.getInt("taken_back") == 1,
        row.getInt("told") == 1,
        Instant.ofEpochMilli(row.getLong("created_at")),
        Instant.ofEpochMilli(row.getLong("updated_at")),
        Instant.ofEpochMilli(row.getLong("expires_at")),
        row.getString("request"),
        Optional.ofNullable(row.getString("result")));
  }

  private static int number(boolean yes) {
    return yes ? 1 : 0;
  }
}
