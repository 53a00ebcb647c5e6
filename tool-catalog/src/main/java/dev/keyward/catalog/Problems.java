package dev.keyward.catalog;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Collects what is wrong with one file. Not for several threads.
final class Problems {
  private final String file;
  private final Lines lines;
  private final List<CatalogProblem> found = new ArrayList<>();

  Problems(String file, Lines lines) {
    this.file = file;
    this.lines = lines;
  }

  /// Notes that the field at a JSON Pointer breaks a rule, in words that follow the field.
  void add(String pointer, String rule) {
    found.add(new CatalogProblem(file, lines.of(pointer), dotted(pointer), rule));
  }

  /// {@return what `part` makes; nothing, and its rule noted, if it refuses}
  <T> Optional<T> attempt(String pointer, Supplier<T> part) {
    try {
      return Optional.of(part.get());
    } catch (IllegalArgumentException e) {
      add(pointer, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  boolean none() {
    return found.isEmpty();
  }

  int count() {
    return found.size();
  }

  /// {@return what was noted, in the order of lines}
  List<CatalogProblem> list() {
    return found.stream().distinct().sorted(Comparator.comparingInt(CatalogProblem::line)).toList();
  }

  private static String dotted(String pointer) {
    return pointer.isEmpty()
        ? ""
        : pointer.substring(1).replace('/', '.').replace("~1", "/").replace("~0", "~");
  }
}
