package dev.keyward.catalog;

import java.util.Map;

/// Where in a file each field stands.
///
/// @param byPointer 1-based lines by JSON Pointer
public record Lines(Map<String, Integer> byPointer) {
  /// Copies the map.
  public Lines {
    byPointer = Map.copyOf(byPointer);
  }

  /// {@return the line of the field, or of the nearest field around it, or 1}
  public int of(String pointer) {
    String at = pointer;
    while (!byPointer.containsKey(at) && !at.isEmpty()) {
      at = at.substring(0, at.lastIndexOf('/'));
    }
    return byPointer.getOrDefault(at, 1);
  }
}
