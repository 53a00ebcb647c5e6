package dev.keyward.server.policy;

/// One thing that is wrong with a policy file, in words for the operator.
///
/// @param file the file's name
/// @param line 1-based; 0 where no line is meant
/// @param field a dotted path in the file, for example `rules.refund-cap.when`; empty for the whole
///   file
/// @param rule which rule of the format is broken, without the value that breaks it
public record PolicyProblem(String file, int line, String field, String rule) {
  /// {@return one line, for example `policy.yaml:12: rules.refund-cap.effect must be one of …`}
  @Override
  public String toString() {
    String where = line > 0 ? file + ":" + line : file;
    return where + ": " + (field.isEmpty() ? "" : field + " ") + rule;
  }
}
