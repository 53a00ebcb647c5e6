package dev.keyward.call;

import java.util.regex.Pattern;

/// The canonical name of a tool: a system, one dot, an action; for example `crm.read_ticket`.
///
/// Names that differ only by `.` and `_` are the same name to some clients, so a catalog never
/// holds both.
///
/// @param value at most 48 characters, shape from MCP 2025-11-25, "Tool Names", narrowed to one dot
public record ToolName(String value) {
  private static final Pattern SHAPE = Pattern.compile("[a-z][a-z0-9_-]*\\.[a-z][a-z0-9_-]*");
  private static final int MAX_LENGTH = 48;

  /// Checks shape and length.
  ///
  /// @throws IllegalArgumentException if `value` has another shape; the message omits the value
  public ToolName {
    if (!SHAPE.matcher(value).matches() || value.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "tool name must match " + SHAPE + " and have at most " + MAX_LENGTH + " characters");
    }
  }

  /// {@return the form for clients that take only `[A-Za-z0-9_-]`, for example `crm_read_ticket`}
  public String safe() {
    return value.replace('.', '_');
  }

  @Override
  public String toString() {
    return value;
  }
}
