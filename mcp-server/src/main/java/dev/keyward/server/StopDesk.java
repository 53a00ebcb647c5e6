package dev.keyward.server;

import dev.keyward.approvals.web.StopSwitch;
import dev.keyward.call.PersonId;
import dev.keyward.catalog.CatalogFolder;
import dev.keyward.catalog.Tool;
import dev.keyward.server.identity.Agents;
import dev.keyward.server.stop.By;
import dev.keyward.server.stop.KillSwitch;
import dev.keyward.server.stop.Stop;
import dev.keyward.server.stop.StopScope;
import java.util.List;
import java.util.stream.Stream;

/// The kill switch as the page works it.
record StopDesk(KillSwitch killSwitch, Agents agents, CatalogFolder catalog) implements StopSwitch {
  @Override
  public List<Stopped> stopped() {
    return killSwitch.list().stream().map(StopDesk::row).toList();
  }

  @Override
  public List<Choice> choices() {
    Stream<Choice> live =
        agents.list().stream()
            .filter(listed -> !listed.revoked())
            .map(listed -> new Choice("agent", listed.agent().id().value()));
    List<Tool> tools = catalog.current().tools();
    Stream<Choice> each = tools.stream().map(tool -> new Choice("tool", tool.name().value()));
    Stream<Choice> targets =
        tools.stream()
            .map(tool -> tool.target().origin().toString())
            .distinct()
            .sorted()
            .map(origin -> new Choice("target", origin));
    return Stream.of(live, each, targets).flatMap(choices -> choices).toList();
  }

  @Override
  public void stop(String kind, String name, String why, PersonId by) {
    killSwitch.stop(StopScope.of(kind, name), why, new By.Person(by));
  }

  @Override
  public void resume(String kind, String name, PersonId by) {
    killSwitch.resume(StopScope.of(kind, name), new By.Person(by));
  }

  private static Stopped row(Stop stop) {
    return new Stopped(
        stop.scope().kind(), stop.scope().name(), stop.since(), stop.by().words(), stop.why());
  }
}
