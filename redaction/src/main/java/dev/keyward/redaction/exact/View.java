package dev.keyward.redaction.exact;

import java.util.Arrays;

/// One way to read a text: characters, and for each the piece of the text that it stands for.
public final class View {
  private final char[] chars;
  private final int length;
  private final int[] from; // empty if this is the text itself
  private final int[] to;

  private View(char[] chars, int length, int[] from, int[] to) {
    this.chars = chars;
    this.length = length;
    this.from = from;
    this.to = to;
  }

  /// {@return `text` as it is}
  public static View of(String text) {
    return new View(text.toCharArray(), text.length(), new int[0], new int[0]);
  }

  /// {@return the characters, not to be changed; only the first [#length] count}
  public char[] chars() {
    return chars;
  }

  /// {@return how many characters it has}
  public int length() {
    return length;
  }

  /// {@return the character at `index`, 0 outside}
  public char at(int index) {
    return index < length && index >= 0 ? chars[index] : 0;
  }

  /// {@return where the piece of the text starts that the character at `index` stands for}
  public int from(int index) {
    return from.length == 0 ? index : from[index];
  }

  /// {@return where that piece ends, exclusive}
  public int to(int index) {
    return to.length == 0 ? index + 1 : to[index];
  }

  /// {@return the characters from `start` to before `end`}
  public String text(int start, int end) {
    return new String(chars, start, end - start);
  }

  View reversed() {
    var out = new Builder(length);
    for (int i = length - 1; i >= 0; i--) {
      out.add(chars[i], this, i);
    }
    return out.build();
  }

  View rotated() {
    var out = new Builder(length);
    for (int i = 0; i < length; i++) {
      out.add(Spellings.rot13(chars[i]), this, i);
    }
    return out.build();
  }

  /// Grows as it is filled; not to be used after `build`.
  static final class Builder {
    private char[] chars;
    private int[] from;
    private int[] to;
    private int length;

    Builder(int room) {
      chars = new char[Math.max(16, room)];
      from = new int[chars.length];
      to = new int[chars.length];
    }

    void add(char c, int start, int end) {
      if (length == chars.length) {
        chars = Arrays.copyOf(chars, length * 2);
        from = Arrays.copyOf(from, length * 2);
        to = Arrays.copyOf(to, length * 2);
      }
      chars[length] = c;
      from[length] = start;
      to[length++] = end;
    }

    void add(char c, View view, int index) {
      add(c, view.from(index), view.to(index));
    }

    /// Adds one that stands for several characters of `view`.
    void add(char c, View view, int first, int last) {
      int a = view.from(first);
      int b = view.from(last);
      add(c, Math.min(a, b), Math.max(view.to(first), view.to(last)));
    }

    void dropLast() {
      length = Math.max(0, length - 1);
    }

    int length() {
      return length;
    }

    View build() {
      return new View(chars, length, from, to);
    }
  }
}
