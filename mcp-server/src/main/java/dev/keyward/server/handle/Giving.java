package dev.keyward.server.handle;

import dev.keyward.catalog.HandleField;
import dev.keyward.redaction.rules.Found;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A text of a result that holds what is to become handles.
///
/// @param pointer where it stands
/// @param text all of it
/// @param parts what becomes handles, first to last
record Giving(String pointer, String text, List<Part> parts) {

  /// A stretch of the text, from `from` to before `to`, that becomes a handle of `kind`.
  record Part(int from, int to, String kind) {}

  /// {@return which parts of `text` become handles: values in its query where the field says so and
  /// there are any, else all of it}
  static Giving of(HandleField field, String pointer, String text) {
    List<Part> parts = inQuery(field, text);
    return new Giving(
        pointer, text, parts.isEmpty() ? List.of(new Part(0, text.length(), field.kind())) : parts);
  }

  /// {@return what rules found in `text`, as handles of the kinds that the tool says}
  ///
  /// @param kinds by type of what is found
  static Giving of(List<Found> found, Map<String, String> kinds, String pointer, String text) {
    List<Part> parts = new ArrayList<>();
    for (Found each : found) {
      String kind = kinds.get(each.type());
      boolean free = parts.isEmpty() || each.start() >= parts.getLast().to();
      if (kind != null && free && each.end() <= text.length()) {
        parts.add(new Part(each.start(), each.end(), kind));
      }
    }
    return new Giving(pointer, text, parts);
  }

  private static List<Part> inQuery(HandleField field, String text) {
    List<Part> parts = new ArrayList<>();
    int query = text.indexOf('?');
    if (field.inQuery().isEmpty() || query < 0) {
      return parts;
    }
    int fragment = text.indexOf('#', query);
    int end = fragment < 0 ? text.length() : fragment;
    int from = query + 1;
    while (from < end) {
      int next = text.indexOf('&', from);
      int to = next < 0 || next > end ? end : next;
      int equals = text.indexOf('=', from);
      if (equals > 0 && equals + 1 < to && field.inQuery().contains(decoded(text, from, equals))) {
        parts.add(new Part(equals + 1, to, field.kind()));
      }
      from = to + 1;
    }
    return parts;
  }

  private static String decoded(String text, int from, int to) {
    return decoded(text.substring(from, to));
  }

  /// {@return a piece of a query as the text that it stands for; itself if it is badly encoded}
  static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }
}
