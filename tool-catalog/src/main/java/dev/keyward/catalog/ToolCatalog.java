package dev.keyward.catalog;

import dev.keyward.call.CanonicalJson;
import dev.keyward.call.ToolPattern;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;

/// The tools of one moment; a changed folder is a new catalog. Immutable.
public final class ToolCatalog {
  private final List<Tool> tools;
  private final Map<String, Tool> byName = new HashMap<>();
  private final String digest;

  private ToolCatalog(List<Tool> tools) {
    this.tools = tools;
    for (Tool tool : tools) {
      put(tool.name().value(), tool);
      put(tool.name().safe(), tool);
    }
    this.digest = digestOf(tools);
  }

  /// {@return a catalog of these}
  ///
  /// @throws IllegalArgumentException if two names are equal after `.` to `_`
  public static ToolCatalog of(Collection<Tool> tools) {
    var sorted =
        tools.stream().sorted(Comparator.comparing((Tool tool) -> tool.name().value())).toList();
    return new ToolCatalog(sorted);
  }

  /// {@return all tools, sorted by canonical name}
  public List<Tool> tools() {
    return tools;
  }

  /// {@return the tool of this name, canonical (`crm.read_ticket`) or safe (`crm_read_ticket`)}
  public Optional<Tool> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /// {@return whether `pattern` fits any tool}
  public boolean has(ToolPattern pattern) {
    return tools.stream().anyMatch(tool -> pattern.names(tool.name()));
  }

  /// {@return SHA-256 over all tools' names and digests, 64 lower-case hexadecimal digits}
  public String digest() {
    return digest;
  }

  private void put(String name, Tool tool) {
    if (byName.put(name, tool) != null) {
      throw new IllegalArgumentException("two tools have one name after . to _");
    }
  }

  private static String digestOf(List<Tool> tools) {
    var document = JsonNodeFactory.instance.objectNode();
    for (Tool tool : tools) {
      document.put(tool.name().value(), tool.digest());
    }
    return CanonicalJson.sha256(document);
  }
}
