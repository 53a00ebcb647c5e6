package dev.keyward.server.notice;

import dev.keyward.approvals.ApprovalEvent;
import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Approvals;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.RandomName;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// What people have not been told yet, in the database: noted in the transaction that asks them,
/// and kept until it has arrived or nobody needs it any more.
///
/// Several brokers may share it. Each message is sent at least once; twice, if a broker dies
/// between the other end's answer and its note of that, or two brokers are slow.
final class Outbox {
  private static final int LISTED = 20;
  private static final int GATHERED = 200;
  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  private static final int DOUBLINGS = 7; // to about ten minutes

  private final Database database;
  private final InstantSource clock;
  private final RandomGenerator random;

  Outbox(Database database, InstantSource clock, RandomGenerator random) {
    this.database = database;
    this.clock = clock;
    this.random = random;
  }

  /// Notes what people have to be told, in the transaction of the change.
  void note(Tx tx, ApprovalEvent event) {
    if (event instanceof ApprovalEvent.Created created) {
      tx.sql()
          .execute(
              "INSERT INTO notices (approval, asked_at) VALUES (?, ?)",
              created.request().id().value(),
              created.at().toEpochMilli());
    }
  }

  /// Makes one message of all that waits and nobody was told of.
  ///
  /// @return whether there was anything
  boolean gather(Approvals approvals, Function<ApprovalId, URI> page) {
    List<ApprovalId> noted = noted();
    if (noted.isEmpty()) {
      return false;
    }
    List<ApprovalRequest> waiting =
        noted.stream()
            .flatMap(id -> approvals.find(id).stream())
            .filter(request -> request.state().undecided())
            .filter(request -> request.expires().isAfter(clock.instant()))
            .toList();
    return database.write(
        tx -> {
          List<ApprovalId> ours = taken(tx, noted);
          List<ApprovalRequest> all =
              waiting.stream().filter(request -> ours.contains(request.id())).toList();
          if (!all.isEmpty()) {
            insert(tx, all, page);
          }
          return !all.isEmpty();
        });
  }

  /// Takes the next message that is due; whoever has it reports what came of it within a minute, or
  /// another attempt begins.
  Optional<Message> next() {
    Instant now = clock.instant();
    if (database.read(tx -> due(tx, now)).isEmpty()) {
      return Optional.empty();
    }
    return database.write(tx -> due(tx, now).filter(due -> lease(tx, due, now)));
  }

  void arrived(Message message) {
    forget(message);
  }

  /// Tries again after a pause that doubles, or gives up.
  ///
  /// @return whether it is tried again
  boolean failed(Message message, Duration patience) {
    Instant now = clock.instant();
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(message.attempts() - 1, DOUBLINGS));
    boolean again =
        database.write(
            tx ->
                tx.sql()
                        .execute(
                            "UPDATE notice_messages SET next_at = ? WHERE id = ? AND made_at > ?",
                            now.plus(pause).toEpochMilli(),
                            message.id(),
                            now.minus(patience).toEpochMilli())
                    == 1);
    if (!again) {
      forget(message);
    }
    return again;
  }

  private void forget(Message message) {
    database.write(
        tx -> tx.sql().execute("DELETE FROM notice_messages WHERE id = ?", message.id()));
  }

  private List<ApprovalId> noted() {
    return database.read(
        tx ->
            tx.sql()
                .select(
                    "SELECT approval FROM notices ORDER BY asked_at, approval LIMIT ?", GATHERED)
                .mapTo(String.class)
                .map(ApprovalId::new)
                .list());
  }

  /// Those of `noted` that no other broker has taken meanwhile.
  private static List<ApprovalId> taken(Tx tx, List<ApprovalId> noted) {
    List<ApprovalId> ours = new ArrayList<>();
    for (ApprovalId id : noted) {
      if (tx.sql().execute("DELETE FROM notices WHERE approval = ?", id.value()) == 1) {
        ours.add(id);
      }
    }
    return ours;
  }

  private void insert(Tx tx, List<ApprovalRequest> all, Function<ApprovalId, URI> page) {
    Instant now = clock.instant();
    List<ApprovalRequest> listed = all.subList(0, Math.min(all.size(), LISTED));
    tx.sql()
        .execute(
            "INSERT INTO notice_messages (id, body, made_at, attempts, next_at)"
                + " VALUES (?, ?, ?, 0, ?)",
            RandomName.of("msg_", random),
            NoticeJson.waiting(listed, all.size() - listed.size(), now, page),
            now.toEpochMilli(),
            now.toEpochMilli());
  }

  private static Optional<Message> due(Tx tx, Instant now) {
    return tx.sql()
        .select(
            "SELECT * FROM notice_messages WHERE next_at <= ? ORDER BY next_at, id LIMIT 1",
            now.toEpochMilli())
        .map((row, _) -> message(row))
        .findFirst();
  }

  private static Message message(ResultSet row) throws SQLException {
    return new Message(row.getString("id"), row.getString("body"), row.getInt("attempts") + 1);
  }

  private static boolean lease(Tx tx, Message due, Instant now) {
    return tx.sql()
            .execute(
                "UPDATE notice_messages SET attempts = ?, next_at = ?"
                    + " WHERE id = ? AND attempts = ? AND next_at <= ?",
                due.attempts(),
                now.plus(LEASE).toEpochMilli(),
                due.id(),
                due.attempts() - 1,
                now.toEpochMilli())
        == 1;
  }
}
