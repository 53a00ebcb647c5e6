package dev.keyward.server.identity;

import dev.keyward.call.ToolName;
import dev.keyward.call.ToolPattern;
import java.util.List;

/// Which tools an agent may see.
///
/// @param patterns none means that the agent sees nothing
public record ToolScope(List<ToolPattern> patterns) {
  /// Copies the patterns.
  public ToolScope {
    patterns = List.copyOf(patterns);
  }

  /// {@return the scope that an operator or the store writes so}
  ///
  /// @throws IllegalArgumentException if one is no pattern
  public static ToolScope of(List<String> patterns) {
    return new ToolScope(patterns.stream().map(ToolPattern::new).toList());
  }

  /// {@return whether one of the patterns names `tool`}
  public boolean sees(ToolName tool) {
    return patterns.stream().anyMatch(pattern -> pattern.names(tool));
  }

  /// {@return the patterns as they are written}
  public List<String> written() {
    return patterns.stream().map(ToolPattern::value).toList();
  }
}
