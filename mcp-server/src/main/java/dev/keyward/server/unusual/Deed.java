package dev.keyward.server.unusual;

import dev.keyward.call.ToolName;
import dev.keyward.catalog.IdField;
import dev.keyward.catalog.IdUse;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCall;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What detectors look at in a call.
///
/// @param writes whether it changes anything
/// @param kinds of the records whose ids the catalog marks in its arguments and its result
record Deed(ToolName tool, String system, boolean writes, Set<String> kinds) {
  Deed {
    kinds = Set.copyOf(kinds);
  }

  static Deed of(ToolCall call) {
    Tool tool = call.tool();
    Stream<String> taken = tool.input().ids(call.arguments()).stream().map(IdUse::kind);
    Stream<String> shown = tool.projection().ids().stream().map(IdField::kind);
    return new Deed(
        tool.name(),
        tool.target().system(),
        tool.tier().changes(),
        Stream.concat(taken, shown).collect(Collectors.toSet()));
  }
}
