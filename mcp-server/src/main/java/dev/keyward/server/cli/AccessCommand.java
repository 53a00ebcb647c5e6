package dev.keyward.server.cli;

import dev.keyward.server.CannotStart;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// `access`: the inventory.
@Command(
    name = "access",
    mixinStandardHelpOptions = true,
    description = {
      "Lists which agents can reach which tools, systems and credentials (by reference, never by",
      "value), in which runs that go on, and when each last did, from the record"
    })
final class AccessCommand extends HomeCommand {
  @Option(names = "--agent", paramLabel = "NAME", description = "Of this agent only")
  private @Nullable String agent;

  @Option(names = "--tool", paramLabel = "TOOL", description = "To this tool, or crm.*")
  private @Nullable String tool;

  @Option(
      names = "--target",
      paramLabel = "TARGET",
      description = "To this system, by name or origin")
  private @Nullable String target;

  @Option(
      names = "--credential",
      paramLabel = "REFERENCE",
      description = "With this credential, for example local:crm#token")
  private @Nullable String credential;

  @Override
  public Integer call() throws CannotStart {
    var arguments =
        new Arguments()
            .with("agent", agent)
            .with("tool", tool)
            .with("target", target)
            .with("credential", credential);
    JsonNode rows = home.operate("access", arguments.json());
    output.print(
        rows,
        "Nobody reaches anything here.",
        "agent",
        "tool",
        "tier",
        "target",
        "credential",
        "last_used",
        "stopped",
        "runs");
    return 0;
  }
}
