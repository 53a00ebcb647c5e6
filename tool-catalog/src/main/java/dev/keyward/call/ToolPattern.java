package dev.keyward.call;

import java.util.regex.Pattern;

/// Names one tool, `crm.read_ticket`, or every tool of a system, `crm.*`; there is no other
/// wildcard.
///
/// What an agent sees and what policy allows are both said in patterns.
///
/// @param value as the operator writes it
public record ToolPattern(String value) {
  private static final Pattern SHAPE = Pattern.compile("[a-z][a-z0-9_-]*\\.(\\*|[a-z][a-z0-9_-]*)");

  /// Checks the shape.
  ///
  /// @throws IllegalArgumentException if it is neither a tool's name nor a system and `.*`
  public ToolPattern {
    if (!SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "a tool pattern must be a tool's name (crm.read_ticket) or a whole system (crm.*)");
    }
  }

  /// {@return whether this names `tool`}
  public boolean names(ToolName tool) {
    return value.endsWith(".*")
        ? tool.value().startsWith(value.substring(0, value.length() - 1))
        : tool.value().equals(value);
  }

  /// {@return whether every tool that this names is named by `wider`, too}
  public boolean within(ToolPattern wider) {
    return equals(wider)
        || (wider.value.endsWith(".*")
            && value.startsWith(wider.value.substring(0, wider.value.length() - 1)));
  }

  @Override
  public String toString() {
    return value;
  }
}
