package dev.keyward.server.unusual;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

/// What one agent has done, counted. Guarded by itself.
///
/// Bounded by what is kept: a month of hours, an hour of minutes, and the tools and kinds of the
/// catalog.
final class History {
  static final String CALLS = "calls";
  static final String WRITES = "writes";
  static final String DENIED = "denied";
  private static final String KIND = "kind ";
  private static final long NEVER = Long.MAX_VALUE / 2;
  static final long KEPT_HOURS = Duration.ofDays(30).toHours();
  static final long KEPT_MINUTES = Duration.ofHours(1).toMinutes();

  private final Map<Slot, Long> counts = new HashMap<>();
  private final Map<Slot, Long> unsaved = new HashMap<>();

  /// One number.
  ///
  /// @param what [#CALLS], [#WRITES], [#DENIED], a tool's name, which has a dot, or a kind of
  ///   record
  /// @param slot the hour or minute since 1970; 0 where there is only one
  record Slot(String what, long slot) {}

  /// A slot and its number.
  record Count(Slot of, long count) {}

  static long hour(Instant at) {
    return Math.floorDiv(at.getEpochSecond(), Duration.ofHours(1).toSeconds());
  }

  static long minute(Instant at) {
    return Math.floorDiv(at.getEpochSecond(), Duration.ofMinutes(1).toSeconds());
  }

  synchronized void called(Instant at) {
    add(new Slot(CALLS, hour(at)), 1);
  }

  synchronized void sent(Deed deed, Instant at) {
    add(new Slot(deed.tool().value(), 0), 1);
    deed.kinds().forEach(kind -> add(new Slot(KIND + kind, 0), 1));
    if (deed.writes()) {
      add(new Slot(WRITES, minute(at)), 1);
    }
    forgive();
  }

  /// Ends a streak of denied calls.
  synchronized void forgive() {
    long denied = count(DENIED, 0);
    if (denied != 0) {
      add(new Slot(DENIED, 0), -denied);
    }
  }

  synchronized void denied() {
    add(new Slot(DENIED, 0), 1);
  }

  synchronized long count(String what, long slot) {
    return counts.getOrDefault(new Slot(what, slot), 0L);
  }

  /// {@return the sum of a kind's slots that `which` picks}
  synchronized long sum(String what, LongPredicate which) {
    return counts.entrySet().stream()
        .filter(entry -> entry.getKey().what.equals(what) && which.test(entry.getKey().slot))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /// {@return the largest of a kind's slots that `which` picks}
  synchronized long most(String what, LongPredicate which) {
    return counts.entrySet().stream()
        .filter(entry -> entry.getKey().what.equals(what) && which.test(entry.getKey().slot))
        .mapToLong(Map.Entry::getValue)
        .max()
        .orElse(0);
  }

  /// {@return the first hour in which it called; far ahead if it never did}
  synchronized long firstHour() {
    return counts.keySet().stream()
        .filter(slot -> slot.what.equals(CALLS))
        .mapToLong(Slot::slot)
        .min()
        .orElse(NEVER);
  }

  /// {@return whether it has used a tool of this system}
  synchronized boolean knows(String system) {
    return counts.keySet().stream().anyMatch(slot -> slot.what.startsWith(system + "."));
  }

  /// {@return whether it has touched a record of this kind}
  synchronized boolean touched(String kind) {
    return count(KIND + kind, 0) > 0;
  }

  /// {@return what has been added since the last time this was asked}
  synchronized List<Count> takeUnsaved() {
    List<Count> taken =
        unsaved.entrySet().stream().map(e -> new Count(e.getKey(), e.getValue())).toList();
    unsaved.clear();
    return taken;
  }

  /// Puts back what could not be saved.
  synchronized void putBack(List<Count> taken) {
    taken.forEach(count -> unsaved.merge(count.of, count.count, Long::sum));
  }

  /// Takes over what is stored, with what is not saved yet on top, and forgets the rest.
  synchronized void reread(List<Count> stored) {
    counts.clear();
    stored.forEach(count -> counts.merge(count.of, count.count, Long::sum));
    unsaved.forEach((slot, count) -> counts.merge(slot, count, Long::sum));
  }

  private void add(Slot slot, long count) {
    counts.merge(slot, count, Long::sum);
    unsaved.merge(slot, count, Long::sum);
  }
}
