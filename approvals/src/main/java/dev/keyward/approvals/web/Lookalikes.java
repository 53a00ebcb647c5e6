package dev.keyward.approvals.web;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.Set;

/// Finds letters, digits and signs in a text that are not what they look like, after Unicode's UTS
/// #39, section 5.2, "Highly Restrictive"; ordinary text of any language has next to none.
///
/// A run is letters, digits and their marks without anything between; a token is what stands
/// between spaces, quotes, brackets and commas; an address is a token with `@`, `_`, `:/` or `\\`
/// in it, or with a dot or slash between a letter and another or a digit. Found are:
///
/// - letters of another script in a run that has Latin ones: `аdmin` with a Cyrillic `а`. Han,
///   kana, Hangul and bopomofo never are, and scripts whose languages write Latin words without a
///   space (Arabic, Burmese, Thai, …) only within a Latin word or an address. Greek of measures and
///   formulas is free outside addresses (`Δt`), in names of genes (`TNFα`), and in `μg/mL`;
/// - a run of nothing but letters that look like Latin ones, beside Latin ones in an address or
///   after `user=` or `user:`, or before them in another token: `сос.example.org`. A run in which
///   any letter is plainly foreign deceives nobody (`Отчёт_2024.pdf`), and neither does an ending
///   after a hyphen (`URL-а`);
/// - letters and digits made from ASCII ones: `𝐚`, `ａ`, `ⓐ`. Not indices (`m²`, `1º`), nor a sign
///   that stands alone (`①`) or among Han or kana, nor, outside addresses, a run of fullwidth ones;
/// - digits of another script beside ASCII ones, within a Latin word, or in one in an address;
/// - signs within a token that look like `.` `/` `:` `@`; in an address also between digits.
///
/// Ordinary and found all the same are `СССР.pdf`, `НАТО/NATO`, `Все:Bob`, `SMSка`, `NF-κB`,
/// letters of mathematics (`ℝ`), and file names in Lisu or scripts of old.
///
/// Not found are foreign words as a whole (`раура` standing alone), also after `\n` outside JSON
/// (`CORP\nехо` may be a line feed); an ending of one token that is no address (`prod-ас`); letters
/// of science in a Latin word that is in no address (`λdmin`) or is as short as in `μg/mL`
/// (`a/μser`); whole names in scripts that look like Latin in a few letters only (Canadian
/// syllabics, Tifinagh); Latin letters that look like other Latin ones (`l` and `I`, `rn` and `m`,
/// `ı`), digits that look like letters, kanji, kana and jamo that look like signs or letters, and
/// hyphens of another kind.
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

  private static final String CYRILLIC_LIKE_LATIN = "АВЕЁКМНОРСТУХЅІЇЈԌԚԜӀҮѴасеёорухѕіїјһԁԛԝӏүѵ";
  private static final String GREEK_LIKE_LATIN = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹͿονρυϲϳ";
  private static final String ARMENIAN_LIKE_LATIN = "ՕՍՏԼօոսհցզյ";

  private static final String CHEROKEE_LIKE_LATIN = "ᎠᎡᎢᎥᎩᎪᎫᎬᎳᎷᎻᎽᏀᏂᏃᏎᏏᏒᏔᏕᏙᏚᏞᏟᏢᏦᏧᏮᏳᏴ";

  private static final int MICRO = 0xB5;

  /// What measures and formulas join to Latin letters; the last are the signs of ohm and micro.
  private static final String GREEK_OF_SCIENCE = "ΔΩθλμπφψ\u2126\u00b5";

  /// So long is `μmol`.
  private static final int LONGEST_UNIT = 4;

  private static final String SIGNS =
      "\u2024\uff0e\ufe52\u2044\u2215\u27cb\u29f8\u2571\uff0f\ua789\u2236\u02f8\ufe55\uff20\ufe6b";

  /// Ordinary in Chinese, Japanese and phonetic script, also between Latin words.
  private static final String COLONS = "\uff1a\u02d0";

  /// Ordinary in other scripts, not between Latin letters: of Chinese and Japanese (IDNA makes them
  /// a dot), Syriac, Armenian, Hebrew.
  private static final String STOPS = "\u3002\uff61\u0701\u0702\u0589\u05c3";

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

  private boolean parts(int at) {
    return separates(text[at]) || (text[at] == 'n' && isEscaped(at));
  }

  /// The `n` of an escaped line feed belongs to no word; that after an escaped backslash does.
  private boolean isEscaped(int at) {
    int from = at;
    while (from > 0 && text[from - 1] == '\\') {
      from--;
    }
    return (at - from) % 2 == 1;
  }

  private void token(int from, int to) {
    if (isAscii(from, to)) {
      return;
    }
    Token token = Token.of(text, from, to);
    for (int at = from; at < to; at++) {
      int end = at;
      while (end < to && isOfRun(text[end])) {
        end++;
      }
      if (end > at) {
        run(token, at, end);
        at = end;
      }
      if (at + 1 < to && isFalseSign(token, from, at)) {
        found.set(at);
      }
    }
  }

  private boolean isAscii(int from, int to) {
    for (int at = from; at < to; at++) {
      if (text[at] >= 128) {
        return false;
      }
    }
    return true;
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
      return run.asciiDigit || run.isInLatin(at) || (token.address && run.hasLatin());
    }
    if (!Character.isLetter(point) || !isForeign(point) || isOfScience(token, run, at)) {
      return false;
    }
    UnicodeScript script = UnicodeScript.of(point);
    if (JOINED_TO_LATIN.contains(script)) {
      return run.isInLatin(at) || (run.hasLatin() && token.address);
    }
    return run.hasLatin() || (run.likeLatin && (token.isBeforeLatin(at) || token.isLatinName()));
  }

  private boolean isOfScience(Token token, Run run, int at) {
    if (token.address && !(token.measure && run.length <= LONGEST_UNIT)) {
      return false;
    }
    return GREEK_OF_SCIENCE.indexOf(text[at]) >= 0 || isOfGene(at);
  }

  /// As in `TNFα` and `IL1β`.
  private boolean isOfGene(int at) {
    int point = text[at];
    return UnicodeScript.of(point) == UnicodeScript.GREEK
        && Character.isLowerCase(point)
        && !looksLatin(point)
        && at > 1
        && isCapitalOrDigit(text[at - 1])
        && isCapitalOrDigit(text[at - 2]);
  }

  private static boolean isCapitalOrDigit(int point) {
    return (point >= 'A' && point <= 'Z') || (point >= '0' && point <= '9');
  }

  private static boolean passesForAscii(Token token, Run run, int point, String plain) {
    if (plain.length() > 1) {
      return token.address && Character.isLetter(point);
    }
    if (token.address) {
      return true;
    }
    if (run.ascii || isWide(point)) {
      return run.ascii;
    }
    boolean sign = !Character.isLetterOrDigit(point) || Character.isEmoji(point);
    return !sign || (run.length > 1 && !token.besideLatin);
  }

  /// What is to be known of a token.
  ///
  /// @param address whether it looks like the address or the name of something
  /// @param measure whether all that makes it look so is one slash
  /// @param assigned whether it gives something to a Latin name
  /// @param besideLatin whether it has Han, kana and the like
  /// @param lastLatin where its last Latin letter is; -1 if it has none
  private record Token(
      boolean address, boolean measure, boolean assigned, boolean besideLatin, int lastLatin) {
    static Token of(int[] text, int from, int to) {
      int slashes = 0;
      int others = 0;
      boolean assigned = false;
      boolean besideLatin = false;
      int lastLatin = -1;
      for (int at = from; at < to; at++) {
        int point = text[at];
        if (joins(text, from, at, to)) {
          slashes += point == '/' ? 1 : 0;
          others += point == '/' ? 0 : 1;
        }
        assigned |= assigns(text, from, at, to);
        besideLatin |= isBesideLatin(point);
        lastLatin = isLatin(point) ? at : lastLatin;
      }
      boolean measure = slashes == 1 && others == 0;
      return new Token(slashes + others > 0, measure, assigned, besideLatin, lastLatin);
    }

    boolean isBeforeLatin(int at) {
      return at < lastLatin;
    }

    /// Within Chinese and Japanese, signs are ordinary beside more than letters.
    boolean mayStandBesideSign(int point) {
      return (address || !besideLatin) && !isBesideLatin(point);
    }

    boolean isLatinName() {
      return (address || assigned) && lastLatin >= 0;
    }
  }

  /// What is to be known of a run.
  ///
  /// @param ascii whether it has ASCII letters or digits
  /// @param asciiDigit whether it has ASCII digits
  /// @param length how many letters and digits it has
  /// @param likeLatin whether every letter looks like a Latin one and none is
  /// @param firstLatin where its first Latin letter is; past the end if it has none
  /// @param lastLatin where its last Latin letter is; -1 if it has none
  private record Run(
      boolean ascii,
      boolean asciiDigit,
      int length,
      boolean likeLatin,
      int firstLatin,
      int lastLatin) {
    static Run of(int[] text, int from, int to) {
      boolean ascii = false;
      boolean asciiDigit = false;
      boolean likeLatin = true;
      int length = 0;
      int firstLatin = to;
      int lastLatin = -1;
      for (int at = from; at < to; at++) {
        int point = text[at];
        ascii |= point < 128;
        asciiDigit |= point >= '0' && point <= '9';
        length += isMark(point) ? 0 : 1;
        likeLatin &= !Character.isLetter(point) || looksLatin(point);
        if (isLatin(point)) {
          firstLatin = Math.min(firstLatin, at);
          lastLatin = at;
        }
      }
      return new Run(ascii, asciiDigit, length, likeLatin, firstLatin, lastLatin);
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
              || "\"<>,;|，、；".indexOf(point) >= 0;
    };
  }

  /// Whether what is at `at` makes a token an address: a dot or slash within a name, and not within
  /// a number or after a word, or what stands in no other text.
  private static boolean joins(int[] text, int from, int at, int to) {
    int point = text[at];
    if (point == '@' || point == '_') {
      return true;
    }
    if (at == from || at + 1 == to) {
      return false;
    }
    int before = text[at - 1];
    int after = text[at + 1];
    if ((point == ':' && isSlash(after)) || (point == '\\' && after == '\\')) {
      return true;
    }
    return (".\\/".indexOf(point) >= 0 || isSign(before, point, after))
        && Character.isLetterOrDigit(before)
        && Character.isLetterOrDigit(after)
        && (Character.isLetter(before) || Character.isLetter(after));
  }

  /// As in `--user=ann` and `user:ann`; a word of another script is one of prose.
  private static boolean assigns(int[] text, int from, int at, int to) {
    return (text[at] == '=' || text[at] == ':')
        && at > from
        && at + 1 < to
        && text[at - 1] < 128
        && Character.isLetter(text[at - 1])
        && Character.isLetter(text[at + 1]);
  }

  private boolean isFalseSign(Token token, int from, int at) {
    int before = at == 0 ? ' ' : text[at - 1];
    int after = text[at + 1];
    if (COLONS.indexOf(text[at]) >= 0) {
      return at > from && after == '/' && at + 2 < text.length && isSlash(text[at + 2]);
    }
    if (isFraction(token, before, after)) {
      return false;
    }
    if (STOPS.indexOf(text[at]) >= 0) {
      return (!token.besideLatin || (token.address && !token.measure))
          && isLatinOrDigit(before)
          && (isLatinOrDigit(after) || after == '/');
    }
    return isSign(before, text[at], after)
        && (at > from || token.address || ")]}".indexOf(before) >= 0)
        && (token.mayStandBesideSign(before) || isBesideSign(before))
        && (token.mayStandBesideSign(after) || isBesideSign(after));
  }

  private static boolean isFraction(Token token, int before, int after) {
    return !token.address && Character.isDigit(before) && Character.isDigit(after);
  }

  /// Fullwidth ones between fullwidth letters deceive nobody.
  private static boolean isSign(int before, int sign, int after) {
    return SIGNS.indexOf(sign) >= 0 && !(isWide(before) && isWide(sign) && isWide(after));
  }

  private static boolean isSlash(int point) {
    return point == '/' || SIGNS.indexOf(point) >= 0;
  }

  private static boolean isLatinOrDigit(int point) {
    return isLatin(point) || (point >= '0' && point <= '9');
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
      case Character.MODIFIER_LETTER -> COLONS.indexOf(point) < 0;
      default -> Character.isLetterOrDigit(point) || isMark(point);
    };
  }

  static boolean isMark(int point) {
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

  private static boolean isWide(int point) {
    return point >= 0xFF01 && point <= 0xFF5E;
  }

  private static boolean isForeign(int point) {
    UnicodeScript script = UnicodeScript.of(point);
    return switch (script) {
      case LATIN, COMMON, INHERITED, UNKNOWN -> point == MICRO;
      default -> !BESIDE_LATIN.contains(script);
    };
  }

  private static boolean looksLatin(int point) {
    return switch (UnicodeScript.of(point)) {
      case CYRILLIC -> CYRILLIC_LIKE_LATIN.indexOf(point) >= 0;
      case GREEK -> GREEK_LIKE_LATIN.indexOf(point) >= 0;
      case ARMENIAN -> ARMENIAN_LIKE_LATIN.indexOf(point) >= 0;
      case CHEROKEE -> CHEROKEE_LIKE_LATIN.indexOf(Character.toUpperCase(point)) >= 0;
      case LISU, COPTIC, GOTHIC, OLD_ITALIC, DESERET, CARIAN, LYCIAN, LYDIAN -> true;
      default -> false;
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
