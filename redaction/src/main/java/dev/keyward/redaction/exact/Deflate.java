package dev.keyward.redaction.exact;

/// Reads the first symbols of what may be deflated text without a header (RFC 1951), which nothing
/// but these tells from other bytes.
final class Deflate {
  private static final int SHORTEST = 8;
  private static final int HEAD = 32;
  private static final int ENOUGH = 8;
  private static final int MOST_CODES = 29;
  private static final int KRAFT = 1 << 7;

  private final byte[] bytes;
  private final int length;
  private int bit;

  private Deflate(byte[] bytes, int length) {
    this.bytes = bytes;
    this.length = length;
  }

  /// {@return whether the first `length` of `bytes` may start a deflated text}
  static boolean mayStart(byte[] bytes, int length) {
    if (length < SHORTEST) {
      return false;
    }
    var deflate = new Deflate(bytes, length);
    deflate.bits(1);
    return switch (deflate.bits(2)) {
      case 0 -> deflate.stored();
      case 1 -> deflate.fixed();
      case 2 -> deflate.dynamic();
      default -> false;
    };
  }

  /// {@return whether the run of base64 or hex digits from `from` to before `to` may hold one,
  /// written forwards, backwards or in rot13}
  static boolean mayBeIn(char[] text, int from, int to) {
    int count = Math.min(to - from, HEAD);
    var turned = new char[count];
    for (int i = 0; i < count; i++) {
      turned[i] = text[to - 1 - i];
    }
    var rotated = new char[count];
    for (int i = 0; i < count; i++) {
      rotated[i] = Spellings.rot13(text[from + i]);
    }
    return mayStart(text, from, count, 6)
        || mayStart(text, from, count, 4)
        || mayStart(turned, 0, count, 6)
        || mayStart(turned, 0, count, 4)
        || mayStart(rotated, 0, count, 6);
  }

  private static boolean mayStart(char[] text, int from, int digits, int width) {
    var head = new byte[HEAD];
    int count = 0;
    int window = 0;
    int bits = 0;
    for (int i = from; i < from + digits; i++) {
      int digit = width == 4 ? Hex.value(text[i]) : Packed.sixtyFour(text[i]);
      if (digit < 0) {
        return false;
      }
      window = window << width | digit;
      bits += width;
      if (bits >= 8) {
        bits -= 8;
        head[count++] = (byte) (window >> bits);
      }
    }
    return mayStart(head, count);
  }

  /// As it is, after its length and the complement of that.
  private boolean stored() {
    int count = at(1) | at(2) << 8;
    return count > 0 && count == (~(at(3) | at(4) << 8) & 0xffff);
  }

  private boolean fixed() {
    for (int seen = 0; seen < ENOUGH; seen++) {
      int code = code(7);
      if (code < 0b0011000) {
        return seen > 0 && code > 0 && repeats(code, seen);
      }
      code = code << 1 | bits(1);
      if (code >= 0b11000000 || !isText(code - 0b00110000)) {
        return false;
      }
    }
    return true;
  }

  /// What is repeated must be there already.
  private boolean repeats(int code, int seen) {
    bits(code <= 8 ? 0 : (code - 5) >> 2);
    int distance = code(5);
    int least = distance < 4 ? distance + 1 : ((2 + (distance & 1)) << ((distance >> 1) - 1)) + 1;
    return least <= seen;
  }

  /// A table of codes that is complete, as every encoder makes it.
  private boolean dynamic() {
    int lengths = bits(5);
    int distances = bits(5);
    if (lengths > MOST_CODES || distances > MOST_CODES) {
      return false;
    }
    int sum = 0;
    for (int left = bits(4) + 4; left > 0; left--) {
      int width = bits(3);
      sum += width == 0 ? 0 : KRAFT >> width;
    }
    return sum == KRAFT;
  }

  private static boolean isText(int c) {
    return (c >= 32 && c < 127) || c == '\n' || c == '\r' || c == '\t';
  }

  private int at(int i) {
    return i < length ? bytes[i] & 0xff : 0;
  }

  /// The next bits, the first of them the lowest.
  private int bits(int count) {
    int value = 0;
    for (int i = 0; i < count; i++, bit++) {
      value |= (at(bit >> 3) >> (bit & 7) & 1) << i;
    }
    return value;
  }

  /// The next bits, the first of them the highest, as codes are written.
  private int code(int count) {
    int value = 0;
    for (int i = 0; i < count; i++) {
      value = value << 1 | bits(1);
    }
    return value;
  }
}
