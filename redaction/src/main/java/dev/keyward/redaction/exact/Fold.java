package dev.keyward.redaction.exact;

import java.text.Normalizer;
import java.util.Map;

/// What a character is read as: a lower-case letter or digit, Latin where it looks Latin, or
/// nothing.
///
/// NFKD without marks, lower case, decimal digits of all scripts as ASCII, and the look-alikes of
/// Latin letters in Cyrillic and Greek (Unicode TR 39 lists them), small capitals, and letters with
/// a stroke or hook that are no letter and mark to Unicode.
final class Fold {
  /// Folds to itself and equals no character of a secret: keeps neighbours apart.
  static final char BREAK = '\uffff';

  /// Stands where [#wide] must be asked.
  static final char MANY = '\ufffe';

  private static final String LOOK_ALIKES =
      "АаAaВвBbСсCcЕеEeНнHhІіIiЈјJjКкKkМмMmОоOoРрPpЅѕSsТтTtУуYyХхXxԀԁDdԚԛQqԜԝWwҺһHhӀӏLl";
  private static final String LATIN =
      "ᴀaʙbᴄcᴅdᴇeꜰfɢgʜhɪiᴊjᴋkʟlᴍmɴnᴏoᴘpꞯqʀrꜱsᴛtᴜuᴠvᴡwʏyᴢz"
          + "đdħhłløoŧtƀbɍrɇeȼcɏyƶzꝁkɨiʉuɉjꝗqꝑpᵽpɓbƈcɗdƒfɠgƙkƥpƭtʋvȥzɦhɱmɲnŋnʂsʈtʐzɖdɭlɳnɽr";
  private static final Map<Character, Character> GREEK =
      Map.ofEntries(
          Map.entry('Α', 'a'),
          Map.entry('Β', 'b'),
          Map.entry('Ε', 'e'),
          Map.entry('Ζ', 'z'),
          Map.entry('Η', 'h'),
          Map.entry('Ι', 'i'),
          Map.entry('Κ', 'k'),
          Map.entry('Μ', 'm'),
          Map.entry('Ν', 'n'),
          Map.entry('Ο', 'o'),
          Map.entry('Ρ', 'p'),
          Map.entry('Τ', 't'),
          Map.entry('Υ', 'y'),
          Map.entry('Χ', 'x'),
          Map.entry('ο', 'o'),
          Map.entry('ν', 'v'),
          Map.entry('α', 'a'),
          Map.entry('ρ', 'p'),
          Map.entry('ι', 'i'),
          Map.entry('κ', 'k'),
          Map.entry('ı', 'i'),
          Map.entry('ɡ', 'g'),
          Map.entry('ɑ', 'a'));

  static final char[] ASCII = ascii();

  private Fold() {}

  /// {@return the folded form of the code point at `at`, mostly one character, or none}
  static String wide(int codePoint) {
    if (codePoint == BREAK) {
      return String.valueOf(BREAK);
    }
    if (codePoint > 0xffff) {
      return beyond(codePoint);
    }
    char folded = Wide.TABLE[codePoint];
    return switch (folded) {
      case 0 -> "";
      case MANY -> slowly(codePoint);
      default -> String.valueOf(folded);
    };
  }

  /// {@return the folded form of a character of the basic plane if that is one character, 0 if
  /// none, [#MANY] where [#wide] must be asked}
  static char basic(char c) {
    return Wide.TABLE[c];
  }

  private static String beyond(int codePoint) {
    if (codePoint >= 0x1f130 && codePoint <= 0x1f189) { // squared and negative letters
      int letter = (codePoint - 0x1f130) % 32;
      return letter < 26 ? String.valueOf((char) ('a' + letter)) : "";
    }
    if (codePoint >= 0x1f1e6 && codePoint <= 0x1f1ff) { // regional indicators
      return String.valueOf((char) ('a' + codePoint - 0x1f1e6));
    }
    if (codePoint >= 0x1f200 && codePoint <= 0x1fbef) { // pictures
      return "";
    }
    return slowly(codePoint);
  }

  private static String slowly(int codePoint) {
    int type = Character.getType(codePoint);
    if (type == Character.UNASSIGNED
        || type == Character.PRIVATE_USE
        || type == Character.FORMAT
        || type == Character.SURROGATE) {
      return "";
    }
    var out = new StringBuilder(2);
    Normalizer.normalize(Character.toString(codePoint), Normalizer.Form.NFKD)
        .codePoints()
        .forEach(c -> one(c, out));
    return out.toString();
  }

  private static void one(int codePoint, StringBuilder out) {
    if (Character.isDigit(codePoint)) {
      out.append((char) ('0' + Character.digit(codePoint, 10)));
    } else if (Character.isLetterOrDigit(codePoint)) {
      int lower = Character.toLowerCase(latin(codePoint));
      int at = lower < 128 ? -1 : LATIN.indexOf(lower);
      out.appendCodePoint(at < 0 ? lower : LATIN.charAt(at + 1));
    }
  }

  private static int latin(int codePoint) {
    int at = LOOK_ALIKES.indexOf(codePoint);
    if (codePoint > 127 && at >= 0) {
      return LOOK_ALIKES.charAt(at / 4 * 4 + 2);
    }
    return codePoint > 0xffff ? codePoint : GREEK.getOrDefault((char) codePoint, (char) codePoint);
  }

  private static char[] ascii() {
    var table = new char[128];
    for (char c = 0; c < 128; c++) {
      boolean counts = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      table[c] = counts ? Character.toLowerCase(c) : 0;
    }
    return table;
  }

  /// Made when the first character beyond ASCII comes.
  private static final class Wide {
    static final char[] TABLE = table();

    private static char[] table() {
      var table = new char[0x10000];
      for (int c = 0; c < BREAK; c++) {
        String folded = c < 128 ? "" : slowly(c);
        table[c] =
            c < 128
                ? ASCII[c]
                : folded.isEmpty() ? 0 : folded.length() == 1 ? folded.charAt(0) : MANY;
      }
      table[BREAK] = BREAK;
      return table;
    }
  }
}
