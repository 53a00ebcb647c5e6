package dev.keyward.catalog;

import dev.keyward.call.ToolPattern;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Which values of its answers a tool gives to agents as handles, and how far these may go.
///
/// @param kinds the kinds that it gives, each with the tools that take it besides those of the same
///   system at the same origin
/// @param fields the fields of its result that are such values
/// @param found by type of what a redaction rule finds anywhere in a result, the kind that it
///   becomes
public record ToolHandles(
    Map<String, List<ToolPattern>> kinds, List<HandleField> fields, Map<String, String> found) {
  /// What a tool has that gives none.
  public static final ToolHandles NONE = new ToolHandles(Map.of(), List.of(), Map.of());

  /// Copies all.
  public ToolHandles {
    kinds = Map.copyOf(kinds);
    fields = List.copyOf(fields);
    found = Map.copyOf(found);
  }

  /// {@return whether a result may hold what becomes a handle}
  public boolean giveAny() {
    return !fields.isEmpty() || !found.isEmpty();
  }

  /// {@return the kinds in a fixed order, for the tool's digest}
  Map<String, List<ToolPattern>> sorted() {
    return new TreeMap<>(kinds);
  }
}
