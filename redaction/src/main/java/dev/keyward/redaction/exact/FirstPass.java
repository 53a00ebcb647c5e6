package dev.keyward.redaction.exact;

import java.util.Arrays;

/// Folds texts one after another, and notes by the way which deeper looks each of them needs.
///
/// This is all that most messages ever cost, so it is one loop over a table.
final class FirstPass {
  /// Escapes to be read: percent, backslash, entity.
  static final int ESCAPES = 1;

  /// Markup, terminal sequences or backspaces that hide or join what is read.
  static final int MARKUP = 2;

  /// Quoted-printable.
  static final int PRINTABLE = 4;

  /// A run or list that may be packed bytes.
  static final int PACKED = 8;

  /// Tag characters, which are ASCII that nobody sees.
  static final int TAGS = 128;

  /// Flags for which a neighbour matters though it asks for nothing itself.
  static final int JOINING = ESCAPES | MARKUP | PRINTABLE | TAGS;

  /// Strings in quotation marks, or in apostrophes.
  static final int QUOTED = 16;

  /// Escapes written backwards.
  static final int REVERSED = 32;

  /// Escapes in rot13.
  static final int ROTATED = 64;

  private static final int RUN = 16;
  private static final int LIST = 10;
  private static final byte JOINS = 0;
  private static final byte BREAKS = -1;
  private static final byte MARKS = -2;
  private static final byte[] CLASS = classes();
  private static final int COUNT = 1023; // three counters in one number
  private static final int[] COUNTS = counts();

  private char[] folded;
  private int length;
  private int flags; // of the text that is being added
  private int runStart;
  private int shorts; // runs of at most four characters in a row

  FirstPass(int room) {
    folded = new char[room + 16];
  }

  char[] folded() {
    return folded;
  }

  int length() {
    return length;
  }

  /// Forgets what was added.
  void restart() {
    length = 0;
  }

  /// Keeps what is before apart from what comes.
  void cut() {
    reserve(1);
    folded[length++] = Fold.BREAK;
  }

  /// Adds the first `count` characters and returns which deeper looks they need.
  ///
  /// Where words end cannot be foreseen, so the loop over the characters only notes it, a bit each,
  /// and does not branch there.
  int add(char[] text, int count) {
    reserve(count);
    flags = 0;
    runStart = 0;
    shorts = 0;
    int at = 0;
    while (at < count) {
      at = fold(text, at, count);
    }
    if (count - runStart >= RUN) {
      flags |= packed(text, runStart, count);
    }
    return flags;
  }

  /// Adds up to 64 characters from `from` on, or up to one beyond ASCII.
  ///
  /// @return the place after them
  private int fold(char[] text, int from, int count) {
    char[] out = folded;
    int n = length;
    long ends = 0;
    int until = Math.min(count, from + Long.SIZE);
    int at = from;
    for (; at < until; at++) {
      char c = text[at];
      if (c >= 128) {
        break;
      }
      int kind = CLASS[c];
      out[n] = (char) kind;
      n += -kind >>> 31; // only a letter or digit stays
      ends |= (long) (kind >>> 31) << (at - from);
    }
    length = n;
    int next = at;
    if (at < until) {
      ends |= 1L << (at - from);
      next = at + wide(text, at, count);
    }
    ends(text, from, count, ends);
    return next;
  }

  /// Takes the characters that end a run, each a bit counted from `from`.
  private void ends(char[] text, int from, int count, long ends) {
    int start = runStart;
    for (long left = ends; left != 0; left &= left - 1) {
      int i = from + Long.numberOfTrailingZeros(left);
      int run = i - start;
      if (run >= RUN) {
        flags |= packed(text, start, i);
      }
      shorts = run == 0 ? shorts : run <= 4 ? shorts + 1 : 0;
      flags |= shorts >= LIST ? PACKED : 0;
      start = i + 1;
      char c = text[i];
      if (c >= 128) {
        flags |= c == 0x9b ? MARKUP : c == Tags.HIGH ? TAGS : 0;
        start += isPair(text, i, count) ? 1 : 0;
      } else if (CLASS[c] == MARKS) {
        flags |= mark(text, i, count, c);
      }
    }
    runStart = start;
  }

  /// Adds what is beyond ASCII.
  ///
  /// @return how many characters that were
  private int wide(char[] text, int at, int count) {
    char c = text[at];
    boolean pair =
        Character.isHighSurrogate(c) && at + 1 < count && Character.isLowSurrogate(text[at + 1]);
    if (!pair && (Character.isSurrogate(c) || Fold.basic(c) == 0)) {
      return 1;
    }
    char simple = pair ? Fold.MANY : Fold.basic(c);
    if (simple != Fold.MANY) {
      reserve(1 + count - at);
      folded[length++] = simple;
      return 1;
    }
    String more = Fold.wide(pair ? Character.toCodePoint(c, text[at + 1]) : c);
    reserve(more.length() + count - at);
    for (int k = 0; k < more.length(); k++) {
      folded[length++] = more.charAt(k);
    }
    return pair ? 2 : 1;
  }

  private static boolean isPair(char[] text, int at, int count) {
    return Character.isHighSurrogate(text[at])
        && at + 1 < count
        && Character.isLowSurrogate(text[at + 1]);
  }

  private void reserve(int more) {
    if (length + more + 16 > folded.length) {
      folded = Arrays.copyOf(folded, Math.max(folded.length * 2, length + more + 16));
    }
  }

  /// A run of 16 or more in several cases, or with digits, is no path of words.
  private static int packed(char[] text, int from, int to) {
    int counts = 0;
    for (int i = from; i < Math.min(to, from + 256); i++) {
      counts += COUNTS[text[i]];
    }
    int upper = counts & COUNT;
    int lower = counts >> 10 & COUNT;
    int digits = counts >> 20;
    boolean mixed = (upper >= 3 && lower >= 3) || (digits >= 4 && upper + lower + digits >= RUN);
    return Promise.ofThirtyTwo(text, from, to)
            || (mixed && (Promise.of(text, from, to) || Deflate.mayBeIn(text, from, to)))
        ? PACKED
        : 0;
  }

  private static int mark(char[] text, int i, int count, char c) {
    return switch (c) {
      case '%' -> percent(text, i, count);
      case '\\' -> backslash(text, i, count);
      case '&' -> entity(text, i, count);
      case '=' -> printable(text, i, count);
      case '<' -> i + 1 < count && startsMarkup(text[i + 1]) ? MARKUP : 0;
      case '"' -> QUOTED;
      case '\'' -> i == 0 || !Character.isLetterOrDigit(text[i - 1]) ? QUOTED : 0;
      default -> MARKUP; // escape, backspace
    };
  }

  private static boolean startsMarkup(char c) {
    return c == '/' || c == '!' || c == '?' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static int percent(char[] text, int i, int count) {
    int flags = 0;
    if (i + 2 < count) {
      if ((Hex.is(text[i + 1]) && Hex.is(text[i + 2])) || text[i + 1] == 'u') {
        flags |= ESCAPES;
      } else if (hexEitherWay(text[i + 1]) && hexEitherWay(text[i + 2])) {
        flags |= ROTATED;
      }
    }
    if (i >= 2 && Hex.is(text[i - 1]) && Hex.is(text[i - 2])) {
      flags |= REVERSED;
    }
    return flags;
  }

  private static boolean hexEitherWay(char c) {
    return Hex.is(c) || Hex.is(Spellings.rot13(c));
  }

  private static int backslash(char[] text, int i, int count) {
    int flags = i + 1 < count ? ESCAPES : 0;
    if (i + 3 < count && (text[i + 1] == 'h' || text[i + 1] == 'k')) {
      flags |= ROTATED;
    }
    if (i >= 3 && (text[i - 1] == 'u' || text[i - 1] == 'x') && Hex.is(text[i - 2])) {
      flags |= REVERSED;
    }
    return flags;
  }

  private static int entity(char[] text, int i, int count) {
    int flags =
        i >= 2 && (text[i - 1] == '#' || (text[i - 1] != ' ' && semicolonBefore(text, i)))
            ? REVERSED
            : 0;
    if (i + 2 < count && text[i + 1] == '#') {
      return flags | ESCAPES;
    }
    for (int k = i + 1; k < Math.min(count, i + 12); k++) {
      if (text[k] == ';') {
        return flags | ESCAPES;
      }
    }
    return flags;
  }

  private static boolean semicolonBefore(char[] text, int i) {
    for (int k = i - 1; k >= Math.max(0, i - 8); k--) {
      if (text[k] == ';') {
        return true;
      }
    }
    return false;
  }

  private static int printable(char[] text, int i, int count) {
    if (i + 1 >= count) {
      return 0;
    }
    char next = text[i + 1];
    // `limit=20` at the end of a word is no escape: only a space, at most, would be hidden by it
    boolean escape =
        i + 2 < count
            && Hex.is(next)
            && Hex.is(text[i + 2])
            && (!Character.isDigit(next)
                || !Character.isDigit(text[i + 2])
                || (i + 3 < count
                    && (text[i + 3] == '=' || Character.isLetterOrDigit(text[i + 3]))));
    return escape || next == '\n' || next == '\r' ? PRINTABLE : 0;
  }

  private static int[] counts() {
    var table = new int[128];
    for (int i = 0; i < 26; i++) {
      table['A' + i] = 1;
      table['a' + i] = 1 << 10;
    }
    for (int i = 0; i < 10; i++) {
      table['0' + i] = 1 << 20;
    }
    return table;
  }

  private static byte[] classes() {
    var table = new byte[128];
    Arrays.fill(table, BREAKS);
    for (int c = 0; c < 128; c++) {
      if (Fold.ASCII[c] != 0) {
        table[c] = (byte) Fold.ASCII[c];
      }
    }
    for (char c : "+/-_".toCharArray()) {
      table[c] = JOINS;
    }
    for (char c : "%\\&=<\"'\u001b\b".toCharArray()) {
      table[c] = MARKS;
    }
    return table;
  }
}
