package dev.keyward.demo.bench;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.node.JsonNodeFactory;

/// Cold starts: fastest, median and slowest of some, in milliseconds.
final class StartReport {
  private final int rounds;
  private final Map<String, long[]> starts = new LinkedHashMap<>();

  StartReport(int rounds) {
    this.rounds = rounds;
  }

  /// Starts it some times, one after the other, after once that does not count.
  void measure(String name, ColdStart start) throws IOException {
    start.firstAnswer();
    long[] millis = new long[rounds];
    for (int i = 0; i < rounds; i++) {
      millis[i] = start.firstAnswer().toMillis();
    }
    Arrays.sort(millis);
    starts.put(name, millis);
  }

  /// {@return a table for people}
  String table() {
    var out = new StringBuilder();
    out.append(String.format(Locale.ROOT, "%nFirst answered call over stdio, ms%n"));
    out.append(
        String.format(Locale.ROOT, "%-40s %8s %8s %8s%n", "", "fastest", "median", "slowest"));
    starts.forEach(
        (name, millis) ->
            out.append(
                String.format(
                    Locale.ROOT,
                    "%-40s %8d %8d %8d%n",
                    name,
                    millis[0],
                    millis[rounds / 2],
                    millis[rounds - 1])));
    return out.toString();
  }

  /// {@return the same for programs}
  String json() {
    var rows = JsonNodeFactory.instance.arrayNode();
    starts.forEach(
        (name, millis) ->
            rows.addObject()
                .put("start", name)
                .put("fastest_ms", millis[0])
                .put("median_ms", millis[rounds / 2])
                .put("slowest_ms", millis[rounds - 1]));
    return rows.toPrettyString() + "\n";
  }
}
