package dev.keyward.server.unusual;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Compares a call with what its agent has done before. Pure: the same history, call and time find
/// the same.
final class Detectors {
  private static final long HOURS = Duration.ofDays(1).toHours();
  private static final long WEEK = Duration.ofDays(7).toHours();

  private final UnusualSettings settings;

  Detectors(UnusualSettings settings) {
    this.settings = settings;
  }

  /// {@return what is unusual about this call, which has been counted already}
  List<Finding> find(History history, Deed deed, Instant now) {
    List<Finding> findings = new ArrayList<>();
    long hour = History.hour(now);
    if (settled(history, hour)) {
      boolean knownSystem = history.knows(deed.system());
      add(findings, Detector.FIRST_SYSTEM, knownSystem ? 0 : 1, 0);
      boolean known = history.count(deed.tool().value(), 0) > 0;
      add(findings, Detector.FIRST_TOOL, known || !knownSystem ? 0 : 1, 0);
      add(findings, Detector.FIRST_RECORD, newKinds(history, deed), 0);
      add(findings, Detector.VOLUME, history.count(History.CALLS, hour), volume(history, hour));
    }
    if (hour - history.firstHour() >= WEEK) {
      add(findings, Detector.ODD_HOUR, worksAt(history, hour) ? 0 : 1, 0);
    }
    if (deed.writes()) {
      add(findings, Detector.WRITE_BURST, 1 + recentWrites(history, now), settings.burst());
    }
    add(findings, Detector.DENIED_STREAK, history.count(History.DENIED, 0), settings.streak() - 1);
    return findings;
  }

  private static long newKinds(History history, Deed deed) {
    return deed.kinds().stream().filter(kind -> !history.touched(kind)).count();
  }

  private void add(List<Finding> findings, Detector detector, long seen, long usual) {
    Reaction reaction = settings.reaction(detector);
    if (seen > usual && reaction != Reaction.OFF) {
      findings.add(new Finding(detector, seen, usual, reaction));
    }
  }

  /// Of a newcomer everything is new.
  private boolean settled(History history, long hour) {
    return hour - history.firstHour() >= settings.settledAfter().toHours();
  }

  private long volume(History history, long hour) {
    long busiest = history.most(History.CALLS, slot -> slot < hour);
    return Math.max(settings.volume(), busiest * settings.times());
  }

  /// An hour of the day counts with its neighbours, so that nobody is odd for coming early.
  private static boolean worksAt(History history, long hour) {
    long before =
        history.sum(
            History.CALLS,
            slot -> {
              long apart = Math.floorMod(slot - hour, HOURS);
              return slot < hour - 1 && (apart <= 1 || apart == HOURS - 1);
            });
    return before > 0;
  }

  private long recentWrites(History history, Instant now) {
    long minute = History.minute(now);
    long from = minute - settings.burstWithin().toMinutes();
    return history.sum(History.WRITES, slot -> slot > from && slot <= minute);
  }
}
