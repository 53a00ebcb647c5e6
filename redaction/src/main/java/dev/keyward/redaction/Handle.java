package dev.keyward.redaction;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// An opaque stand-in for a secret that was found in a result: `kw_h_reset_link_` and 26
/// characters.
///
/// Only `a-z 0-9 _` stand in it, so that it comes through JSON, URLs, HTML, shells and changes of
/// case. Nothing in it comes from the secret. That a text has this shape says nothing about whether
/// it opens anything; whoever gave it knows.
///
/// @param kind what kind of secret: `[a-z][a-z0-9_]{0,31}`
/// @param id 26 of `0-9 a-z` without `i l o u`
public record Handle(String kind, String id) {
  private static final String PREFIX = "kw_h_";
  private static final int ID = 26;
  private static final Pattern KIND = Pattern.compile("[a-z][a-z0-9_]{0,31}");
  private static final Pattern SHAPE = Pattern.compile("[0-9a-hjkmnp-tv-z]{" + ID + "}");

  /// Checks both shapes.
  ///
  /// @throws IllegalArgumentException if one has another
  public Handle {
    if (!KIND.matcher(kind).matches() || !SHAPE.matcher(id).matches()) {
      throw new IllegalArgumentException("a handle must have a kind and an id of their shapes");
    }
  }

  /// What looks like a handle in a text, from `from` to before `to`.
  ///
  /// @param handle the handle; empty if it has not quite the shape of one
  public record Found(int from, int to, Optional<Handle> handle) {}

  /// {@return the handle that `text` is; empty if it is none}
  public static Optional<Handle> parse(String text) {
    int split = text.length() - ID - 1;
    boolean shaped =
        text.startsWith(PREFIX)
            && split > PREFIX.length()
            && text.charAt(split) == '_'
            && KIND.matcher(text.substring(PREFIX.length(), split)).matches()
            && SHAPE.matcher(text.substring(split + 1)).matches();
    return shaped
        ? Optional.of(new Handle(text.substring(PREFIX.length(), split), text.substring(split + 1)))
        : Optional.empty();
  }

  /// {@return what looks like handles in `text`, first to last: the prefix in letters of either
  /// case, with the letters, digits and underscores after it}
  public static List<Found> in(String text) {
    List<Found> found = new ArrayList<>();
    int from = next(text, 0);
    while (from >= 0) {
      int to = from;
      while (to < text.length() && wordy(text.charAt(to))) {
        to++;
      }
      found.add(new Found(from, to, parse(text.substring(from, to))));
      from = next(text, to);
    }
    return found;
  }

  /// {@return whether something in `text` looks like a handle}
  public static boolean isIn(String text) {
    return next(text, 0) >= 0;
  }

  /// {@return `text` in which nothing looks like a handle any more: `kw_h_` has become `kw-h-`}
  static String defanged(String text) {
    int at = next(text, 0);
    if (at < 0) {
      return text;
    }
    var out = new StringBuilder(text);
    while (at >= 0) {
      out.setCharAt(at + 2, '-');
      out.setCharAt(at + 4, '-');
      at = next(text, at + 1);
    }
    return out.toString();
  }

  /// {@return the text that agents get and pass back}
  public String text() {
    return PREFIX + kind + "_" + id;
  }

  @Override
  public String toString() {
    return text();
  }

  /// Looks for an underscore first: the search for one character is the fastest there is.
  private static int next(String text, int from) {
    int at = text.indexOf('_', from + 2);
    while (at >= 0) {
      if (text.regionMatches(true, at - 2, PREFIX, 0, PREFIX.length())) {
        return at - 2;
      }
      at = text.indexOf('_', at + 1);
    }
    return -1;
  }

  private static boolean wordy(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }
}
