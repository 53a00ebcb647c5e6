package dev.keyward.catalog;

/// One thing that is wrong with a catalog folder, in words for the operator.
///
/// @param file the file's name in the folder, or the folder itself
/// @param line 1-based; 0 where no line is meant
/// @param field a dotted path in the file, for example `tools.read_ticket.request.path`; empty for
///   the whole file
/// @param rule which rule is broken, without the value that breaks it
public record CatalogProblem(String file, int line, String field, String rule) {
  /// {@return one line, for example `crm.yaml:12: tools.read_ticket.tier must be one of …`}
  @Override
  public String toString() {
    String where = line > 0 ? file + ":" + line : file;
    return where + ": " + (field.isEmpty() ? "" : field + " ") + rule;
  }
}
