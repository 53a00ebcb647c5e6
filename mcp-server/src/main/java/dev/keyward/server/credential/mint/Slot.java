package dev.keyward.server.credential.mint;

import dev.keyward.server.credential.MintAnswer;
import dev.keyward.server.credential.MintAnswer.Made;
import dev.keyward.server.credential.Minted;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The place of one credential: what is in force, and the lock of whoever fetches the next.
final class Slot {
  /// However long it may work, a value is fetched anew after this.
  private static final Duration LONGEST = Duration.ofHours(1);

  private static final Duration AHEAD = Duration.ofMinutes(1);
  private static final int AHEAD_PART = 5;
  private static final Duration MARGIN = Duration.ofSeconds(10);
  private static final int MARGIN_PART = 10;

  /// A value of which an upstream says that it is no good must be older than this to be replaced.
  private static final Duration YOUNG = Duration.ofSeconds(5);

  /// How long a failure stands before the issuer is asked again.
  private static final Duration FAILURE = Duration.ofSeconds(1);

  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile @Nullable Kept kept;
  private volatile @Nullable Failed failed;

  /// @param since when it began to work, or to work for longer
  /// @param ahead from when on the next one is fetched
  /// @param until how long it is lent
  private record Kept(Made made, Instant since, Instant ahead, Instant until) {
    boolean lent(Instant now) {
      return counts(now, since, until);
    }
  }

  private record Failed(MintAnswer answer, Instant at) {}

  Slot(InstantSource clock) {
    this.clock = clock;
  }

  /// @param making makes the next one
  /// @param prolonging has the one there is live on; empty where that is not to be had
  MintAnswer obtain(Supplier<MintAnswer> making, Function<Minted, Optional<Made>> prolonging) {
    Kept there = kept;
    Instant now = clock.instant();
    if (there != null && there.lent(now)) {
      return now.isBefore(there.ahead) ? there.made : ahead(there, making, prolonging);
    }
    lock.lock();
    try {
      Kept meanwhile = kept;
      return meanwhile != null && meanwhile.lent(clock.instant()) ? meanwhile.made : make(making);
    } finally {
      lock.unlock();
    }
  }

  /// The old one still works, so nobody waits for the next and a failure to get it hurts nobody.
  private MintAnswer ahead(
      Kept there, Supplier<MintAnswer> making, Function<Minted, Optional<Made>> prolonging) {
    if (!lock.tryLock()) {
      return there.made;
    }
    try {
      if (!there.equals(kept)) {
        return there.made;
      }
      Optional<Made> longer = prolonging.apply(there.made.minted());
      if (longer.isPresent()) {
        kept = kept(longer.get(), clock.instant());
        return longer.get();
      }
      return make(making) instanceof Made made ? made : there.made;
    } finally {
      lock.unlock();
    }
  }

  MintAnswer renew(Minted refused, Supplier<MintAnswer> making) {
    lock.lock();
    try {
      Kept there = kept;
      return there != null && (!is(there, refused) || young(refused)) ? there.made : make(making);
    } finally {
      lock.unlock();
    }
  }

  void rejected(Minted refused) {
    lock.lock();
    try {
      if (is(kept, refused) && !young(refused)) {
        kept = null;
      }
    } finally {
      lock.unlock();
    }
  }

  /// Somebody else has ended it: it is lent to nobody again, however young it is.
  void lost(Minted ended) {
    lock.lock();
    try {
      if (is(kept, ended)) {
        kept = null;
      }
    } finally {
      lock.unlock();
    }
  }

  private static boolean is(@Nullable Kept there, Minted minted) {
    return there != null && there.made.minted().version() == minted.version();
  }

  private boolean young(Minted refused) {
    return counts(clock.instant(), refused.made(), refused.made().plus(YOUNG));
  }

  /// {@return whether `now` is between the two} A clock that was set back by more than clocks
  /// differ ends whatever was to last until some time: nobody knows how long that has been.
  private static boolean counts(Instant now, Instant from, Instant until) {
    return now.isBefore(until) && !now.isBefore(from.minus(MARGIN));
  }

  /// Under the lock. Who waited while it failed is told the same.
  private MintAnswer make(Supplier<MintAnswer> making) {
    Failed before = failed;
    if (before != null && counts(clock.instant(), before.at, before.at.plus(FAILURE))) {
      return before.answer;
    }
    MintAnswer answer = making.get();
    if (answer instanceof Made made) {
      kept = kept(made, made.minted().made());
      failed = null;
    } else {
      failed = new Failed(answer, clock.instant());
    }
    return answer;
  }

  /// @param from when it began to work, or to work for longer
  private static Kept kept(Made made, Instant from) {
    Duration works = Duration.between(from, made.minted().expires());
    Duration lent = works.minus(shorter(MARGIN, works.dividedBy(MARGIN_PART)));
    Duration used = shorter(LONGEST, lent);
    return new Kept(
        made,
        from,
        from.plus(used.minus(shorter(AHEAD, used.dividedBy(AHEAD_PART)))),
        from.plus(used));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
