package dev.keyward.demo.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Medians over the rounds, and each server's calls as a share of the others'.
final class Report {
  private final Map<Integer, Map<String, List<Turn.Seen>>> turns = new LinkedHashMap<>();

  void add(String target, int connections, Turn.Seen seen) {
    turns
        .computeIfAbsent(connections, _ -> new LinkedHashMap<>())
        .computeIfAbsent(target, _ -> new ArrayList<>())
        .add(seen);
  }

  /// {@return whether every answer was right}
  boolean allRight() {
    return turns.values().stream()
        .flatMap(all -> all.values().stream())
        .flatMap(List::stream)
        .allMatch(seen -> seen.wrong() == 0);
  }

  /// {@return a table for people}
  String table() {
    var out = new StringBuilder();
    turns.forEach(
        (connections, all) -> {
          out.append(String.format(Locale.ROOT, "%n%d connections, medians%n", connections));
          out.append(
              String.format(
                  Locale.ROOT,
                  "%-24s %9s %9s %9s %12s %8s %6s  %s%n",
                  "",
                  "calls/s",
                  "p50 µs",
                  "p99 µs",
                  "CPU µs/call",
                  "RSS MiB",
                  "wrong",
                  "calls, as a share of"));
          all.forEach((target, seen) -> out.append(line(target, seen, all)));
        });
    return out.toString();
  }

  /// {@return the same for programs}
  String json() {
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    turns.forEach(
        (connections, all) ->
            all.forEach(
                (target, seen) -> {
                  var row = rows.addObject();
                  row.put("target", target).put("connections", connections);
                  row.put("rounds", seen.size());
                  row.put("calls_per_second", median(seen, Turn.Seen::callsPerSecond));
                  row.put("p50_us", median(seen, Turn.Seen::p50));
                  row.put("p99_us", median(seen, Turn.Seen::p99));
                  row.put("cpu_us_per_call", median(seen, Turn.Seen::processor));
                  row.put("rss_mib", median(seen, Turn.Seen::residentMib));
                  row.put("wrong", wrong(seen));
                }));
    return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(rows) + "\n";
  }

  private static String line(
      String target, List<Turn.Seen> seen, Map<String, List<Turn.Seen>> all) {
    return String.format(
        Locale.ROOT,
        "%-24s %,9.0f %,9.0f %,9.0f %12.1f %8.0f %6d  %s%n",
        target,
        median(seen, Turn.Seen::callsPerSecond),
        median(seen, Turn.Seen::p50),
        median(seen, Turn.Seen::p99),
        median(seen, Turn.Seen::processor),
        median(seen, Turn.Seen::residentMib),
        wrong(seen),
        shares(target, median(seen, Turn.Seen::callsPerSecond), all));
  }

  private static String shares(String target, double own, Map<String, List<Turn.Seen>> all) {
    if (!target.startsWith("keyward")) {
      return "";
    }
    List<String> shares = new ArrayList<>();
    all.forEach(
        (other, theirs) -> {
          if (!other.equals(target)) {
            double share = own / median(theirs, Turn.Seen::callsPerSecond);
            shares.add(String.format(Locale.ROOT, "%s %.2f", other.split(",", 2)[0], share));
          }
        });
    return String.join(", ", shares);
  }

  private static int wrong(List<Turn.Seen> seen) {
    return seen.stream().mapToInt(Turn.Seen::wrong).sum();
  }

  private static double median(List<Turn.Seen> seen, ToDoubleFunction<Turn.Seen> what) {
    List<Turn.Seen> sorted = seen.stream().sorted(Comparator.comparingDouble(what)).toList();
    return what.applyAsDouble(sorted.get(sorted.size() / 2));
  }
}
