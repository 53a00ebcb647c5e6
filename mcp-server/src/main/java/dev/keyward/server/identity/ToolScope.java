package dev.keyward.server.identity;

import dev.keyward.call.ToolName;
import java.util.List;
import java.util.regex.Pattern;

/// Which tools an agent may see: full names such as `crm.read_ticket`, or whole systems as `crm.*`.
///
/// @param patterns none means that the agent sees nothing
public record ToolScope(List<String> patterns) {
  private static final Pattern SHAPE = Pattern.compile("[a-z][a-z0-9_-]*\\.(\\*|[a-z][a-z0-9_-]*)");

  /// Checks the patterns' shape.
  ///
  /// @throws IllegalArgumentException if one is neither a tool's name nor a system and `.*`
  public ToolScope {
    patterns = List.copyOf(patterns);
    if (!patterns.stream().allMatch(pattern -> SHAPE.matcher(pattern).matches())) {
      throw new IllegalArgumentException(
          "a tool pattern must be a tool's name (crm.read_ticket) or a whole system (crm.*)");
    }
  }

  /// {@return whether one of the patterns names `tool`}
  public boolean sees(ToolName tool) {
    String name = tool.value();
    return patterns.stream()
        .anyMatch(
            pattern ->
                pattern.endsWith(".*")
                    ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                    : name.equals(pattern));
  }
}
