package dev.keyward.server.cli;

import dev.keyward.server.CannotStart;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `approvals`: what people were asked. Deciding needs a signed-in person, on the page.
@Command(
    name = "approvals",
    mixinStandardHelpOptions = true,
    description = "What people were asked, and what they said; they decide on the page",
    subcommands = {
      ApprovalsCommand.ListAll.class,
      ApprovalsCommand.Show.class,
      ApprovalsCommand.Stats.class
    },
    synopsisSubcommandLabel = "COMMAND")
final class ApprovalsCommand {
  private static final int LIMIT = 50;
  private static final int DAYS = 30;

  private ApprovalsCommand() {}

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists requests, newest first")
  static final class ListAll extends HomeCommand {
    @Option(names = "--state", paramLabel = "STATE", description = "For example pending")
    private @Nullable String state;

    @Option(names = "--limit", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}")
    private int limit = LIMIT;

    @Override
    public Integer call() throws CannotStart {
      var arguments = new Arguments().with("state", state).with("limit", limit);
      JsonNode requests = home.operate("approvals.list", arguments.json());
      output.print(
          requests, "No requests.", "approval", "state", "kind", "agent", "summary", "expires");
      return 0;
    }
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows one request whole")
  static final class Show extends HomeCommand {
    @Parameters(paramLabel = "APPROVAL", description = "apr_…")
    private String approval = "";

    @Override
    public Integer call() throws CannotStart {
      var arguments = new Arguments().with("approval", approval);
      output.print(home.operate("approvals.show", arguments.json()), "");
      return 0;
    }
  }

  @Command(
      name = "stats",
      mixinStandardHelpOptions = true,
      description = "Tells how people decide, and who approves faster than anybody reads")
  static final class Stats extends HomeCommand {
    @Option(names = "--days", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}")
    private int days = DAYS;

    @Override
    public Integer call() throws CannotStart {
      JsonNode habits = home.operate("approvals.stats", new Arguments().with("days", days).json());
      output.print(
          habits,
          "Nobody has decided on anything.",
          "person",
          "decisions",
          "approved_percent",
          "median_s",
          "within_2_s",
          "warning");
      return 0;
    }
  }
}
