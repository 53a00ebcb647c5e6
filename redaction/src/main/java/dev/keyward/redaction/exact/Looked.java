package dev.keyward.redaction.exact;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The readings of one text that have been looked at. Escapes read before quoted-printable, and
/// after it, mostly come to the same: what does is looked at once, or the work would multiply with
/// every kind of spelling that a text has.
///
/// A reading is known by the value of a polynomial at a point that nobody knows, over a prime: two
/// that differ, in a character or in where one comes from, agree with a chance below 2^-38, whoever
/// wrote them. So none has to be kept.
final class Looked {
  private static final long PRIME = (1L << 61) - 1;
  private static final long POINT = new SecureRandom().nextLong(1L << 32, PRIME);

  private final Map<Long, List<Depth>> depths = new HashMap<>();

  /// {@return whether this very reading was noted, to be looked at as deep or deeper; it is noted
  /// from now on}
  boolean before(View view, Depth depth) {
    List<Depth> known = depths.computeIfAbsent(value(view), _ -> new ArrayList<>());
    boolean covered = known.stream().anyMatch(one -> one.covers(depth));
    if (!covered) {
      known.add(depth);
    }
    return covered;
  }

  private static long value(View view) {
    char[] chars = view.chars();
    long value = view.length();
    for (int i = 0; i < view.length(); i++) {
      value = next(value, ((long) view.from(i) << Character.SIZE) | chars[i]);
      value = next(value, view.to(i));
    }
    return value;
  }

  /// {@return `value` times the point and `more`, over the prime}
  private static long next(long value, long more) {
    long high = Math.multiplyHigh(value, POINT);
    long low = value * POINT;
    long sum = (low & PRIME) + ((low >>> 61) | (high << 3)) + more;
    sum = (sum & PRIME) + (sum >>> 61);
    return sum >= PRIME ? sum - PRIME : sum;
  }
}
