package dev.keyward.redaction.exact;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads the quoted strings of a text in a row: those that are values, those that are keys, and the
/// values of each key.
///
/// A secret cut into fields of an object, or into the texts of several content blocks, is whole
/// again in one of them. It reads JSON and everything like it, so a text need not be well-formed.
final class Quoted {
  private static final int KEYS = 256;

  private final View view;
  private final char quote;
  private final View.Builder values;
  private final View.Builder keys;
  private final Map<String, View.Builder> byKey = new HashMap<>();
  private String key = "";
  private int strings;

  private Quoted(View view, char quote) {
    this.view = view;
    this.quote = quote;
    values = new View.Builder(view, view.length());
    keys = new View.Builder(view, 16);
  }

  /// {@return views that join strings of `view`; none if fewer than two are there}
  static List<View> of(View view) {
    var all = new ArrayList<View>();
    for (char quote : new char[] {'"', '\''}) {
      var quoted = new Quoted(view, quote);
      quoted.read();
      all.addAll(quoted.views());
    }
    return all;
  }

  private void read() {
    int i = 0;
    while (i < view.length()) {
      if (view.at(i) != quote) {
        i++;
        continue;
      }
      int end = closing(i + 1);
      if (end < 0) {
        return;
      }
      took(i + 1, end);
      i = end + 1;
    }
  }

  private int closing(int from) {
    for (int k = from; k < view.length(); k++) {
      if (view.at(k) == '\\') {
        k++;
      } else if (view.at(k) == quote) {
        return k;
      }
    }
    return -1;
  }

  private void took(int from, int to) {
    strings++;
    int after = to + 1;
    while (Character.isWhitespace(view.at(after))) {
      after++;
    }
    if (view.at(after) == ':') {
      copy(from, to, keys);
      key = to - from <= 64 ? view.text(from, to) : "";
      return;
    }
    copy(from, to, values);
    if (byKey.size() < KEYS || byKey.containsKey(key)) {
      copy(from, to, byKey.computeIfAbsent(key, k -> new View.Builder(view, 16)));
    }
  }

  private void copy(int from, int to, View.Builder out) {
    out.reserve(to - from);
    for (int i = from; i < to; i++) {
      out.add(view.at(i), i);
    }
  }

  private List<View> views() {
    if (strings < 2) {
      return List.of();
    }
    var all = new ArrayList<View>();
    all.add(values.build());
    all.add(keys.build());
    if (byKey.size() > 1) {
      byKey.values().forEach(each -> all.add(each.build()));
    }
    return all;
  }
}
