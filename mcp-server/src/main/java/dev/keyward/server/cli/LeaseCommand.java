package dev.keyward.server.cli;

import dev.keyward.server.CannotStart;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// `lease`: the credentials that were made for runs. Values never come out.
@Command(
    name = "lease",
    mixinStandardHelpOptions = true,
    description = "Credentials that were made for runs",
    subcommands = LeaseCommand.ListAll.class,
    synopsisSubcommandLabel = "COMMAND")
final class LeaseCommand {
  private LeaseCommand() {}

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = {
        "Lists the leases that may still work, and those that ended within the hour: for whom each",
        "was made, until when it works, and what became of it at its issuer"
      })
  static final class ListAll extends HomeCommand {
    @Option(names = "--agent", paramLabel = "NAME", description = "Of this agent only")
    private @Nullable String agent;

    @Option(names = "--run", paramLabel = "RUN", description = "Of this run only")
    private @Nullable String run;

    @Override
    public Integer call() throws CannotStart {
      JsonNode leases =
          home.operate("lease.list", new Arguments().with("agent", agent).with("run", run).json());
      output.print(
          leases,
          "No leases.",
          "lease",
          "credential",
          "kind",
          "agent",
          "run",
          "scope",
          "until",
          "state",
          "why",
          "revocation");
      return 0;
    }
  }
}
