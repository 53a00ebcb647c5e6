package dev.keyward.server.notice;

import dev.keyward.approvals.Addresses;
import dev.keyward.approvals.ApprovalEvent;
import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.Person;
import dev.keyward.approvals.Role;
import dev.keyward.approvals.Subject;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.PersonId;
import dev.keyward.call.RandomName;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// What people have not been told yet, in the database: noted in the transaction that asks them,
/// and kept until it has arrived or nobody needs it any more.
///
/// Several brokers may share it. Each message is sent at least once; twice, if a broker dies
/// between the other end's answer and its note of that, or two brokers are slow.
public final class Outbox {
  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  private static final int DOUBLINGS = 7; // to about ten minutes

  private final Database database;
  private final InstantSource clock;
  private final RandomGenerator random;

  /// Works over `database`, whose migrations have run.
  ///
  /// @param random what names messages; unguessable in earnest
  public Outbox(Database database, InstantSource clock, RandomGenerator random) {
    this.database = database;
    this.clock = clock;
    this.random = random;
  }

  /// Notes what people have to be told, and what they need not be told any more, in the transaction
  /// of the change.
  public void note(Tx tx, ApprovalEvent event) {
    if (closes(event)) {
      Tellings.over(tx, event.request().id());
    }
    if (event instanceof ApprovalEvent.Prolonged prolonged) {
      Tellings.prolong(tx, prolonged.request());
    }
    if (event instanceof ApprovalEvent.Created created) {
      tx.sql()
          .execute(
              "INSERT INTO notices (approval, asked_at) VALUES (?, ?)",
              created.request().id().value(),
              created.at().toEpochMilli());
    }
    if (event instanceof ApprovalEvent.Decided decided && decided.decision().brokeGlass()) {
      tx.sql()
          .execute(
              "INSERT INTO glass_notices (approval) VALUES (?)", decided.request().id().value());
    }
  }

  private static boolean closes(ApprovalEvent event) {
    boolean may =
        switch (event) {
          case ApprovalEvent.Decided _,
              ApprovalEvent.Expired _,
              ApprovalEvent.Cancelled _,
              ApprovalEvent.Invalidated _ ->
              true;
          default -> false;
        };
    return may && !event.request().state().undecided();
  }

  /// Makes messages of each broken glass that nobody was told of: one by each way, and by a
  /// personal way one for each reviewer, administrator and the agent's owner.
  ///
  /// @param reviews where people look at it
  void gatherGlass(
      Collection<Channel> channels,
      Approvals approvals,
      Addresses addresses,
      Function<ApprovalId, URI> reviews) {
    List<ApprovalRequest> broken =
        database.read(tx -> broken(tx)).stream()
            .flatMap(id -> approvals.find(id).stream())
            .toList();
    for (ApprovalRequest request : broken) {
      String body = NoticeJson.glassBroken(request, clock.instant(), reviews);
      List<PersonId> people =
          addresses.reachable().stream()
              .filter(person -> concerns(request, person))
              .map(Person::id)
              .toList();
      database.write(tx -> tell(tx, request, channels, people, body));
    }
  }

  private static List<ApprovalId> broken(Tx tx) {
    return tx.sql()
        .select("SELECT approval FROM glass_notices ORDER BY approval")
        .mapTo(String.class)
        .map(ApprovalId::new)
        .list();
  }

  private static boolean concerns(ApprovalRequest request, Person person) {
    Subject.Call call = request.shown();
    return person.is(Role.ADMINISTRATOR)
        || call.caller().owner().equals(person.id())
        || (person.is(Role.REVIEWER)
            && person.sees(call.tool(), call.system(), call.caller().workspace()));
  }

  /// Unless another broker has done it meanwhile.
  private boolean tell(
      Tx tx,
      ApprovalRequest request,
      Collection<Channel> channels,
      List<PersonId> people,
      String body) {
    String id = request.id().value();
    boolean ours = tx.sql().execute("DELETE FROM glass_notices WHERE approval = ?", id) == 1;
    for (Channel channel : ours ? channels : List.<Channel>of()) {
      channel.audiences(people).forEach(audience -> put(tx, audience, body));
    }
    return ours;
  }

  /// Makes messages for everybody who has to be told now: one by each way, and by a personal way
  /// one for each person who may decide.
  ///
  /// @return how many messages
  int gather(
      Collection<Channel> channels,
      Approvals approvals,
      Addresses addresses,
      Function<ApprovalId, URI> page) {
    return new Gathering(database, clock, this, channels, approvals, addresses).gather(page);
  }

  /// Takes the next message that is due by this way; whoever has it reports what came of it within
  /// a minute, or another attempt begins.
  Optional<Message> next(Channel channel) {
    Instant now = clock.instant();
    if (database.read(tx -> due(tx, channel, now)).isEmpty()) {
      return Optional.empty();
    }
    return database.write(tx -> due(tx, channel, now).filter(due -> lease(tx, due, now)));
  }

  /// Tries again after a pause that doubles, or gives up.
  ///
  /// @param least the shortest pause
  /// @return whether it is tried again
  boolean failed(Message message, Duration least, Duration patience) {
    Instant now = clock.instant();
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(message.attempts() - 1, DOUBLINGS));
    boolean again =
        database.write(
            tx ->
                tx.sql()
                        .execute(
                            "UPDATE notice_messages SET next_at = ? WHERE id = ? AND made_at > ?",
                            now.plus(pause.compareTo(least) < 0 ? least : pause).toEpochMilli(),
                            message.id(),
                            now.minus(patience).toEpochMilli())
                    == 1);
    if (!again) {
      forget(message);
    }
    return again;
  }

  /// {@return a message that tells of nothing, and is in no outbox}
  Message test(Optional<PersonId> recipient) {
    return new Message(
        RandomName.of("msg_", random), recipient, NoticeJson.test(clock.instant()), 1);
  }

  /// Forgets what was to go by a way that is none any more.
  void forgetOlderThan(Duration age) {
    long before = clock.instant().minus(age).toEpochMilli();
    database.write(tx -> tx.sql().execute("DELETE FROM notice_messages WHERE made_at < ?", before));
  }

  void forget(Message message) {
    database.write(
        tx -> tx.sql().execute("DELETE FROM notice_messages WHERE id = ?", message.id()));
  }

  /// Puts a message into the outbox.
  ///
  /// @return its name
  String put(Tx tx, Audience audience, String body) {
    String id = RandomName.of("msg_", random);
    long now = clock.instant().toEpochMilli();
    tx.sql()
        .createUpdate(
            "INSERT INTO notice_messages (id, channel, recipient, body, made_at, attempts, next_at)"
                + " VALUES (:id, :channel, :recipient, :body, :now, 0, :now)")
        .bind("id", id)
        .bind("channel", audience.channel())
        .bind("recipient", audience.person().map(PersonId::value).orElse(null))
        .bind("body", body)
        .bind("now", now)
        .execute();
    return id;
  }

  private static Optional<Message> due(Tx tx, Channel channel, Instant now) {
    return tx.sql()
        .select(
            "SELECT * FROM notice_messages WHERE channel = ? AND next_at <= ?"
                + " ORDER BY next_at, id LIMIT 1",
            channel.name(),
            now.toEpochMilli())
        .map((row, _) -> message(row))
        .findFirst();
  }

  private static Message message(ResultSet row) throws SQLException {
    return new Message(
        row.getString("id"),
        Optional.ofNullable(row.getString("recipient")).map(PersonId::new),
        row.getString("body"),
        row.getInt("attempts") + 1);
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
