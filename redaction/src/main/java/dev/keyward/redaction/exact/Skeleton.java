package dev.keyward.redaction.exact;

import java.util.Arrays;

/// A text as its letters and digits, folded: lower case, without marks, look-alikes as the Latin
/// letters that they look like, everything unseen left out.
public final class Skeleton {
  private char[] chars;
  private int length;

  private Skeleton(int room) {
    chars = new char[room];
  }

  /// {@return the skeleton of `text`}
  public static Skeleton of(String text) {
    var skeleton = new Skeleton(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 128) {
        skeleton.add(Fold.ASCII[c]);
        continue;
      }
      int codePoint = text.codePointAt(i);
      String folded = Fold.wide(codePoint);
      for (int k = 0; k < folded.length(); k++) {
        skeleton.add(folded.charAt(k));
      }
      i += Character.charCount(codePoint) - 1;
    }
    return skeleton;
  }

  private void add(char c) {
    if (c != 0) {
      if (length == chars.length) {
        chars = Arrays.copyOf(chars, 2 * length);
      }
      chars[length++] = c;
    }
  }

  /// {@return the letters and digits, not to be changed; only the first [#length] count}
  public char[] chars() {
    return chars;
  }

  /// {@return how many there are}
  public int length() {
    return length;
  }
}
