package dev.keyward.redaction.exact;

import java.util.Optional;
import java.util.function.IntUnaryOperator;

/// Bytes that were unpacked from a view, each with the first and the last character that it comes
/// from.
///
/// Bytes by chance show eight readable ones in a row only here and there, so only the surroundings
/// of such are worth reading: else every alignment of a long run would be as long as the run.
final class Unpacked {
  private static final int READABLE = 8;
  private static final int TEXT = 2; // of which are not zero
  private static final int MARGIN = 32;

  private final byte[] bytes;
  private final int length;
  private final View view;
  private final IntUnaryOperator first;
  private final IntUnaryOperator last;

  /// Takes the first `length` of `bytes`.
  Unpacked(byte[] bytes, int length, View view, IntUnaryOperator first, IntUnaryOperator last) {
    this.bytes = bytes;
    this.length = length;
    this.view = view;
    this.first = first;
    this.last = last;
  }

  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  /// {@return a view with room for `characters`, each of which stands for all of these}
  Whole whole(int characters) {
    return new Whole(new View.Builder(view, characters));
  }

  /// {@return whether all of it is text}
  boolean isText() {
    int i = 0;
    while (i < length && isText(bytes[i])) {
      i++;
    }
    return i == length && length > 0;
  }

  /// {@return whether as many characters in a row are text}
  boolean isReadable() {
    return seed(0) >= 0;
  }

  /// {@return what may be text, apart where something is left out}
  Optional<View> readable() {
    return readable(MARGIN);
  }

  /// {@return the same, with so many bytes on either side of what may be text}
  Optional<View> readable(int margin) {
    int seed = seed(0);
    if (seed < 0) {
      return Optional.empty();
    }
    var out = new View.Builder(view, Math.min(length, 4096));
    int done = 0;
    while (seed >= 0) {
      int from = Math.max(done, seed - margin);
      int to = Math.min(length, textEnd(seed + READABLE) + margin);
      out.reserve(to - from + 1);
      if (from > done) {
        out.add(Fold.BREAK, first.applyAsInt(from), last.applyAsInt(from));
      }
      for (int i = from; i < to; i++) {
        out.add((char) (bytes[i] & 0xff), first.applyAsInt(i), last.applyAsInt(i));
      }
      done = to;
      seed = seed(to);
    }
    return Optional.of(out.build());
  }

  /// {@return where the next readable characters in a row start, or -1}
  private int seed(int from) {
    int i = from;
    while (i + READABLE <= length) {
      int k = i + READABLE - 1;
      int text = 0;
      while (k >= i && isText(bytes[k])) {
        text += bytes[k] != 0 ? 1 : 0;
        k--;
      }
      if (k >= i) {
        i = k + 1;
      } else if (text < TEXT) {
        i += READABLE / 2;
      } else {
        return i;
      }
    }
    return -1;
  }

  private int textEnd(int from) {
    int i = from;
    while (i < length && (isText(bytes[i]) || isWide(i))) {
      i++;
    }
    return i;
  }

  private static boolean isText(byte b) {
    return b >= 32 ? b < 127 : b == '\n' || b == '\r' || b == '\t' || b == 0;
  }

  /// Part of a character of UTF-8.
  private boolean isWide(int i) {
    return bytes[i] < (byte) 0xc0
        ? bytes[i - 1] < 0
        : bytes[i] < 0 && i + 1 < length && bytes[i + 1] < (byte) 0xc0;
  }

  /// Characters read out of all the bytes together.
  final class Whole {
    private final View.Builder out;
    private final int from = first.applyAsInt(0);
    private final int to = last.applyAsInt(length - 1);

    private Whole(View.Builder out) {
      this.out = out;
    }

    void add(byte b) {
      out.add((char) (b & 0xff), from, to);
    }

    int length() {
      return out.length();
    }

    View build() {
      return out.build();
    }
  }
}
