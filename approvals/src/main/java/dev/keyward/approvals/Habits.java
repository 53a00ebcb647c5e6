package dev.keyward.approvals;

import dev.keyward.call.PersonId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/// Counts how people decide. What an allowance has answered is no answer of theirs.
final class Habits {
  private Habits() {}

  private record Given(String person, boolean approved, Duration after) {
    boolean within(Duration time) {
      return after.compareTo(time) < 0;
    }
  }

  /// By name.
  static List<Habit> since(Handle sql, Instant since) {
    Map<String, List<Given>> byPerson = new TreeMap<>();
    sql.select(
            """
            SELECT d.person, d.verdict, d.decided - a.asked AS took
            FROM approval_decisions d JOIN approvals a ON a.id = d.approval
            WHERE d.decided >= ? AND a.allowed_by IS NULL
            ORDER BY d.decided DESC LIMIT ?
            """,
            since.toEpochMilli(),
            Habit.MOST)
        .map(
            (row, _) ->
                new Given(
                    row.getString("person"),
                    row.getString("verdict").equals(Verdict.APPROVE.name()),
                    Duration.ofMillis(row.getLong("took"))))
        .forEach(
            given -> byPerson.computeIfAbsent(given.person, _ -> new ArrayList<>()).add(given));
    return byPerson.values().stream().map(Habits::habit).toList();
  }

  /// @param given newest first
  private static Habit habit(List<Given> given) {
    List<Duration> times = given.stream().map(Given::after).sorted().toList();
    List<Given> newest = given.subList(0, Math.min(Habit.STREAK, given.size()));
    return new Habit(
        new PersonId(given.getFirst().person),
        given.size(),
        (int) given.stream().filter(Given::approved).count(),
        times.get(times.size() / 2),
        (int) given.stream().filter(answer -> answer.within(Habit.HASTY)).count(),
        newest.size() == Habit.STREAK
            && newest.stream().allMatch(each -> each.approved && each.within(Habit.UNREAD)));
  }
}
