package dev.keyward.server.cli;

import dev.keyward.server.CannotStart;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// `stop`: the kill switch.
@Command(
    name = "stop",
    mixinStandardHelpOptions = true,
    description = {
      "Stops calls at once, at every broker over the same database: those under way are not",
      "answered, what waits for people is closed, runs of what is stopped end. It stays so,",
      "over restarts too, until: keyward resume"
    })
final class StopCommand extends HomeCommand {
  @ArgGroup(multiplicity = "1")
  private ScopeOption.OrList scope = new ScopeOption.OrList();

  @Option(names = "--why", paramLabel = "TEXT", description = "The reason, for the record")
  private @Nullable String why;

  @Override
  public Integer call() throws CannotStart {
    if (scope.lists()) {
      JsonNode stops = home.operate("stop.list", new Arguments().json());
      output.print(stops, "Nothing is stopped.", "kind", "name", "since", "by", "why");
      return 0;
    }
    output.print(home.operate("stop", scope.arguments().with("why", why).json()), "");
    return 0;
  }
}
