package dev.keyward.redaction.json;

import dev.keyward.redaction.exact.Glance;
import dev.keyward.redaction.exact.Spans;

/// One string, key or number of a JSON value, as text.
///
/// Not safe for threads.
public final class JsonLeaf {
  private final String original;
  private final String name;
  private final Spans spans = new Spans();
  private Glance.Need need = Glance.Need.NONE;
  private String text;

  JsonLeaf(String text, String name) {
    this.original = text;
    this.name = name;
    this.text = text;
  }

  /// {@return what it is now}
  public String text() {
    return text;
  }

  /// {@return the name of the field that it is in, empty for a key or where there is none}
  public String name() {
    return name;
  }

  /// {@return how close a look it needs}
  public Glance.Need need() {
    return need;
  }

  /// Sets how close a look it needs.
  public void needs(Glance.Need need) {
    this.need = need;
  }

  /// {@return the places in [#text] to be replaced next}
  public Spans spans() {
    return spans;
  }

  /// Replaces the places in [#spans] and forgets them.
  public void replace(String replacement) {
    if (!spans.isEmpty()) {
      text = spans.replacedIn(text, replacement);
      spans.clear();
    }
  }

  boolean changed() {
    return !text.equals(original);
  }
}
