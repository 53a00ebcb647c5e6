package dev.keyward.server.pipeline;

import dev.keyward.call.CallDigest;
import dev.keyward.call.CallId;
import dev.keyward.call.Refusal;
import dev.keyward.catalog.ToolCall;
import dev.keyward.server.audit.Ending;
import dev.keyward.server.policy.PermittedCall;
import dev.keyward.store.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/// Every write that was begun, so that none is begun twice.
///
/// An identical write, which is a call of the same tool with the same arguments that the same agent
/// makes or has others make, in whichever run, waits for the end of the one before it; while that
/// end is unknown there is no next one, and once a person has found that it happened, the agent is
/// told so first. The database has an index that says the same.
final class Writes {
  private final InstantSource clock;

  Writes(InstantSource clock) {
    this.clock = clock;
  }

  /// How a write ended.
  enum End {
    DONE,
    NOT_SENT,
    UNKNOWN;

    static End of(Ending ending) {
      return switch (ending) {
        case ANSWERED, ERROR_ANSWERED, FAILED, CANCELLED -> DONE;
        case NOT_SENT -> NOT_SENT;
        case UNKNOWN -> UNKNOWN;
      };
    }
  }

  /// {@return why this write may not begin: an identical one is open, or nobody knows how it ended}
  Optional<Refusal> twin(Tx tx, ToolCall call) {
    return tx.sql()
        .createQuery(
            """
            SELECT call, state, '' AS note FROM writes
            WHERE action = :action AND state IN ('OPEN', 'UNKNOWN')
            UNION ALL
            SELECT w.call, w.state, s.note FROM writes w JOIN settlements s ON s.call = w.call
            WHERE w.action = :action AND w.state = 'HAPPENED' AND w.told = 0\
            """)
        .bind("action", action(call))
        .map((row, _) -> twin(row))
        .findFirst();
  }

  /// {@return as [#twin], and nobody else begins this write before the end of the unit}
  Optional<Refusal> twinOrLock(Tx tx, ToolCall call) {
    tx.lock("write " + action(call));
    return twin(tx, call);
  }

  void begin(Tx tx, PermittedCall permitted) {
    ToolCall call = permitted.call();
    tx.sql()
        .createUpdate(
            """
            INSERT INTO writes
              (call, digest, action, run, agent, tool, approval, state, told, begun_at)
            VALUES (:call, :digest, :action, :run, :agent, :tool, :approval, 'OPEN', 0, :at)\
            """)
        .bind("call", call.id().value())
        .bind("digest", call.digest().value())
        .bind("action", action(call))
        .bind("run", call.caller().run().value())
        .bind("agent", call.caller().agent().value())
        .bind("tool", call.tool().name().value())
        .bind("approval", permitted.approval().map(Object::toString).orElse(null))
        .bind("at", clock.millis())
        .execute();
  }

  /// {@return how many outcomes of this very write the agent has been told: the `n` of its
  /// idempotency key}
  int told(Tx tx, CallDigest digest) {
    return tx.sql()
        .createQuery("SELECT COUNT(*) FROM writes WHERE digest = :digest AND told = 1")
        .bind("digest", digest.value())
        .mapTo(Integer.class)
        .one();
  }

  void end(Tx tx, CallId call, End end) {
    tx.sql()
        .createUpdate(
            "UPDATE writes SET state = :state, ended_at = :at"
                + " WHERE call = :call AND state IN ('OPEN', 'UNKNOWN')")
        .bindMap(Map.of("state", end.name(), "at", clock.millis(), "call", call.value()))
        .execute();
  }

  /// {@return whether the call is a write that was begun}
  boolean begun(Tx tx, CallId call) {
    return tx.sql()
        .createQuery("SELECT 1 FROM writes WHERE call = :call")
        .bind("call", call.value())
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  /// Notes that the agent has been given the outcome, so that an identical call means another one.
  void tell(Tx tx, CallId call) {
    tx.sql()
        .createUpdate(
            "UPDATE writes SET told = 1 WHERE call = :call AND state IN ('DONE', 'HAPPENED')")
        .bind("call", call.value())
        .execute();
  }

  private static String action(ToolCall call) {
    return CallDigest.ofAction(call.caller(), call.tool().name(), call.recorded()).value();
  }

  private static Refusal twin(ResultSet row) throws SQLException {
    var twin = new CallId(row.getString("call"));
    return switch (row.getString("state")) {
      case "OPEN" -> new Refusal.TwinOpen(twin);
      case "HAPPENED" -> new Refusal.TwinHappened(twin, row.getString("note"));
      default -> new Refusal.TwinUnknown(twin);
    };
  }
}
