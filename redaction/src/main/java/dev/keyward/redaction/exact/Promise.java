package dev.keyward.redaction.exact;

/// Tells without unpacking whether a run of characters may be packed text or compressed data.
///
/// Ids and hashes by the thousand look packed too; this turns nearly all of them away: of the bytes
/// that a run holds in some alignment, 8 in a row must be readable, or a gzip or zlib header must
/// show.
final class Promise {
  private static final int READABLE = 8;
  private static final int HEAD = 24;
  private static final int LONG = 24;
  private static final int GZIP = 0x1f8b08;
  private static final byte[] PLAIN = values(false); // by character of a run: its six bits
  private static final byte[] ROTATED = values(true);

  private final int width;
  private final int alignments;
  private final int[] stretch;
  private final int[] last;
  private final int[] bytes;
  private int window;
  private int count;

  private Promise(int width, int alignments) {
    this.width = width;
    this.alignments = alignments;
    stretch = new int[alignments];
    last = new int[alignments];
    bytes = new int[alignments];
  }

  /// {@return whether the run is base32, for which its alphabet is promise enough}
  static boolean ofThirtyTwo(char[] text, int from, int to) {
    int i = from;
    while (i < to && Packed.isThirtyTwo(text[i])) {
      i++;
    }
    return i == to && to - from >= LONG;
  }

  /// {@return whether the run from `from` to before `to` is worth unpacking}
  static boolean of(char[] text, int from, int to) {
    boolean hex = true;
    for (int i = from; i < to && hex; i++) {
      char c = text[i];
      hex = c == '-' || c == '_' || Hex.is(c);
    }
    if (hex) {
      return new Promise(4, 2).forward(text, from, to, false)
          || new Promise(4, 2).backward(text, from, to);
    }
    if (to - from <= Long.SIZE && !mayHold(text, from, to)) {
      return false;
    }
    return new Promise(6, 4).forward(text, from, to, false)
        || new Promise(6, 4).forward(text, from, Math.min(to, from + HEAD), true)
        || new Promise(6, 4).backward(text, Math.max(from, to - HEAD), to);
  }

  /// The same for a short run, quickly and a little too often.
  private static boolean mayHold(char[] text, int from, int to) {
    int head = Math.min(to - from, HEAD);
    return mayHold(text, from, 1, to - from, PLAIN)
        || mayHold(text, from, 1, head, ROTATED)
        || mayHold(text, to - 1, -1, head, PLAIN);
  }

  /// Of bytes that are text the highest bit is not set: in each alignment that is one bit of the
  /// first, another of the second and another of the third of four digits.
  private static boolean mayHold(char[] text, int start, int step, int count, byte[] values) {
    long first = 0;
    long second = 0;
    long third = 0;
    int window = 0;
    int at = start;
    for (int i = 0; i < count; i++) {
      int value = values[text[at]];
      at += step;
      first |= (value >> 5 & 1L) << i;
      second |= (value >> 3 & 1L) << i;
      third |= (value >> 1 & 1L) << i;
      window = window << 6 | value;
      if ((window & 0xffffff) == GZIP
          || (window >> 2 & 0xffffff) == GZIP
          || (window >> 4 & 0xffffff) == GZIP
          || (i >= 2 && i <= 5 && zlib(window >> 2 & 0xffff))) {
        return true;
      }
    }
    long inside = -1L >>> (Long.SIZE - count);
    for (int a = 0; a < 4; a++) {
      long set = (first & every(a)) | (second & every(a + 1)) | (third & every(a + 2));
      if (hasRun(~set & inside)) {
        return true;
      }
    }
    return false;
  }

  private static long every(int alignment) {
    return 0x1111111111111111L << (alignment & 3);
  }

  /// {@return whether as many bits in a row are set as digits hold eight bytes}
  private static boolean hasRun(long bits) {
    long two = bits & bits >>> 1;
    long four = two & two >>> 2;
    long eight = four & four >>> 4;
    return (eight & eight >>> 2) != 0;
  }

  private boolean forward(char[] text, int from, int to, boolean rotated) {
    for (int i = from; i < to; i++) {
      if (took(rotated ? Spellings.rot13(text[i]) : text[i])) {
        return true;
      }
    }
    return false;
  }

  private boolean backward(char[] text, int from, int to) {
    for (int i = to - 1; i >= from; i--) {
      if (took(text[i])) {
        return true;
      }
    }
    return false;
  }

  private boolean took(char c) {
    int value = width == 4 ? Hex.value(c) : Packed.sixtyFour(c);
    if (value < 0) {
      return false;
    }
    window = ((window << width) | value) & 0xffff;
    for (int a = 0; a < alignments; a++) {
      int phase = (count - a) & (alignments - 1);
      if (phase > 0 && count > a && took(a, window >> (2 * (alignments - 1 - phase)))) {
        return true;
      }
    }
    count++;
    return false;
  }

  private boolean took(int a, int shifted) {
    int b = shifted & 0xff;
    last[a] = ((last[a] << 8) | b) & 0xffffff;
    bytes[a]++;
    boolean readable = (b >= 32 && b < 127) || b == '\n' || b == '\r' || b == '\t' || b == 0;
    stretch[a] = readable ? stretch[a] + 1 : 0;
    return stretch[a] >= READABLE || last[a] == GZIP || (bytes[a] == 2 && zlib(last[a]));
  }

  private static byte[] values(boolean rotated) {
    var values = new byte[128];
    for (char c = 0; c < 128; c++) {
      values[c] = (byte) Packed.sixtyFour(rotated ? Spellings.rot13(c) : c);
    }
    return values;
  }

  private static boolean zlib(int two) {
    return (two >> 8) == 0x78 && two % 31 == 0;
  }
}
