package dev.keyward.redaction.exact;

import org.jspecify.annotations.Nullable;

/// Compares a folded text with spellings from places at which a gram of them may stand, in each of
/// the ways in which it may be turned.
///
/// Not safe for threads.
final class Comparison {
  private final char[] text;
  private final int length;
  private final Amount amount;
  private final Effort effort;
  private final GramIndex.Shown each;
  private @Nullable Spelling last; // what was compared last, so that one stretch is given once
  private int lastDiagonal;
  private boolean lastBackwards;
  private boolean lastRotated;
  private int lastEnd;

  /// Compares the first `length` characters of `text` and gives what shows `amount` to `each`.
  Comparison(char[] text, int length, Amount amount, Effort effort, GramIndex.Shown each) {
    this.text = text;
    this.length = length;
    this.amount = amount;
    this.effort = effort;
    this.each = each;
  }

  /// Compares the gram of `spelling` at `offset` with the text at `start`.
  ///
  /// @return whether the search goes on
  boolean goesOn(Spelling spelling, int offset, int start) {
    return goesOn(spelling, offset, start, false, false)
        && goesOn(spelling, offset, start, false, true)
        && goesOn(spelling, offset, start, true, false)
        && goesOn(spelling, offset, start, true, true);
  }

  private boolean goesOn(
      Spelling spelling, int offset, int start, boolean backwards, boolean rotated) {
    int first = backwards ? offset + GramIndex.GRAM - 1 : offset; // meets the text at start
    int step = backwards ? -1 : 1;
    int diagonal = first - step * start;
    if (isInLast(spelling, start, diagonal, backwards, rotated)) {
      return true;
    }
    char[] pattern = spelling.folded();
    int right = alike(pattern, first, step, start, 1, rotated);
    if (right < GramIndex.GRAM) {
      spend(1 + right);
      return true;
    }
    int left = alike(pattern, first - step, -step, start - 1, -1, rotated);
    spend(1 + right + left);
    last = spelling;
    lastDiagonal = diagonal;
    lastBackwards = backwards;
    lastRotated = rotated;
    lastEnd = start + right;
    int one = first - step * left;
    int other = first + step * (right - 1);
    boolean whole = right + left == pattern.length;
    return !spelling.shows(Math.min(one, other), Math.max(one, other) + 1, amount)
        || each.at(spelling, start - left, start + right, whole && !backwards && !rotated);
  }

  private boolean isInLast(
      Spelling spelling, int start, int diagonal, boolean backwards, boolean rotated) {
    return spelling == last
        && diagonal == lastDiagonal
        && backwards == lastBackwards
        && rotated == lastRotated
        && start + GramIndex.GRAM - 1 < lastEnd;
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
    while (p >= 0 && p < pattern.length && t >= 0 && t < length) {
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
