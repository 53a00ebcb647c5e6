package dev.keyward.approvals;

import dev.keyward.call.AgentId;
import dev.keyward.call.PersonId;
import dev.keyward.call.QuestionCap;
import dev.keyward.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/// Counts the questions of each agent and on each person's account, in the database, so that
/// neither a restart nor another broker forgets any.
///
/// How often somebody has asked of late is one moment: when they may ask as often again as after a
/// long silence. Each question moves it on by [QuestionLimits.Most#refill]; as many fit between now
/// and it as [QuestionLimits.Most#burst].
final class QuestionCounts {
  private static final Duration UNTIL_SOME_ARE_DECIDED = Duration.ofMinutes(1);

  /// Of brokers over one database: by so much a moment is believed, however far ahead it looks.
  private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(5);

  private final QuestionLimits limits;

  QuestionCounts(QuestionLimits limits) {
    this.limits = limits;
  }

  /// To be called before anything is counted, and before the agent itself is locked: the widest
  /// first, since a person has many agents and an agent many helpers.
  static void lock(Tx tx, Ask ask) {
    tx.lock("questions on account of " + person(ask));
    tx.lock("questions of " + ask.lead());
  }

  /// {@return why this question may not be asked now}
  Optional<Standing.TooMany> over(Handle sql, Ask ask, Instant now) {
    AgentId lead = ask.lead();
    PersonId person = person(ask);
    if (ApprovalRows.waitingOf(sql, lead, now) >= limits.agent().waiting()) {
      return tooMany(QuestionCap.AGENT_OPEN, UNTIL_SOME_ARE_DECIDED);
    }
    if (ApprovalRows.waitingOf(sql, person, now) >= limits.person().waiting()) {
      return tooMany(QuestionCap.PERSON_OPEN, UNTIL_SOME_ARE_DECIDED);
    }
    return Stream.of(
            over(sql, QuestionCap.AGENT_RATE, name(lead), limits.agent(), now),
            over(sql, QuestionCap.PERSON_RATE, name(person), limits.person(), now))
        .flatMap(Optional::stream)
        .max(Comparator.comparing(Standing.TooMany::comeAgain));
  }

  private static Optional<Standing.TooMany> over(
      Handle sql, QuestionCap cap, String name, QuestionLimits.Most most, Instant now) {
    Instant after = next(sql, name, most, now).minus(span(most));
    return after.isAfter(now) ? tooMany(cap, Duration.between(now, after)) : Optional.empty();
  }

  private static Optional<Standing.TooMany> tooMany(QuestionCap cap, Duration comeAgain) {
    return Optional.of(new Standing.TooMany(cap, comeAgain));
  }

  /// Counts a question that is asked.
  void count(Handle sql, Ask ask, Instant now) {
    count(sql, name(ask.lead()), limits.agent(), now);
    count(sql, name(person(ask)), limits.person(), now);
  }

  private static void count(Handle sql, String name, QuestionLimits.Most most, Instant now) {
    put(sql, name, next(sql, name, most, now));
  }

  /// What the moment would be with one question more.
  private static Instant next(Handle sql, String name, QuestionLimits.Most most, Instant now) {
    Instant full = full(sql, name).orElse(now);
    Instant latest = now.plus(span(most));
    if (full.isAfter(latest.plus(CLOCKS_DIFFER))) {
      put(sql, name, latest); // a clock was set back, or the burst is smaller now
      full = latest;
    }
    return (full.isBefore(now) ? now : full).plus(most.refill());
  }

  private static Optional<Instant> full(Handle sql, String name) {
    return sql.select("SELECT full_at FROM question_rates WHERE name = ?", name)
        .mapTo(long.class)
        .findOne()
        .map(Instant::ofEpochMilli);
  }

  private static void put(Handle sql, String name, Instant full) {
    sql.execute(
        """
        INSERT INTO question_rates (name, full_at) VALUES (?, ?)
        ON CONFLICT (name) DO UPDATE SET full_at = excluded.full_at
        """,
        name,
        full.toEpochMilli());
  }

  private static Duration span(QuestionLimits.Most most) {
    return most.refill().multipliedBy(most.burst());
  }

  private static PersonId person(Ask ask) {
    return ask.subject().caller().confirmer();
  }

  private static String name(AgentId agent) {
    return "agent " + agent;
  }

  private static String name(PersonId person) {
    return "person " + person;
  }
}
