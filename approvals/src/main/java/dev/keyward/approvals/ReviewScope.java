package dev.keyward.approvals;

import dev.keyward.call.ToolName;
import dev.keyward.call.ToolPattern;
import java.util.Set;

/// Of which requests somebody is a reviewer. A dimension that names nothing narrows nothing.
///
/// @param tools patterns of tools
/// @param systems the upstreams' names, for example `crm`
/// @param workspaces of the agents
public record ReviewScope(Set<ToolPattern> tools, Set<String> systems, Set<String> workspaces) {
  /// Of all.
  public static final ReviewScope ALL = new ReviewScope(Set.of(), Set.of(), Set.of());

  /// Copies the sets.
  public ReviewScope {
    tools = Set.copyOf(tools);
    systems = Set.copyOf(systems);
    workspaces = Set.copyOf(workspaces);
  }

  /// {@return whether this narrows nothing}
  public boolean isAll() {
    return equals(ALL);
  }

  /// {@return whether a call of this tool, for an agent of this workspace, is in it}
  public boolean covers(ToolName tool, String system, String workspace) {
    return (tools.isEmpty() || tools.stream().anyMatch(pattern -> pattern.names(tool)))
        && (systems.isEmpty() || systems.contains(system))
        && (workspaces.isEmpty() || workspaces.contains(workspace));
  }
}
