package dev.keyward.redaction.json;

import dev.keyward.redaction.exact.Glance;
import dev.keyward.redaction.exact.Spans;
import dev.keyward.redaction.rules.Found;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One string, key or number of a JSON value, as text.
///
/// Not safe for threads.
public final class JsonLeaf {
  private final String original;
  private @Nullable Spans spans; // both made when first asked for, which for most is never
  private @Nullable List<Found> found;
  private List<Taken> taken = List.of(); // first to last, in places of the original
  private Glance.Need need = Glance.Need.NONE;
  private final String owner;
  private final boolean key;
  private final int number;
  private String name;
  private String text;

  private JsonLeaf(String text, String name, String owner, boolean key, int number) {
    this.original = text;
    this.key = key;
    this.number = number;
    this.name = name;
    this.owner = owner;
    this.text = text;
  }

  static JsonLeaf key(String text, int number) {
    return new JsonLeaf(text, "", "", true, number);
  }

  static JsonLeaf value(String text, String name, String owner, int number) {
    return new JsonLeaf(text, name, owner, false, number);
  }

  /// {@return whether it is a key}
  public boolean isKey() {
    return key;
  }

  /// {@return which of all leaves of the value it is, from 0}
  public int number() {
    return number;
  }

  /// {@return what it is now}
  public String text() {
    return text;
  }

  /// {@return the name of the field that it is in, empty for a key or where there is none; of an
  /// object such as `{"name": "password", "value": "…"}` the value's is `password`}
  public String name() {
    return name;
  }

  /// {@return the name of the field in whose object it is, or that is the list around it}
  public String owner() {
    return owner;
  }

  void name(String other) {
    name = other;
  }

  /// {@return how close a look it needs}
  public Glance.Need need() {
    return need;
  }

  /// Sets how close a look it needs.
  public void needs(Glance.Need need) {
    this.need = need;
  }

  /// {@return the places in [#text] of known secrets, to be replaced next}
  public Spans spans() {
    if (spans == null) {
      spans = new Spans();
    }
    return spans;
  }

  /// {@return the places in [#text] that rules found, to be replaced next}
  public List<Found> found() {
    if (found == null) {
      found = new ArrayList<>();
    }
    return found;
  }

  /// {@return whether nothing is to be replaced next}
  public boolean isClean() {
    return (spans == null || spans.isEmpty()) && (found == null || found.isEmpty());
  }

  /// {@return what has been taken out, first to last, in places of the text as it was at first}
  public List<Found> taken() {
    return taken.stream().map(Taken::found).toList();
  }

  /// Replaces the places in [#spans] and [#found] and forgets them. Overlapping ones are one; a
  /// known secret among them says what it is, else the longest.
  public void replace(Replacement replacement) {
    if (isClean()) {
      return;
    }
    var all = new ArrayList<Found>(taken());
    spans().forEach((from, to) -> all.add(inOriginal(Found.known(from, to))));
    found().forEach(each -> all.add(inOriginal(each)));
    spans().clear();
    found().clear();
    Map<Found, Taken> before = new HashMap<>();
    taken.forEach(each -> before.put(each.found, each));
    taken =
        united(all).stream()
            .map(each -> before.computeIfAbsent(each, place -> take(place, replacement)))
            .toList();
    text = rebuilt();
  }

  private Found inOriginal(Found each) {
    return each.at(place(each.start(), true), place(each.end(), false));
  }

  private Taken take(Found place, Replacement replacement) {
    return new Taken(place, replacement.of(place, original.substring(place.start(), place.end())));
  }

  /// {@return the place in the original of `at`, a place in the text as it is now; inside of a
  /// replacement, its start or end}
  private int place(int at, boolean start) {
    int shift = 0;
    for (Taken each : taken) {
      int from = each.found.start() + shift;
      int to = from + each.with.length();
      if (at < to && (at > from || (start && at == from))) {
        return start ? each.found.start() : each.found.end();
      }
      if (at <= from) {
        break;
      }
      shift = to - each.found.end();
    }
    return at - shift;
  }

  private static List<Found> united(List<Found> all) {
    all.sort(Comparator.comparingInt(Found::start));
    var out = new ArrayList<Found>();
    for (Found each : all) {
      if (out.isEmpty() || each.start() >= out.getLast().end()) {
        out.add(each);
      } else {
        Found last = out.removeLast();
        out.add(stronger(last, each).at(last.start(), Math.max(last.end(), each.end())));
      }
    }
    return out;
  }

  private static Found stronger(Found one, Found other) {
    if (one.rule().equals(Found.KNOWN) != other.rule().equals(Found.KNOWN)) {
      return one.rule().equals(Found.KNOWN) ? one : other;
    }
    return other.end() - other.start() > one.end() - one.start() ? other : one;
  }

  private String rebuilt() {
    var out = new StringBuilder(original.length());
    int done = 0;
    for (Taken each : taken) {
      out.append(original, done, each.found.start()).append(each.with);
      done = each.found.end();
    }
    return out.append(original, done, original.length()).toString();
  }

  boolean changed() {
    return !taken.isEmpty();
  }

  private record Taken(Found found, String with) {}

  /// Says what stands in the place of a secret.
  @FunctionalInterface
  public interface Replacement {
    /// {@return what to write for `value`, which is all of `found` in the text as it was at first}
    String of(Found found, String value);
  }
}
