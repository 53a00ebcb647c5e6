package dev.keyward.server.notice;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Tier;
import dev.keyward.store.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Of what each audience has been told, or is still to be told, in the database; and when, which
/// these rows alone say, so that it is the same at every broker and after a restart.
///
/// An audience is told at once of what is dangerous, up to [#MANY] messages within [#WINDOW], and
/// of a run's request where none of which it was told waits in that run, up to [#FEW]. All else is
/// gathered, for [#GATHERED] at most. A message tells of everything that was gathered for its
/// audience.
final class Tellings {
  static final Duration GATHERED = Duration.ofMinutes(3);
  static final Duration WINDOW = Duration.ofMinutes(10);
  static final int FEW = 5;
  static final int MANY = 20;

  private static final String UNTOLD = "told IS NULL AND expires > ?";
  private static final String WAITS = "told IS NOT NULL AND expires > ?";

  private Tellings() {}

  private record InRun(Audience audience, String run) {
    static InRun of(ResultSet row) throws SQLException {
      return new InRun(
          Audience.of(row.getString("channel"), row.getString("recipient")), row.getString("run"));
    }
  }

  /// What of one run an audience was not told of.
  private record Gathered(InRun of, boolean urgent, Instant since) {}

  /// {@return whether people have to know of it at once}
  static boolean urgent(ApprovalRequest request) {
    return request.kind() == ApprovalKind.DUAL
        || request.subject().shown().tier() == Tier.DANGEROUS_WRITE;
  }

  /// This audience is to be told of this request.
  static void add(Tx tx, Audience audience, ApprovalRequest request) {
    tx.update(
        "INSERT INTO tellings (approval, channel, recipient, run, urgent, asked, expires)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?)",
        request.id().value(),
        audience.channel(),
        audience.recipient(),
        request.subject().caller().run().value(),
        urgent(request) ? 1 : 0,
        request.asked().toEpochMilli(),
        request.expires().toEpochMilli());
  }

  /// Nobody needs to be told of this request any more.
  static void over(Tx tx, ApprovalId id) {
    tx.update("UPDATE tellings SET expires = 0 WHERE approval = ?", id.value());
  }

  /// People may be told of it, and know of it, for longer.
  static void prolong(Tx tx, ApprovalRequest request) {
    tx.update(
        "UPDATE tellings SET expires = ? WHERE approval = ?",
        request.expires().toEpochMilli(),
        request.id().value());
  }

  /// {@return who has to be told now}
  static Set<Audience> due(Tx tx, Instant now) {
    Set<Audience> due = new HashSet<>();
    List<Gathered> all = gathered(tx, now);
    if (all.isEmpty()) {
      return due;
    }
    Set<InRun> known = known(tx, now);
    Map<Audience, Integer> messages = messages(tx, now);
    for (Gathered gathered : all) {
      Audience audience = gathered.of.audience;
      int told = messages.getOrDefault(audience, 0);
      boolean first = !known.contains(gathered.of) && told < FEW;
      boolean urgent = gathered.urgent && told < MANY;
      if (first || urgent || !gathered.since.plus(GATHERED).isAfter(now)) {
        due.add(audience);
      }
    }
    return due;
  }

  private static List<Gathered> gathered(Tx tx, Instant now) {
    return tx.sql()
        .select(
            "SELECT channel, recipient, run, MAX(urgent) AS urgent, MIN(asked) AS since"
                + " FROM tellings WHERE "
                + UNTOLD
                + " GROUP BY channel, recipient, run",
            now.toEpochMilli())
        .map(
            (row, _) ->
                new Gathered(
                    InRun.of(row),
                    row.getInt("urgent") == 1,
                    Instant.ofEpochMilli(row.getLong("since"))))
        .list();
  }

  private static Set<InRun> known(Tx tx, Instant now) {
    return tx.sql()
        .select(
            "SELECT DISTINCT channel, recipient, run FROM tellings WHERE " + WAITS,
            now.toEpochMilli())
        .map((row, _) -> InRun.of(row))
        .set();
  }

  private static Map<Audience, Integer> messages(Tx tx, Instant now) {
    Map<Audience, Integer> messages = new HashMap<>();
    tx.sql()
        .select(
            "SELECT channel, recipient, COUNT(DISTINCT message) AS messages FROM tellings"
                + " WHERE told > ? GROUP BY channel, recipient",
            now.minus(WINDOW).toEpochMilli())
        .map(
            (row, _) ->
                Map.entry(
                    Audience.of(row.getString("channel"), row.getString("recipient")),
                    row.getInt("messages")))
        .forEach(entry -> messages.put(entry.getKey(), entry.getValue()));
    return messages;
  }

  /// {@return of what this audience is still to be told}
  static List<ApprovalId> untold(Tx tx, Audience audience, Instant now) {
    return tx.sql()
        .select(
            "SELECT approval FROM tellings WHERE "
                + UNTOLD
                + " AND channel = ? AND recipient = ? ORDER BY asked, approval",
            now.toEpochMilli(),
            audience.channel(),
            audience.recipient())
        .mapTo(String.class)
        .map(ApprovalId::new)
        .list();
  }

  /// {@return how many requests wait of which this audience was told}
  static int waiting(Tx tx, Audience audience, Instant now) {
    return tx.sql()
        .select(
            "SELECT COUNT(*) FROM tellings WHERE " + WAITS + " AND channel = ? AND recipient = ?",
            now.toEpochMilli(),
            audience.channel(),
            audience.recipient())
        .mapTo(int.class)
        .one();
  }

  /// This message tells this audience of this request.
  static void told(Tx tx, Audience audience, ApprovalId id, String message, Instant now) {
    tx.update(
        "UPDATE tellings SET message = ?, told = ?"
            + " WHERE approval = ? AND channel = ? AND recipient = ?",
        message,
        now.toEpochMilli(),
        id.value(),
        audience.channel(),
        audience.recipient());
  }

  /// This audience is not to be told of this request after all.
  static void drop(Tx tx, Audience audience, ApprovalId id) {
    tx.update(
        "DELETE FROM tellings WHERE approval = ? AND channel = ? AND recipient = ?",
        id.value(),
        audience.channel(),
        audience.recipient());
  }

  /// Forgets what says nothing any more.
  static void tidy(Tx tx, Instant now) {
    tx.update(
        "DELETE FROM tellings WHERE expires <= ? AND (told IS NULL OR told <= ?)",
        now.toEpochMilli(),
        now.minus(WINDOW).toEpochMilli());
  }
}
