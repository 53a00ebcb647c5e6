package dev.keyward.redaction.exact;

import java.util.Arrays;
import java.util.function.Consumer;

/// Finds runs and lists that hold packed bytes, and unpacks those that look like text or compressed
/// data: base64 and base64url at every alignment, base32, hex, lists of hex pairs or of numbers.
///
/// Bytes are read as Latin-1. A run may go on over a line wrap.
final class Packed {
  private static final int SHORTEST = 16;
  private static final int READABLE = 8;
  private static final byte[] SIXTY_FOUR =
      digits("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
  private static final byte[] THIRTY_TWO = bothCases(digits("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"));
  private static final byte[] SIXTEEN = bothCases(digits("0123456789ABCDEF"));

  private final View view;
  private final int longest;
  private final Effort effort;
  private final Consumer<View> found;
  private final int[] run; // places in the view of the characters of one run
  private int count;

  private Packed(View view, int longest, Effort effort, Consumer<View> found) {
    this.view = view;
    this.longest = longest;
    this.effort = effort;
    this.found = found;
    this.run = new int[view.length()];
  }

  static boolean isThirtyTwo(char c) {
    return digit(THIRTY_TWO, c) >= 0;
  }

  /// {@return the value of a digit of base64 or base64url, or -1}
  static int sixtyFour(char c) {
    return digit(SIXTY_FOUR, c);
  }

  /// Gives what is unpacked from `view` to `found`.
  static void unpack(View view, Effort effort, Consumer<View> found) {
    unpack(view, Integer.MAX_VALUE, effort, found);
  }

  /// Does so for runs of at most `longest` characters.
  static void unpack(View view, int longest, Effort effort, Consumer<View> found) {
    var packed = new Packed(view, longest, effort, found);
    effort.spend(4L * view.length());
    packed.runs();
    packed.hexLists();
    packed.numberLists();
  }

  private void runs() {
    int i = 0;
    while (i < view.length()) {
      count = 0;
      int k = i;
      while (k < view.length()) {
        if (digit(SIXTY_FOUR, view.at(k)) >= 0) {
          run[count++] = k++;
          continue;
        }
        int wrapped = count > 0 ? afterWrap(k) : k;
        if (wrapped == k || digit(SIXTY_FOUR, view.at(wrapped)) < 0) {
          break;
        }
        k = wrapped;
      }
      if (count >= SHORTEST && count <= longest) {
        unpackRun();
      }
      i = Math.max(k, i + 1);
    }
  }

  /// {@return the place after white space that holds a line break, or `at`}
  private int afterWrap(int at) {
    int k = at;
    boolean breaks = false;
    while (k < at + 64 && k < view.length() && Character.isWhitespace(view.at(k))) {
      breaks |= view.at(k) == '\n' || view.at(k) == '\r';
      k++;
    }
    return breaks ? k : at;
  }

  private void unpackRun() {
    boolean hex = true;
    boolean thirtyTwo = true;
    for (int i = 0; i < count; i++) {
      char c = view.at(run[i]);
      hex &= Hex.is(c);
      thirtyTwo &= digit(THIRTY_TWO, c) >= 0;
    }
    for (int skip = 0; skip < 4; skip++) {
      offer(bits(SIXTY_FOUR, 6, skip, count, false));
    }
    if (hex) {
      offer(bits(SIXTEEN, 4, 0, count, false));
      offer(bits(SIXTEEN, 4, 1, count, false));
      reverse();
      offer(bits(SIXTEEN, 4, 0, count, false));
      reverse();
    }
    for (int skip = 0; thirtyTwo && skip < 8; skip++) {
      if (skip == 0 || bits(THIRTY_TWO, 5, skip, SHORTEST + skip, false).isReadable()) {
        offer(bits(THIRTY_TWO, 5, skip, count, false));
      }
    }
    turned();
  }

  /// The same run backwards and in rot13, only if its start promises something.
  private void turned() {
    offerIfPromising(true);
    reverse();
    offerIfPromising(false);
    reverse();
  }

  private void offerIfPromising(boolean rotate) {
    for (int skip = 0; skip < 4; skip++) {
      Unpacked start = bits(SIXTY_FOUR, 6, skip, SHORTEST + skip, rotate);
      if (Inflated.starts(start) || start.isText()) {
        offer(bits(SIXTY_FOUR, 6, skip, count, rotate));
      }
    }
  }

  private void reverse() {
    for (int i = 0, k = count - 1; i < k; i++, k--) {
      int swap = run[i];
      run[i] = run[k];
      run[k] = swap;
    }
  }

  private void offer(Unpacked bytes) {
    effort.spend(bytes.length());
    Inflated.of(bytes, effort, found);
    bytes.readable().ifPresent(found);
  }

  /// Unpacks digits of `width` bits, from the one at `skip` to before `end`.
  private Unpacked bits(byte[] digits, int width, int skip, int end, boolean rotate) {
    int stop = Math.min(count, end);
    var out = new byte[Math.max(0, stop - skip) * width / 8];
    int window = 0;
    int bits = 0;
    int length = 0;
    for (int i = skip; i < stop; i++) {
      char c = view.at(run[i]);
      window =
          (window << width) | (digit(digits, rotate ? Spellings.rot13(c) : c) & ((1 << width) - 1));
      bits += width;
      if (bits >= 8) {
        bits -= 8;
        out[length++] = (byte) (window >> bits);
      }
    }
    return new Unpacked(
        out,
        length,
        view,
        i -> run[skip + digit(8 * i, width)],
        i -> run[skip + digit(8 * i + 7, width)]);
  }

  /// {@return `bit / width`, by constants, for there are as many as characters}
  private static int digit(int bit, int width) {
    return switch (width) {
      case 4 -> bit / 4;
      case 5 -> bit / 5;
      default -> bit / 6;
    };
  }

  /// `5a 6b`, `5a:6b`, `0x5a, 0x6b`: pairs with something between.
  private void hexLists() {
    var list = new Listed();
    int i = 0;
    while (i < view.length()) {
      int start = view.at(i) == '0' && (view.at(i + 1) | 0x20) == 'x' ? i + 2 : i;
      int pair = Hex.value(view, start, 2);
      boolean alone = pair >= 0 && !Character.isLetterOrDigit(view.at(start + 2));
      if (alone) {
        list.add(pair, i, start + 1);
        i = afterSeparators(start + 2);
      }
      if (!alone || i >= view.length()) {
        list.end();
        i = alone ? i : afterWord(i);
      }
    }
  }

  /// `[90, 107]`, `90 107`: numbers of one byte with something between.
  private void numberLists() {
    var list = new Listed();
    int i = 0;
    while (i < view.length()) {
      int end = i;
      int value = 0;
      while (end < i + 4 && view.at(end) >= '0' && view.at(end) <= '9') {
        value = value * 10 + view.at(end++) - '0';
      }
      boolean alone = end > i && value < 256 && !Character.isLetterOrDigit(view.at(end));
      if (alone) {
        list.add(value, i, end - 1);
        i = afterSeparators(end);
      }
      if (!alone || i >= view.length()) {
        list.end();
        i = alone ? i : afterWord(i);
      }
    }
  }

  /// Bytes that stand one by one, up to where no other follows.
  private final class Listed {
    private byte[] bytes = new byte[16];
    private int[] first = new int[16];
    private int[] last = new int[16];
    private int length;

    void add(int value, int from, int to) {
      if (length == bytes.length) {
        bytes = Arrays.copyOf(bytes, 2 * length);
        first = Arrays.copyOf(first, 2 * length);
        last = Arrays.copyOf(last, 2 * length);
      }
      bytes[length] = (byte) value;
      first[length] = from;
      last[length++] = to;
    }

    void end() {
      if (length >= READABLE) {
        int[] from = first;
        int[] to = last;
        offer(new Unpacked(bytes, length, view, i -> from[i], i -> to[i]));
      }
      length = 0;
    }
  }

  private int afterSeparators(int at) {
    int k = at;
    while (k < at + 8 && k < view.length() && !Character.isLetterOrDigit(view.at(k))) {
      k++;
    }
    return k;
  }

  private int afterWord(int at) {
    int k = at;
    while (k < view.length() && Character.isLetterOrDigit(view.at(k))) {
      k++;
    }
    return Math.max(k, at + 1);
  }

  private static int digit(byte[] digits, char c) {
    return c < 128 ? digits[c] : -1;
  }

  private static byte[] bothCases(byte[] digits) {
    for (char c = 'A'; c <= 'Z'; c++) {
      digits[c | 0x20] = digits[c];
    }
    return digits;
  }

  private static byte[] digits(String alphabet) {
    var digits = new byte[128];
    Arrays.fill(digits, (byte) -1);
    for (int i = 0; i < alphabet.length(); i++) {
      digits[alphabet.charAt(i)] = (byte) i;
    }
    if (alphabet.length() == 64) {
      digits['-'] = 62;
      digits['_'] = 63;
    }
    return digits;
  }
}
