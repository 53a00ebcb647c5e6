package dev.keyward.redaction.exact;

import java.util.List;

/// Finds every stretch of a folded text that shows one of many spellings, forwards or backwards, as
/// it is or in rot13, in one pass.
///
/// A spelling is entered by its grams of 8, at places so close together that any stretch of it that
/// tells something holds one. A gram is one `long`, the same for a text and the text turned around
/// or in rot13; a bitmap turns away nearly all places of a text before the table is asked, and a
/// hit is compared character by character and widened both ways.
final class GramIndex {
  static final int GRAM = 8;
  private static final int STEP = 5;
  private static final long MASK = (1L << (6 * GRAM)) - 1;
  private static final long MIX = 0x9E3779B97F4A7C15L;
  private static final int BITS_PER_GRAM = 32;
  private static final byte[] CODES = codes();

  private final Spelling[] spellings;
  private final long[] bitmap;
  private final int wordShift;
  private final int[] heads; // the last entry for each slot; entries count from 1
  private final int slotShift;
  private final int[] spellingOf;
  private final int[] offsetOf;
  private final int[] next;

  GramIndex(List<Spelling> all) {
    spellings = all.toArray(new Spelling[0]);
    int count = 0;
    for (Spelling spelling : spellings) {
      count += spelling.places(GRAM, STEP).length;
    }
    int bits = Math.clamp(bitsFor((long) BITS_PER_GRAM * count), 12, 26);
    bitmap = new long[1 << (bits - 6)];
    wordShift = 70 - bits;
    int size = Math.max(8, bitsFor(count));
    heads = new int[1 << size];
    slotShift = 64 - size;
    spellingOf = new int[count + 1];
    offsetOf = new int[count + 1];
    next = new int[count + 1];
    enter(grams());
  }

  /// Numbers the grams of all spellings.
  ///
  /// @return for each, from 1, what it is found by
  private long[] grams() {
    var grams = new long[spellingOf.length];
    int entry = 0;
    for (int i = 0; i < spellings.length; i++) {
      for (int offset : spellings[i].places(GRAM, STEP)) {
        entry++;
        spellingOf[entry] = i;
        offsetOf[entry] = offset;
        grams[entry] = mixed(spellings[i].folded(), offset);
      }
    }
    return grams;
  }

  /// Apart from [#grams], for each look-up misses the cache: in short loops many are under way at
  /// once.
  private void enter(long[] grams) {
    for (int entry = 1; entry < grams.length; entry++) {
      bitmap[(int) (grams[entry] >>> wordShift)] |= bits(grams[entry]);
    }
    for (int entry = 1; entry < grams.length; entry++) {
      int slot = (int) (grams[entry] >>> slotShift);
      next[entry] = heads[slot];
      heads[slot] = entry;
    }
  }

  private static int bitsFor(long count) {
    return 64 - Long.numberOfLeadingZeros(count);
  }

  private static long mixed(char[] folded, int offset) {
    long forwards = 0;
    long backwards = 0;
    for (int i = offset; i < offset + GRAM; i++) {
      int code = code(folded[i]);
      forwards = forwards(forwards, code);
      backwards = backwards(backwards, code);
    }
    return Math.min(forwards, backwards) * MIX;
  }

  private static long forwards(long gram, int code) {
    return ((gram << 6) | code) & MASK;
  }

  private static long backwards(long gram, int code) {
    return (gram >>> 6) | ((long) code << (6 * (GRAM - 1)));
  }

  /// Two bits of a word, so that a word alone turns away all but about one in two hundred.
  private static long bits(long mixed) {
    return 1L << (mixed >>> 32) | 1L << (mixed >>> 26);
  }

  /// Takes one stretch of the folded text that shows `spelling`.
  @FunctionalInterface
  interface Shown {
    /// Called with the stretch and whether it is all of the spelling, as it is.
    ///
    /// @return whether the search goes on
    boolean at(Spelling spelling, int from, int to, boolean whole);

    /// Called before with every stretch that is the same, whether it shows enough or not.
    default void alike(int from, int to) {}
  }

  /// Gives every stretch from `start` to before `end` that shows `amount` of a spelling to `each`,
  /// until it says stop.
  ///
  /// What comparing costs counts for the common limit only where parts count: else reaching it
  /// would tell that a part is right.
  void search(char[] folded, int start, int end, Amount amount, Effort effort, Shown each) {
    effort.spend(end - start);
    if (spellings.length == 0) {
      return;
    }
    long forwards = 0;
    long backwards = 0;
    int whole = Math.min(end, start + GRAM - 1);
    for (int i = start; i < whole; i++) {
      int code = code(folded[i]);
      forwards = forwards(forwards, code);
      backwards = backwards(backwards, code);
    }
    var comparison = new Comparison(folded, start, end, amount, effort, each);
    for (int i = whole; i < end; i++) {
      int code = code(folded[i]);
      forwards = forwards(forwards, code);
      backwards = backwards(backwards, code);
      long mixed = Math.min(forwards, backwards) * MIX;
      long bits = bits(mixed);
      if ((bitmap[(int) (mixed >>> wordShift)] & bits) == bits
          && !goesOn(comparison, mixed, i - GRAM + 1)) {
        return;
      }
    }
  }

  /// Apart from the loop, which is compiled better without it.
  private boolean goesOn(Comparison comparison, long mixed, int at) {
    for (int entry = heads[(int) (mixed >>> slotShift)]; entry != 0; entry = next[entry]) {
      if (!comparison.goesOn(spellings[spellingOf[entry]], offsetOf[entry], at)) {
        return false;
      }
    }
    return true;
  }

  private static int code(char folded) {
    return folded < 128 ? CODES[folded] : 23 + (folded ^ (folded >> 7)) % 41;
  }

  /// A letter has the code of the one that it is in rot13.
  private static byte[] codes() {
    var codes = new byte[128];
    for (int i = 0; i < 26; i++) {
      codes['a' + i] = (byte) (10 + i % 13);
    }
    for (int i = 0; i < 10; i++) {
      codes['0' + i] = (byte) i;
    }
    return codes;
  }
}
