package dev.keyward.approvals.web;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.Set;

/// Finds letters, digits and signs in a text that are not what they look like, after Unicode's UTS
/// #39, section 5.2, "Highly Restrictive"; ordinary text of any language has none.
///
/// A run is letters, digits and their marks without anything between; a token is what stands
/// between spaces, quotes, brackets and commas. Found are:
///
/// - letters of another script in a run that has Latin ones: `аdmin` with a Cyrillic `а`. Han,
///   kana, Hangul and bopomofo never are, and scripts whose languages write Latin words without a
///   space (Arabic, Thai, …) only within a Latin word or an address;
/// - a run of nothing but such letters, beside Latin ones in an address or before them in another
///   token: `сос.example.org`. A run in which any letter is plainly foreign deceives nobody
///   (`Отчёт_2024.pdf`), and neither does an ending after a hyphen (`URL-а`);
/// - letters and digits made from ASCII ones: `𝐚`, `ａ`, `ⓐ`. Not indices (`m²`, `1º`), nor
///   fullwidth ones among Han or kana, nor a sign that stands alone (`①`);
/// - digits of another script beside ASCII ones;
/// - signs between letters that look like `.` `/` `:` `@`.
///
/// Not found are foreign words as a whole (`раура` standing alone), an ending of one token that is
/// no address (`prod-ас`), Latin letters that look like other Latin ones (`l` and `I`, `rn` and
/// `m`, `ı`), digits that look like letters, kanji and kana that look like signs, and hyphens of
/// another kind.
///
/// Time is linear in the length of the text.
final class Lookalikes {
  private static final Set<UnicodeScript> BESIDE_LATIN =
      EnumSet.of(
          UnicodeScript.HAN,
          UnicodeScript.HIRAGANA,
          UnicodeScript.KATAKANA,
          UnicodeScript.HANGUL,
          UnicodeScript.BOPOMOFO);

  private static final Set<UnicodeScript> JOINED_TO_LATIN =
      EnumSet.of(
          UnicodeScript.ARABIC,
          UnicodeScript.HEBREW,
          UnicodeScript.SYRIAC,
          UnicodeScript.THAANA,
          UnicodeScript.ETHIOPIC,
          UnicodeScript.DEVANAGARI,
          UnicodeScript.BENGALI,
          UnicodeScript.GURMUKHI,
          UnicodeScript.GUJARATI,
          UnicodeScript.ORIYA,
          UnicodeScript.TAMIL,
          UnicodeScript.TELUGU,
          UnicodeScript.KANNADA,
          UnicodeScript.MALAYALAM,
          UnicodeScript.SINHALA,
          UnicodeScript.THAI,
          UnicodeScript.LAO,
          UnicodeScript.TIBETAN,
          UnicodeScript.MYANMAR,
          UnicodeScript.KHMER);

  private static final String CYRILLIC_LIKE_LATIN = "АВЕЁКМНОРСТУХЅІЇЈԌԚԜӀҮасеёорухѕіїјһԁԛԝӏү";
  private static final String GREEK_LIKE_LATIN = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹͿονρυϲϳ";
  private static final String ARMENIAN_LIKE_LATIN = "ՕՍՏԼօոսհցզյ";

  /// What measures and formulas join to Latin letters; the last is the ohm sign.
  private static final String GREEK_OF_SCIENCE = "ΔΩθλμπφψ\u2126";

  private static final String SIGNS =
      "\u2024\uff0e\ufe52\u2044\u2215\u29f8\u2571\uff0f\ua789\u2236\ufe55\uff1a\uff20\ufe6b";

  /// Ordinary in Chinese and Japanese, also between Latin words.
  private static final int WIDE_COLON = 0xFF1A;

  private final int[] text;
  private final BitSet found = new BitSet();

  private Lookalikes(int[] text) {
    this.text = text;
  }

  /// {@return where in `text`, code points, something is not what it looks like}
  static BitSet in(int[] text) {
    var search = new Lookalikes(text);
    int from = 0;
    for (int at = 0; at <= text.length; at++) {
      if (at == text.length || search.parts(at)) {
        search.token(from, at);
        from = at + 1;
      }
    }
    return search.found;
  }

  /// The `n` of an escaped line feed belongs to no word.
  private boolean parts(int at) {
    return separates(text[at]) || (at > 0 && text[at - 1] == '\\' && "nrt".indexOf(text[at]) >= 0);
  }

  private void token(int from, int to) {
    Token token = Token.of(text, from, to);
    if (token.ascii) {
      return;
    }
    for (int at = from; at < to; at++) {
      int end = at;
      while (end < to && isOfRun(text[end])) {
        end++;
      }
      if (end > at) {
        run(token, at, end);
        at = end;
      }
      if (at > from && at + 1 < to && isFalseSign(text[at - 1], text[at], text[at + 1])) {
        found.set(at);
      }
    }
  }

  private void run(Token token, int from, int to) {
    Run run = Run.of(text, from, to);
    for (int at = from; at < to; at++) {
      if (text[at] >= 128 && deceives(token, run, at)) {
        found.set(at);
      }
    }
  }

  private boolean deceives(Token token, Run run, int at) {
    int point = text[at];
    String plain = plain(point);
    if (!plain.isEmpty()) {
      return passesForAscii(token, run, point, plain);
    }
    if (Character.isDigit(point)) {
      return run.asciiDigit || run.isInLatin(at);
    }
    UnicodeScript script = UnicodeScript.of(point);
    if (!Character.isLetter(point) || !isForeign(script) || GREEK_OF_SCIENCE.indexOf(point) >= 0) {
      return false;
    }
    if (JOINED_TO_LATIN.contains(script)) {
      return run.isInLatin(at) || (run.hasLatin() && token.address);
    }
    return run.hasLatin() || (run.likeLatin && (token.isBeforeLatin(at) || token.isLatinAddress()));
  }

  private static boolean passesForAscii(Token token, Run run, int point, String plain) {
    if (plain.length() > 1) {
      return token.address && Character.isLetter(point);
    }
    if (token.address) {
      return true;
    }
    if (run.single && (!Character.isLetterOrDigit(point) || Character.isEmoji(point))) {
      return false;
    }
    return run.ascii || !token.besideLatin;
  }

  /// What is to be known of a token.
  ///
  /// @param ascii whether it is nothing but ASCII
  /// @param address whether it looks like the address or the name of something
  /// @param besideLatin whether it has Han, kana and the like
  /// @param lastLatin where its last Latin letter is; -1 if it has none
  private record Token(boolean ascii, boolean address, boolean besideLatin, int lastLatin) {
    static Token of(int[] text, int from, int to) {
      boolean ascii = true;
      boolean address = false;
      boolean besideLatin = false;
      int lastLatin = -1;
      for (int at = from; at < to; at++) {
        int point = text[at];
        ascii &= point < 128;
        address |= point == '@' || point == '_' || (at > from && at + 1 < to && joins(text, at));
        besideLatin |= isBesideLatin(point);
        lastLatin = isLatin(point) ? at : lastLatin;
      }
      return new Token(ascii, address, besideLatin, lastLatin);
    }

    boolean isBeforeLatin(int at) {
      return at < lastLatin;
    }

    boolean isLatinAddress() {
      return address && lastLatin >= 0;
    }
  }

  /// What is to be known of a run.
  ///
  /// @param ascii whether it has ASCII letters or digits
  /// @param asciiDigit whether it has ASCII digits
  /// @param single whether it is one letter or digit, with its marks
  /// @param likeLatin whether every letter looks like a Latin one and none is
  /// @param firstLatin where its first Latin letter is; past the end if it has none
  /// @param lastLatin where its last Latin letter is; -1 if it has none
  private record Run(
      boolean ascii,
      boolean asciiDigit,
      boolean single,
      boolean likeLatin,
      int firstLatin,
      int lastLatin) {
    static Run of(int[] text, int from, int to) {
      boolean ascii = false;
      boolean asciiDigit = false;
      boolean likeLatin = true;
      int many = 0;
      int firstLatin = to;
      int lastLatin = -1;
      for (int at = from; at < to; at++) {
        int point = text[at];
        ascii |= point < 128;
        asciiDigit |= point >= '0' && point <= '9';
        many += isMark(point) ? 0 : 1;
        likeLatin &= !Character.isLetter(point) || looksLatin(point);
        if (isLatin(point)) {
          firstLatin = Math.min(firstLatin, at);
          lastLatin = at;
        }
      }
      return new Run(ascii, asciiDigit, many == 1, likeLatin, firstLatin, lastLatin);
    }

    boolean hasLatin() {
      return lastLatin >= 0;
    }

    boolean isInLatin(int at) {
      return firstLatin < at && at < lastLatin;
    }
  }

  private static boolean separates(int point) {
    return switch (Character.getType(point)) {
      case Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION ->
          true;
      default ->
          Character.isWhitespace(point)
              || Character.isSpaceChar(point)
              || "\"<>,;|".indexOf(point) >= 0;
    };
  }

  /// Whether a dot or slash stands within a name, and not within a number or after a word.
  private static boolean joins(int[] text, int at) {
    int before = text[at - 1];
    int after = text[at + 1];
    return (".\\/".indexOf(text[at]) >= 0 || SIGNS.indexOf(text[at]) >= 0)
        && Character.isLetterOrDigit(before)
        && Character.isLetterOrDigit(after)
        && (Character.isLetter(before) || Character.isLetter(after));
  }

  private static boolean isFalseSign(int before, int sign, int after) {
    return SIGNS.indexOf(sign) >= 0
        && (sign != WIDE_COLON || after == '/')
        && isBesideSign(before)
        && isBesideSign(after)
        && !(Character.isDigit(before) && Character.isDigit(after));
  }

  private static boolean isBesideSign(int point) {
    return (Character.isLetterOrDigit(point) && !isBesideLatin(point))
        || ".:/@".indexOf(point) >= 0
        || SIGNS.indexOf(point) >= 0;
  }

  /// Format characters part no run: they are not seen, so the eye joins what is around them.
  private static boolean isOfRun(int point) {
    return switch (Character.getType(point)) {
      case Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
      case Character.OTHER_SYMBOL -> plain(point).length() == 1;
      default -> Character.isLetterOrDigit(point) || isMark(point);
    };
  }

  private static boolean isMark(int point) {
    return switch (Character.getType(point)) {
      case Character.NON_SPACING_MARK,
          Character.ENCLOSING_MARK,
          Character.COMBINING_SPACING_MARK,
          Character.FORMAT ->
          true;
      default -> false;
    };
  }

  private static boolean isLatin(int point) {
    return Character.isLetter(point)
        && (UnicodeScript.of(point) == UnicodeScript.LATIN || !plain(point).isEmpty());
  }

  private static boolean isBesideLatin(int point) {
    return point >= 128 && BESIDE_LATIN.contains(UnicodeScript.of(point));
  }

  private static boolean isForeign(UnicodeScript script) {
    return switch (script) {
      case LATIN, COMMON, INHERITED, UNKNOWN -> false;
      default -> !BESIDE_LATIN.contains(script);
    };
  }

  private static boolean looksLatin(int point) {
    UnicodeScript script = UnicodeScript.of(point);
    return switch (script) {
      case CYRILLIC -> CYRILLIC_LIKE_LATIN.indexOf(point) >= 0;
      case GREEK -> GREEK_LIKE_LATIN.indexOf(point) >= 0;
      case ARMENIAN -> ARMENIAN_LIKE_LATIN.indexOf(point) >= 0;
      case GEORGIAN -> false;
      default -> isForeign(script) && !JOINED_TO_LATIN.contains(script);
    };
  }

  /// The ASCII letters and digits of which this was made; empty if it was not, or looks like an
  /// index.
  private static String plain(int point) {
    if (point < 128 || isIndex(point)) {
      return "";
    }
    UnicodeScript script = UnicodeScript.of(point);
    if (script != UnicodeScript.LATIN && script != UnicodeScript.COMMON) {
      return "";
    }
    String plain = Normalizer.normalize(Character.toString(point), Normalizer.Form.NFKC);
    return plain.chars().allMatch(c -> c < 128 && Character.isLetterOrDigit(c)) ? plain : "";
  }

  private static boolean isIndex(int point) {
    return switch (point) {
      case 'ª', 'º', '²', '³', '¹' -> true;
      default ->
          (point >= 0x2070 && point <= 0x2089)
              || Character.getType(point) == Character.MODIFIER_LETTER;
    };
  }
}
