package dev.keyward.redaction.exact;

import java.util.ArrayList;
import java.util.Comparator;
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

  /// Gives the unions of overlapping places to `each`, first to last.
  public void forEachUnion(Each each) {
    found.sort(Comparator.comparingInt(Span::from));
    int from = -1;
    int to = -1;
    for (Span span : found) {
      if (from >= 0 && span.from < to) {
        to = Math.max(to, span.to);
        continue;
      }
      if (from >= 0) {
        each.span(from, to);
      }
      from = span.from;
      to = span.to;
    }
    if (from >= 0) {
      each.span(from, to);
    }
  }

  /// {@return `text` with each union of overlapping places replaced}
  public String replacedIn(String text, String replacement) {
    var out = new StringBuilder(text.length());
    int[] done = {0};
    forEachUnion(
        (from, to) -> {
          out.append(text, done[0], from).append(replacement);
          done[0] = to;
        });
    return out.append(text, done[0], text.length()).toString();
  }

  /// Takes one place.
  @FunctionalInterface
  public interface Each {
    /// Called with the place, `to` exclusive.
    void span(int from, int to);
  }
}
