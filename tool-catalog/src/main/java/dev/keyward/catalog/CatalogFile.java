package dev.keyward.catalog;

import java.util.List;

/// What one catalog file holds: its tools, or what is wrong with it.
///
/// @param name the file's name
/// @param tools its tools in the order of the file; empty where there is a problem
/// @param problems what is wrong, in the order of lines; empty where the file is good
public record CatalogFile(String name, List<Tool> tools, List<CatalogProblem> problems) {
  /// Copies the lists.
  public CatalogFile {
    tools = List.copyOf(tools);
    problems = List.copyOf(problems);
  }

  /// Reads the text of a catalog file; never throws for what the text holds.
  ///
  /// @param name the file's name, for messages
  public static CatalogFile read(String name, String text) {
    return CatalogReading.of(name, text).file();
  }
}
