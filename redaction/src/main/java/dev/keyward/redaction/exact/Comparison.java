package dev.keyward.redaction.exact;

import org.jspecify.annotations.Nullable;

/// Compares a folded text with spellings from places at which a gram of them may stand, in each of
/// the ways in which it may be turned.
///
/// Not safe for threads.
final class Comparison {
  private final char[] text;
  private final int start;
  private final int end;
  private final Amount amount;
  private final Effort effort;
  private final GramIndex.Shown each;
  private @Nullable Spelling last; // what was compared last, so that one stretch is given once
  private int lastDiagonal;
  private boolean lastBackwards;
  private boolean lastRotated;
  private int lastEnd;

  /// Compares the characters of `text` from `start` to before `end` and gives what shows `amount`
  /// to `each`.
  Comparison(char[] text, int start, int end, Amount amount, Effort effort, GramIndex.Shown each) {
    this.text = text;
    this.start = start;
    this.end = end;
    this.amount = amount;
    this.effort = effort;
    this.each = each;
  }

  /// Compares the gram of `spelling` at `offset` with the text at `at`.
  ///
  /// @return whether the search goes on
  boolean goesOn(Spelling spelling, int offset, int at) {
    return goesOn(spelling, offset, at, false, false)
        && goesOn(spelling, offset, at, false, true)
        && goesOn(spelling, offset, at, true, false)
        && goesOn(spelling, offset, at, true, true);
  }

  private boolean goesOn(
      Spelling spelling, int offset, int at, boolean backwards, boolean rotated) {
    int first = backwards ? offset + GramIndex.GRAM - 1 : offset; // meets the text there
    int step = backwards ? -1 : 1;
    int diagonal = first - step * at;
    if (isInLast(spelling, at, diagonal, backwards, rotated)) {
      return true;
    }
    char[] pattern = spelling.folded();
    int right = alike(pattern, first, step, at, 1, rotated);
    if (right < GramIndex.GRAM) {
      spend(1 + right);
      return true;
    }
    int left = alike(pattern, first - step, -step, at - 1, -1, rotated);
    spend(1 + right + left);
    last = spelling;
    lastDiagonal = diagonal;
    lastBackwards = backwards;
    lastRotated = rotated;
    lastEnd = at + right;
    int one = first - step * left;
    int other = first + step * (right - 1);
    boolean whole = right + left == pattern.length;
    each.alike(at - left, at + right);
    return !spelling.shows(Math.min(one, other), Math.max(one, other) + 1, amount)
        || each.at(spelling, at - left, at + right, whole && !backwards && !rotated);
  }

  private boolean isInLast(
      Spelling spelling, int at, int diagonal, boolean backwards, boolean rotated) {
    return spelling == last
        && diagonal == lastDiagonal
        && backwards == lastBackwards
        && rotated == lastRotated
        && at + GramIndex.GRAM - 1 < lastEnd;
  }

  private void spend(int work) {
    switch (amount) {
      case PART -> effort.spend(work);
      case WHOLE -> effort.compare(work);
    }
  }

  /// {@return how many characters are the same from there on}
  private int alike(char[] pattern, int at, int step, int place, int textStep, boolean rotated) {
    int count = 0;
    int p = at;
    int t = place;
    while (p >= 0 && p < pattern.length && t >= start && t < end) {
      char c = rotated ? Spellings.rot13(text[t]) : text[t];
      if (c != pattern[p]) {
        return count;
      }
      count++;
      p += step;
      t += textStep;
    }
    return count;
  }
}
