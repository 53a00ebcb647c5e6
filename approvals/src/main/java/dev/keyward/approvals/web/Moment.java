package dev.keyward.approvals.web;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/// A point in time as a page shows it: for machines, for people, and as a distance from now.
///
/// @param iso ISO 8601, in UTC
/// @param clock for example `20 Nov 2026, 13:30:05 UTC`
/// @param distance for example `4 min 10 s`, never negative
record Moment(String iso, String clock, String distance) {
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm:ss 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  static Moment of(Instant instant, Instant now) {
    String iso = instant.truncatedTo(ChronoUnit.SECONDS).toString();
    return new Moment(iso, CLOCK.format(instant), words(Duration.between(instant, now).abs()));
  }

  private static String words(Duration distance) {
    if (distance.toDays() > 0) {
      return distance.toDays() + " d " + distance.toHoursPart() + " h";
    }
    if (distance.toHours() > 0) {
      return distance.toHours() + " h " + distance.toMinutesPart() + " min";
    }
    if (distance.toMinutes() > 0) {
      return distance.toMinutes() + " min " + distance.toSecondsPart() + " s";
    }
    return distance.toSeconds() + " s";
  }
}
