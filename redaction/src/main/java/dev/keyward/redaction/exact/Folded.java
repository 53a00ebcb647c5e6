package dev.keyward.redaction.exact;

import java.util.Arrays;

/// The skeleton of a view: only letters and digits, folded, each with its place in the view.
final class Folded {
  private final char[] chars;
  private final int[] places;
  private final int length;

  private Folded(char[] chars, int[] places, int length) {
    this.chars = chars;
    this.places = places;
    this.length = length;
  }

  static Folded of(View view) {
    var out = new Folding(view.length());
    for (int i = 0; i < view.length(); i++) {
      char c = view.chars()[i];
      if (c < 128) {
        out.add(Fold.ASCII[c], i);
      } else if (Character.isHighSurrogate(c) && Character.isLowSurrogate(view.at(i + 1))) {
        out.addAll(Fold.wide(Character.toCodePoint(c, view.at(i + 1))), i++);
      } else {
        out.addAll(Fold.wide(c), i);
      }
    }
    return new Folded(out.chars, out.places, out.length);
  }

  char[] chars() {
    return chars;
  }

  int length() {
    return length;
  }

  int place(int index) {
    return places[index];
  }

  private static final class Folding {
    private char[] chars;
    private int[] places;
    private int length;

    Folding(int room) {
      chars = new char[room + 16];
      places = new int[room + 16];
    }

    void add(char folded, int place) {
      if (folded != 0) {
        if (length == chars.length) {
          chars = Arrays.copyOf(chars, length * 2);
          places = Arrays.copyOf(places, length * 2);
        }
        chars[length] = folded;
        places[length++] = place;
      }
    }

    void addAll(String folded, int place) {
      for (int k = 0; k < folded.length(); k++) {
        add(folded.charAt(k), place);
      }
    }
  }
}
