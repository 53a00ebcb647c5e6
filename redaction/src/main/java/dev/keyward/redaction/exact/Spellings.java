package dev.keyward.redaction.exact;

import java.math.BigInteger;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/// Writes a leaf in every way that needs no decoder to be recognized: folded, all of them are plain
/// runs of letters and digits.
final class Spellings {
  private static final String BASE64 =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  private static final String BASE32_HEX = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
  private static final String HEX = "0123456789abcdef";
  private static final String BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz";
  private static final String BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  private static final String BASE85 =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
  private static final String[] LATIN = each(b -> String.valueOf((char) b));
  private static final String[] WINDOWS = each(Spellings::windows);

  /// How programs print bytes, each by its value.
  private static final List<String[]> LISTED =
      List.of(
          each(Integer::toString),
          each(b -> padded(Integer.toOctalString(b), 3)),
          each(Integer::toOctalString),
          each(b -> padded(Integer.toBinaryString(b), 8)),
          each(b -> "0x" + hex(b)),
          each(b -> "x" + hex(b)),
          each(b -> "u00" + hex(b)),
          each(b -> "u" + hex(b)));

  private static final int LONG = 256;
  private static final int PACKED_NEED = 9;
  private static final int WHOLE = Integer.MAX_VALUE;

  private final Leaf leaf;
  private final List<Spelling> all = new ArrayList<>();

  private Spellings(Leaf leaf) {
    this.leaf = leaf;
  }

  /// {@return the spellings of `leaf` that are long enough to search for}
  static List<Spelling> of(Leaf leaf) {
    var spellings = new Spellings(leaf);
    spellings.plain();
    spellings.packed();
    if (leaf.raw().length() <= LONG) {
      spellings.listed();
      spellings.wide();
      spellings.base85();
      spellings.words();
      spellings.asNumber();
      spellings.packedBackwards();
    }
    return List.copyOf(spellings.all);
  }

  static char rot13(char c) {
    if (c >= 'a' && c <= 'z') {
      return (char) ('a' + (c - 'a' + 13) % 26);
    }
    return c >= 'A' && c <= 'Z' ? (char) ('A' + (c - 'A' + 13) % 26) : c;
  }

  private void plain() {
    var text = new Written(leaf.raw().length());
    for (int i = 0; i < leaf.raw().length(); i++) {
      text.add(leaf.raw().charAt(i), i);
    }
    add(text, Leaf.TELLING, Spelling.Kind.PLAIN);
    Bytes bytes = Bytes.utf8(leaf.raw());
    if (bytes.length() > leaf.raw().length()) {
      add(text.rotated(), Leaf.TELLING, Spelling.Kind.TURNED); // marks stay on letters that change
      add(bytes.each(LATIN), Leaf.TELLING, Spelling.Kind.TURNED);
      add(bytes.each(WINDOWS), Leaf.TELLING, Spelling.Kind.TURNED);
    }
  }

  private void packed() {
    Bytes bytes = Bytes.utf8(leaf.raw());
    bits(bytes, HEX, 4, 1);
    bits(bytes, BASE64, 6, 3);
    if (leaf.raw().length() <= LONG) {
      bits(bytes, BASE32, 5, 5);
      bits(bytes, BASE32_HEX, 5, 5);
    }
  }

  private void bits(Bytes bytes, String alphabet, int width, int offsets) {
    for (int offset = 0; offset < offsets; offset++) {
      add(bytes.packed(alphabet, width, offset), PACKED_NEED, Spelling.Kind.PACKED);
    }
  }

  private void listed() {
    Bytes bytes = Bytes.utf8(leaf.raw());
    for (String[] spelled : LISTED) {
      add(bytes.each(spelled), PACKED_NEED, Spelling.Kind.PACKED);
    }
  }

  private static String[] each(IntFunction<String> spell) {
    return IntStream.range(0, 256).mapToObj(spell).toArray(String[]::new);
  }

  private void wide() {
    Bytes bytes = Bytes.utf16(leaf.raw());
    for (int offset = 0; offset < 3; offset++) {
      add(bytes.packed(BASE64, 6, offset), PACKED_NEED, Spelling.Kind.PACKED);
    }
    add(bytes.packed(HEX, 4, 0), PACKED_NEED, Spelling.Kind.PACKED);
  }

  private void base85() {
    Bytes bytes = Bytes.utf8(leaf.raw());
    for (int offset = 0; offset < 4; offset++) {
      add(bytes.base85(offset, BASE85::charAt), PACKED_NEED, Spelling.Kind.GROUPED);
      add(bytes.base85(offset, digit -> '!' + digit), PACKED_NEED, Spelling.Kind.GROUPED);
    }
  }

  /// Lists of numbers of two or four bytes each, as programs print arrays.
  private void words() {
    Bytes bytes = Bytes.utf8(leaf.raw());
    for (int size = 2; size <= 4; size += 2) {
      for (int offset = 0; offset < size; offset++) {
        add(bytes.words(offset, size, true), PACKED_NEED, Spelling.Kind.GROUPED);
        add(bytes.words(offset, size, false), PACKED_NEED, Spelling.Kind.GROUPED);
      }
    }
  }

  /// All of it as one number, in base58 or base36; a part of that shows nothing.
  private void asNumber() {
    var number = new BigInteger(1, leaf.raw().getBytes(StandardCharsets.UTF_8));
    for (String alphabet : new String[] {BASE58, BASE36}) {
      var digits = new StringBuilder();
      var base = BigInteger.valueOf(alphabet.length());
      BigInteger left = number;
      while (left.signum() > 0) {
        BigInteger[] parts = left.divideAndRemainder(base);
        digits.append(alphabet.charAt(parts[1].intValue()));
        left = parts[0];
      }
      var text = new Written(digits.length());
      digits.reverse().chars().forEach(c -> text.add((char) c, 0));
      add(text, WHOLE, Spelling.Kind.PACKED);
    }
  }

  /// Turned around before it was packed: its bytes in another order are not its bytes turned
  /// around.
  private void packedBackwards() {
    Bytes bytes = Bytes.utf8(new StringBuilder(leaf.raw()).reverse().toString());
    if (bytes.length() == leaf.raw().length()) {
      return; // then unpacking and turning finds it
    }
    for (int offset = 0; offset < 3; offset++) {
      add(bytes.packed(BASE64, 6, offset).mirrored(), PACKED_NEED, Spelling.Kind.PACKED);
    }
    add(bytes.packed(HEX, 4, 0).mirrored(), PACKED_NEED, Spelling.Kind.PACKED);
  }

  private static String windows(int b) {
    return new String(new byte[] {(byte) b}, Charset.forName("windows-1252"));
  }

  private static String padded(String digits, int width) {
    return "0".repeat(width - digits.length()) + digits;
  }

  private static String hex(int b) {
    return "" + HEX.charAt(b >> 4) + HEX.charAt(b & 15);
  }

  private void add(Written text, int need, Spelling.Kind kind) {
    Written folded = text.folded();
    if (folded.length >= GramIndex.GRAM) {
      all.add(
          new Spelling(
              leaf,
              Arrays.copyOf(folded.text, folded.length),
              Arrays.copyOf(folded.origin, folded.length),
              need,
              kind));
    }
  }

  /// A text with, for each character, the place in the leaf that it comes from.
  private static final class Written {
    private char[] text;
    private int[] origin;
    private int length;

    Written(int room) {
      text = new char[room + 8];
      origin = new int[room + 8];
    }

    void add(char c, int from) {
      if (length == text.length) {
        text = Arrays.copyOf(text, 2 * length);
        origin = Arrays.copyOf(origin, 2 * length);
      }
      text[length] = c;
      origin[length++] = from;
    }

    /// The same text, with places counted from the other end of the leaf.
    Written mirrored() {
      var out = new Written(length);
      int last = Arrays.stream(origin, 0, length).max().orElse(0);
      for (int i = 0; i < length; i++) {
        out.add(text[i], last - origin[i]);
      }
      return out;
    }

    Written rotated() {
      var out = new Written(length);
      for (int i = 0; i < length; i++) {
        out.add(rot13(text[i]), origin[i]);
      }
      return out;
    }

    Written folded() {
      var out = new Written(length);
      var folded = Folded.of(View.of(text, length));
      for (int i = 0; i < folded.length(); i++) {
        out.add(folded.chars()[i], origin[folded.place(i)]);
      }
      return out;
    }
  }

  /// The bytes of the leaf in one character set, each with the place in the leaf that it comes
  /// from.
  private static final class Bytes {
    private final byte[] bytes;
    private final int[] origin;

    private Bytes(byte[] bytes, int[] origin) {
      this.bytes = bytes;
      this.origin = origin;
    }

    static Bytes utf8(String raw) {
      byte[] bytes = raw.getBytes(StandardCharsets.UTF_8);
      var origin = new int[bytes.length];
      int at = 0;
      for (int i = 0; i < raw.length(); i++) {
        char c = raw.charAt(i);
        int size = c < 0x80 ? 1 : c < 0x800 ? 2 : Character.isSurrogate(c) ? 2 : 3;
        for (int k = 0; k < size && at < bytes.length; k++) {
          origin[at++] = i;
        }
      }
      return new Bytes(bytes, origin);
    }

    static Bytes utf16(String raw) {
      byte[] bytes = raw.getBytes(StandardCharsets.UTF_16LE);
      var origin = new int[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        origin[i] = i / 2;
      }
      return new Bytes(bytes, origin);
    }

    int length() {
      return bytes.length;
    }

    /// Writes each byte as `spelled` has it by value.
    Written each(String[] spelled) {
      var out = new Written(4 * bytes.length);
      for (int i = 0; i < bytes.length; i++) {
        String one = spelled[bytes[i] & 0xff];
        for (int k = 0; k < one.length(); k++) {
          out.add(one.charAt(k), origin[i]);
        }
      }
      return out;
    }

    /// Writes the digits of `width` bits that depend on these bytes alone when `offset` bytes go
    /// before.
    Written packed(String alphabet, int width, int offset) {
      var out = new Written(8 * bytes.length / width);
      int end = 8 * bytes.length;
      int start = (8 * offset + width - 1) / width * width - 8 * offset;
      for (int bit = start; bit + width <= end; bit += width) {
        int first = bytes[bit / 8] & 0xff;
        int second = bit / 8 + 1 < bytes.length ? bytes[bit / 8 + 1] & 0xff : 0;
        int window = (first << 8) | second;
        int digit = (window >> (16 - bit % 8 - width)) & ((1 << width) - 1);
        out.add(alphabet.charAt(digit), origin[bit / 8]);
      }
      return out;
    }

    Written words(int offset, int size, boolean bigEndian) {
      var out = new Written(3 * bytes.length);
      for (int i = offset; i + size <= bytes.length; i += size) {
        long word = 0;
        for (int k = 0; k < size; k++) {
          word = (word << 8) | (bytes[bigEndian ? i + k : i + size - 1 - k] & 0xff);
        }
        for (char c : Long.toString(word).toCharArray()) {
          out.add(c, origin[i]);
        }
      }
      return out;
    }

    Written base85(int offset, IntUnaryOperator digit) {
      var out = new Written(2 * bytes.length);
      for (int i = offset; i + 4 <= bytes.length; i += 4) {
        long group = 0;
        for (int k = 0; k < 4; k++) {
          group = (group << 8) | (bytes[i + k] & 0xff);
        }
        for (long power = 52200625; power > 0; power /= 85) {
          out.add((char) digit.applyAsInt((int) (group / power % 85)), origin[i]);
        }
      }
      return out;
    }
  }
}
