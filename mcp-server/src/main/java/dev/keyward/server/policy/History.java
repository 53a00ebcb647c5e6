package dev.keyward.server.policy;

import dev.keyward.call.CallId;
import dev.keyward.call.Caller;
import dev.keyward.call.ToolName;
import dev.keyward.call.ToolPattern;
import dev.keyward.catalog.ToolCall;
import dev.keyward.server.condition.JsonValue;
import dev.keyward.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/// What agents have done, as far as rules ask: the tables of calls and of amounts.
///
/// A call counts from its intent on, in whose transaction it is noted, so calls under way count.
/// One that was proven not sent counts no longer. There is no upper end to a window: what was noted
/// before a clock went back still counts.
final class History {
  /// The longest window that a rule may look at, and how long calls are kept.
  static final Duration LONGEST = Duration.ofDays(31);

  private History() {}

  /// Keeps two calls of one agent from overlooking each other: the second sees what the first has
  /// noted.
  static void lock(Tx tx, Caller caller) {
    tx.lock("policy " + caller.agent());
  }

  /// {@return how many calls of `tool` the agent has made since}
  static long calls(Tx tx, Caller caller, ToolPattern tool, Instant since) {
    return tx.sql()
        .createQuery(
            """
            SELECT COUNT(DISTINCT call) FROM policy_calls
            WHERE agent = :agent AND at >= :since AND SUBSTR(tool || '.', 1, LENGTH(:tool)) = :tool\
            """)
        .bind("agent", caller.agent().value())
        .bind("since", since.toEpochMilli())
        .bind("tool", beginning(tool))
        .mapTo(Long.class)
        .one();
  }

  /// {@return the sum of a numeric argument over these calls}
  static double sum(Tx tx, Caller caller, ToolName tool, String argument, Instant since) {
    return tx.sql()
        .createQuery(
            """
            SELECT COALESCE(SUM(amount), 0) FROM policy_amounts
            WHERE argument = :argument AND call IN (
              SELECT call FROM policy_calls
              WHERE agent = :agent AND at >= :since AND tool = :tool)\
            """)
        .bind("agent", caller.agent().value())
        .bind("since", since.toEpochMilli())
        .bind("tool", tool.value())
        .bind("argument", argument)
        .mapTo(Double.class)
        .one();
  }

  /// {@return whether the run has called `tool` before}
  static boolean after(Tx tx, Caller caller, ToolPattern tool) {
    return tx.sql()
        .createQuery(
            """
            SELECT 1 FROM policy_calls
            WHERE run = :run AND SUBSTR(tool || '.', 1, LENGTH(:tool)) = :tool LIMIT 1\
            """)
        .bind("run", caller.run().value())
        .bind("tool", beginning(tool))
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  /// Notes a call in the transaction of its intent: once for each agent and run that it counts for,
  /// and a second time does nothing.
  ///
  /// @param amounts the names of the arguments that rules sum
  static void note(Tx tx, ToolCall call, Set<String> amounts, Instant now) {
    int noted =
        tx.update(
            """
            INSERT INTO policy_calls (call, run, agent, tool, at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING\
            """,
            call.id().value(),
            call.caller().run().value(),
            call.caller().agent().value(),
            call.tool().name().value(),
            now.toEpochMilli());
    if (noted > 0) {
      amounts.forEach(argument -> noteAmount(tx, call, argument));
    }
  }

  /// An amount below zero would make room for others, even where the upstream refuses the call.
  private static void noteAmount(Tx tx, ToolCall call, String argument) {
    var value = call.recorded().arguments().json().path(argument);
    if (value.isNumber() && JsonValue.of(value) instanceof Number amount) {
      tx.sql()
          .createUpdate(
              "INSERT INTO policy_amounts (call, argument, amount) VALUES (:call, :argument,"
                  + " :amount) ON CONFLICT DO NOTHING")
          .bind("call", call.id().value())
          .bind("argument", argument)
          .bind("amount", Math.max(0, amount.doubleValue()))
          .execute();
    }
  }

  /// Takes back a call of which no byte was sent.
  static void forget(Tx tx, CallId call) {
    tx.update("DELETE FROM policy_amounts WHERE call = ?", call.value());
    tx.update("DELETE FROM policy_calls WHERE call = ?", call.value());
  }

  /// Forgets what no window reaches any more.
  static int tidy(Tx tx, Instant now) {
    long before = now.minus(LONGEST).minus(Duration.ofDays(1)).toEpochMilli();
    tx.update(
        "DELETE FROM policy_amounts WHERE call IN (SELECT call FROM policy_calls WHERE at < ?)",
        before);
    return tx.update("DELETE FROM policy_calls WHERE at < ?", before);
  }

  /// A dot after the name keeps `crm.read` from being the beginning of `crm.read_ticket`.
  private static String beginning(ToolPattern tool) {
    String value = tool.value();
    return value.endsWith(".*") ? value.substring(0, value.length() - 1) : value + ".";
  }
}
