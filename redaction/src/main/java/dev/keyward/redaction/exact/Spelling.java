package dev.keyward.redaction.exact;

/// One way to write a leaf, as the letters and digits that stay of it once it is folded.
///
/// A class and not a record, for its arrays must stay its own; it prints as nothing.
final class Spelling {
  private static final int GROUP = 4;

  private final Leaf leaf;
  private final char[] folded;
  private final byte[] near; // where each comes from in the leaf, if that is short
  private final int[] far; // else
  private final int need;
  private final Kind kind;
  private final int shortest; // how many characters give the leaf away at least

  /// Joins `folded`, the letters and digits, with `origin`, for each the place in the leaf.
  ///
  /// @param need how many letters and digits of the leaf must show
  Spelling(Leaf leaf, char[] folded, int[] origin, int need, Kind kind) {
    this.leaf = leaf;
    this.folded = folded;
    boolean isShort = leaf.raw().length() <= 256;
    this.near = isShort ? bytes(origin) : new byte[0];
    this.far = isShort ? new int[0] : origin;
    this.shortest = shortestTelling(leaf, origin, need);
    this.need = need;
    this.kind = kind;
  }

  /// How the leaf is written.
  enum Kind {
    /// As it is, so that punctuation around it belongs to it.
    PLAIN,
    /// In another alphabet, character by character.
    TURNED,
    /// In an encoding in which one character may hold parts of two.
    PACKED,
    /// Packed in groups of four characters, so that at both ends some may be left out.
    GROUPED
  }

  /// There are many of these, so a byte each is worth while.
  private static byte[] bytes(int[] places) {
    var bytes = new byte[places.length];
    for (int i = 0; i < places.length; i++) {
      bytes[i] = (byte) places[i];
    }
    return bytes;
  }

  private int origin(int at) {
    return far.length == 0 ? near[at] & 0xff : far[at];
  }

  private int first(int from, int to) {
    return Math.min(origin(from), origin(to - 1));
  }

  private int last(int from, int to) {
    return Math.max(origin(from), origin(to - 1));
  }

  Leaf leaf() {
    return leaf;
  }

  char[] folded() {
    return folded;
  }

  Kind kind() {
    return kind;
  }

  /// {@return places such that every stretch that gives the leaf away holds the `gram` characters
  /// from one of them; not more than every `step` characters, and the last}
  int[] places(int gram, int step) {
    int last = folded.length - gram;
    int apart = Math.max(step, shortest - gram + 1);
    var places = new int[last / apart + (last % apart == 0 ? 1 : 2)];
    for (int i = 0; i < places.length; i++) {
      places[i] = Math.min(i * apart, last);
    }
    return places;
  }

  /// {@return how many characters give the leaf away at least; all if only all of them do}
  private static int shortestTelling(Leaf leaf, int[] origin, int need) {
    int shortest = origin.length;
    int to = 1;
    for (int from = 0; from < origin.length; from++) {
      while (to < origin.length && (to <= from || !mayTell(leaf, origin, from, to, need))) {
        to++;
      }
      if (!mayTell(leaf, origin, from, to, need)) {
        return shortest;
      }
      shortest = Math.min(shortest, to - from);
    }
    return shortest;
  }

  private static boolean mayTell(Leaf leaf, int[] origin, int from, int to, int need) {
    int one = origin[from];
    int other = origin[to - 1];
    return leaf.mayTell(Math.min(one, other), Math.max(one, other) + 1, need);
  }

  /// {@return whether that stretch of it is as much of the leaf as counts}
  boolean shows(int from, int to, Amount amount) {
    return switch (amount) {
      case PART -> shows(from, to);
      case WHOLE -> holds(from, to);
    };
  }

  private boolean holds(int from, int to) {
    if (kind != Kind.GROUPED && from == 0 && to == folded.length) {
      return true;
    }
    int first = first(from, to);
    int last = last(from, to);
    int end = kind == Kind.GROUPED ? last + GROUP : last + 1;
    return leaf.holds(first, Math.min(end, leaf.raw().length()))
        || (first == 0 && end >= leaf.raw().length() && to - from == folded.length);
  }

  /// {@return whether that stretch of it gives the leaf away}
  private boolean shows(int from, int to) {
    if (from == 0 && to == folded.length) {
      return true;
    }
    int first = first(from, to);
    int last = last(from, to);
    return leaf.tells(first, last + 1, need);
  }
}
