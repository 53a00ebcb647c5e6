package dev.keyward.redaction.exact;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One way to read a text: characters, and for each the piece of the text that it stands for.
///
/// It remembers only which characters of the view before it each comes from, for hardly any place
/// is ever asked for.
public final class View {
  private static final int[] ITSELF = {};

  private final char[] chars;
  private final int length;
  private final @Nullable View of; // what this was read out of; null if it is the text itself
  private final int[] first; // by character: the first one of that
  private final int[] last;

  private View(char[] chars, int length, @Nullable View of, int[] first, int[] last) {
    this.chars = chars;
    this.length = length;
    this.of = of;
    this.first = first;
    this.last = last;
  }

  /// {@return `text` as it is}
  public static View of(String text) {
    return new View(text.toCharArray(), text.length(), null, ITSELF, ITSELF);
  }

  /// {@return the first `length` characters as they are; not copied, so good only as long as they
  /// stay}
  public static View of(char[] chars, int length) {
    return new View(chars, length, null, ITSELF, ITSELF);
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
    return of == null ? index : Math.min(of.from(first[index]), of.from(last[index]));
  }

  /// {@return where that piece ends, exclusive}
  public int to(int index) {
    return of == null ? index + 1 : Math.max(of.to(first[index]), of.to(last[index]));
  }

  /// {@return the characters from `start` to before `end`}
  public String text(int start, int end) {
    return new String(chars, start, end - start);
  }

  View reversed() {
    var out = new Builder(this, length);
    for (int i = length - 1; i >= 0; i--) {
      out.add(chars[i], i);
    }
    return out.build();
  }

  View rotated() {
    var out = new Builder(this, length);
    for (int i = 0; i < length; i++) {
      out.add(Spellings.rot13(chars[i]), i);
    }
    return out.build();
  }

  /// Grows as it is filled; not to be used after `build`.
  static final class Builder {
    private final View of;
    private char[] chars;
    private int[] first;
    private int[] last;
    private int length;

    Builder(View of, int room) {
      this.of = of;
      chars = new char[Math.max(16, room)];
      first = new int[chars.length];
      last = new int[chars.length];
    }

    void reserve(int more) {
      if (length + more > chars.length) {
        int room = Math.max(length + more, length * 2);
        chars = Arrays.copyOf(chars, room);
        first = Arrays.copyOf(first, room);
        last = Arrays.copyOf(last, room);
      }
    }

    void add(char c, int index) {
      add(c, index, index);
    }

    /// Adds one that stands for several characters of what this is read out of.
    void add(char c, int start, int end) {
      if (length == chars.length) {
        reserve(1);
      }
      chars[length] = c;
      first[length] = start;
      last[length++] = end;
    }

    void dropLast() {
      length = Math.max(0, length - 1);
    }

    int length() {
      return length;
    }

    View build() {
      return new View(chars, length, of, first, last);
    }
  }
}
