package dev.keyward.redaction.exact;

import java.util.List;

/// Finds every stretch of a folded text that shows one of many spellings, in one pass.
///
/// A spelling is entered by its grams of 8 at every 5th place, so that any 12 of its characters in
/// a row hold one. A gram is one `long` (6 bits a character); a bitmap turns away nearly all places
/// of a text before the table is asked, and a hit is compared character by character and widened
/// both ways.
final class GramIndex {
  static final int GRAM = 8;
  private static final int STEP = 5;
  private static final int LONG_STEP = 11;
  private static final int LONG = 600;
  private static final long MASK = (1L << (6 * GRAM)) - 1;
  private static final long MIX = 0x9E3779B97F4A7C15L;
  private static final byte[] CODES = codes();

  private final Spelling[] spellings;
  private final long[] bitmap;
  private final int wordShift;
  private final long[] keys; // gram + 1; 0 where the slot is empty
  private final int[] heads;
  private final int keyShift;
  private final int[] spellingOf;
  private final int[] offsetOf;
  private final int[] next;
  private int entries;

  GramIndex(List<Spelling> all) {
    spellings = all.toArray(new Spelling[0]);
    int count = 0;
    for (Spelling spelling : spellings) {
      count += grams(spelling);
    }
    int bits = Math.clamp(64 - Long.numberOfLeadingZeros(16L * count), 12, 24);
    bitmap = new long[1 << (bits - 6)];
    wordShift = 70 - bits;
    int size = Math.max(8, 65 - Long.numberOfLeadingZeros(count));
    keys = new long[1 << size];
    heads = new int[1 << size];
    keyShift = 64 - size;
    spellingOf = new int[count + 1];
    offsetOf = new int[count + 1];
    next = new int[count + 1];
    for (int i = 0; i < spellings.length; i++) {
      enter(i);
    }
  }

  /// Takes one stretch of the folded text that shows `spelling`.
  @FunctionalInterface
  interface Shown {
    /// {@return whether the search goes on}
    boolean at(Spelling spelling, int from, int to, boolean whole);
  }

  /// Gives every stretch of the first `length` characters that shows `amount` of a spelling to
  /// `each`, until it says stop.
  ///
  /// What comparing costs counts for the common limit only where parts count: else reaching it
  /// would tell that a part is right.
  void search(char[] folded, int length, Amount amount, Effort effort, Shown each) {
    effort.spend(length);
    long gram = 0;
    int lastEntry = 0;
    int lastDiagonal = 0;
    int lastEnd = -1;
    for (int i = 0; i < length; i++) {
      gram = ((gram << 6) | code(folded[i])) & MASK;
      long mixed = gram * MIX;
      long bits = bits(mixed);
      if ((bitmap[(int) (mixed >>> wordShift)] & bits) != bits || i < GRAM - 1) {
        continue;
      }
      int start = i - GRAM + 1;
      for (int entry = head(gram); entry != 0; entry = next[entry]) {
        int which = spellingOf[entry];
        int diagonal = start - offsetOf[entry];
        if (which == lastEntry && diagonal == lastDiagonal && i < lastEnd) {
          continue; // inside the stretch just given
        }
        Spelling spelling = spellings[which];
        int from = widenLeft(spelling.folded(), folded, start, offsetOf[entry]);
        int to = widenRight(spelling.folded(), folded, length, start, offsetOf[entry]);
        switch (amount) {
          case PART -> effort.spend(1 + to - from);
          case WHOLE -> effort.compare(1 + to - from);
        }
        if (to - from < GRAM) {
          continue;
        }
        lastEntry = which;
        lastDiagonal = diagonal;
        lastEnd = to;
        boolean whole = to - from == spelling.folded().length;
        if (spelling.shows(from - diagonal, to - diagonal, amount)
            && !each.at(spelling, from, to, whole)) {
          return;
        }
      }
    }
  }

  private static int widenLeft(char[] pattern, char[] text, int start, int offset) {
    int k = 0;
    while (offset - k > 0 && start - k > 0 && pattern[offset - k - 1] == text[start - k - 1]) {
      k++;
    }
    return start - k;
  }

  private static int widenRight(char[] pattern, char[] text, int length, int start, int offset) {
    int k = 0;
    while (offset + k < pattern.length
        && start + k < length
        && pattern[offset + k] == text[start + k]) {
      k++;
    }
    return start + k;
  }

  private static int grams(Spelling spelling) {
    return (spelling.folded().length - GRAM) / step(spelling) + 2;
  }

  /// Packed and listed forms need more characters to show as much, so long ones are entered more
  /// thinly.
  private static int step(Spelling spelling) {
    return spelling.kind() == Spelling.Kind.PACKED && spelling.folded().length > LONG
        ? LONG_STEP
        : STEP;
  }

  private void enter(int which) {
    Spelling spelling = spellings[which];
    int last = spelling.folded().length - GRAM;
    for (int offset = 0; offset < last; offset += step(spelling)) {
      enter(which, offset);
    }
    enter(which, last);
  }

  private void enter(int which, int offset) {
    long gram = 0;
    for (int i = offset; i < offset + GRAM; i++) {
      gram = (gram << 6) | code(spellings[which].folded()[i]);
    }
    long mixed = gram * MIX;
    bitmap[(int) (mixed >>> wordShift)] |= bits(mixed);
    int slot = slot(gram);
    keys[slot] = gram + 1;
    entries++;
    spellingOf[entries] = which;
    offsetOf[entries] = offset;
    next[entries] = heads[slot];
    heads[slot] = entries;
  }

  /// Two bits of a word, so that a word alone turns away all but about one in fifty.
  private static long bits(long mixed) {
    return 1L << (mixed >>> 34) | 1L << (mixed >>> 40);
  }

  private int head(long gram) {
    return heads[slot(gram)];
  }

  private int slot(long gram) {
    int slot = (int) ((gram * MIX) >>> keyShift);
    while (keys[slot] != 0 && keys[slot] != gram + 1) {
      slot = (slot + 1) & (keys.length - 1);
    }
    return slot;
  }

  private static int code(char folded) {
    return folded < 128 ? CODES[folded] : 36 + (folded ^ (folded >> 7)) % 28;
  }

  private static byte[] codes() {
    var codes = new byte[128];
    for (int i = 0; i < 26; i++) {
      codes['a' + i] = (byte) (10 + i);
    }
    for (int i = 0; i < 10; i++) {
      codes['0' + i] = (byte) i;
    }
    return codes;
  }
}
