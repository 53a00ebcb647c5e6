package dev.keyward.redaction.exact;

import java.util.ArrayList;
import java.util.List;

/// Places of a text, `from` inclusive and `to` exclusive, in any order and overlapping.
public final class Spans {
  private record Span(int from, int to) {}

  private final List<Span> found = new ArrayList<>();

  /// Makes an empty one.
  public Spans() {}

  /// Adds a place; an empty one counts for nothing.
  public void add(int from, int to) {
    if (to > from) {
      found.add(new Span(from, to));
    }
  }

  /// {@return whether there is none}
  public boolean isEmpty() {
    return found.isEmpty();
  }

  /// Forgets all.
  public void clear() {
    found.clear();
  }

  /// Gives each place to `each`, as it was added.
  public void forEach(Each each) {
    found.forEach(span -> each.span(span.from, span.to));
  }

  /// Takes one place.
  @FunctionalInterface
  public interface Each {
    /// Called with the place, `to` exclusive.
    void span(int from, int to);
  }
}
