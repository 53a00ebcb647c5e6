package dev.keyward.server.notice;

import java.time.Duration;
import java.util.Optional;

/// A message that did not arrive. Why is the broker's own sentence: what the other end says goes
/// nowhere.
@SuppressWarnings("serial") // never serialized
public final class Undelivered extends Exception {
  private final Optional<Duration> pause;
  private final boolean last;

  private Undelivered(String why, Optional<Duration> pause, boolean last) {
    super(why);
    this.pause = pause;
    this.last = last;
  }

  /// It may arrive another time.
  static Undelivered yet(String why) {
    return new Undelivered(why, Optional.empty(), false);
  }

  /// The other end wants nothing for so long.
  static Undelivered before(Duration pause, String why) {
    return new Undelivered(why, Optional.of(pause), false);
  }

  /// The other end will never take this one.
  static Undelivered ever(String why) {
    return new Undelivered(why, Optional.empty(), true);
  }

  /// {@return why, as the end of a sentence about the message}
  public String why() {
    return String.valueOf(getMessage());
  }

  /// {@return for how long the other end wants nothing at all}
  Optional<Duration> pause() {
    return pause;
  }

  /// {@return whether another attempt is of no use}
  boolean last() {
    return last;
  }
}
