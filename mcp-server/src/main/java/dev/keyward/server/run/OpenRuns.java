package dev.keyward.server.run;

import dev.keyward.call.AgentId;
import dev.keyward.call.RunId;
import dev.keyward.catalog.Tool;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The runs that went on at one time, by agent.
public final class OpenRuns {
  private final Map<AgentId, List<RunId>> standing;
  private final Map<AgentId, List<RunChain>> opened;
  private final Instant at;

  OpenRuns(Map<AgentId, List<RunId>> standing, Map<AgentId, List<RunChain>> opened, Instant at) {
    this.standing = Map.copyOf(standing);
    this.opened = Map.copyOf(opened);
    this.at = at;
  }

  /// {@return those of an agent that sees `tool` in which it can call it}
  public List<RunId> reaching(AgentId agent, Tool tool) {
    Stream<RunId> narrow =
        opened.getOrDefault(agent, List.of()).stream()
            .filter(chain -> chain.fault(tool, at).isEmpty())
            .map(chain -> chain.own().run().id());
    return Stream.concat(standing.getOrDefault(agent, List.of()).stream(), narrow).toList();
  }
}
