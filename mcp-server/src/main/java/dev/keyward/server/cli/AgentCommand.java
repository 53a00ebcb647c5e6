package dev.keyward.server.cli;

import dev.keyward.server.CannotStart;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `agent`: programs with an identity of their own.
@Command(
    name = "agent",
    mixinStandardHelpOptions = true,
    description = "Agents: their keys, owners and tools",
    subcommands = {
      AgentCommand.Add.class,
      AgentCommand.ListAll.class,
      AgentCommand.Rotate.class,
      AgentCommand.Tools.class,
      AgentCommand.Revoke.class
    },
    synopsisSubcommandLabel = "COMMAND")
final class AgentCommand {
  private static final int DAYS = 90;

  private AgentCommand() {}

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = "Adds an agent and prints its key, once")
  static final class Add extends HomeCommand {
    @Parameters(paramLabel = "NAME", description = "For example triage-1")
    private String name = "";

    @Option(
        names = "--owner",
        required = true,
        paramLabel = "PERSON",
        description = "Who answers for it, and confirms its writes")
    private String owner = "";

    @Option(
        names = "--tools",
        split = ",",
        paramLabel = "TOOL",
        description = "What it may see: names or crm.*, with commas between; none by default")
    private List<String> tools = new ArrayList<>();

    @Option(names = "--type", paramLabel = "TYPE", description = "What kind, for example triage")
    private @Nullable String type;

    @Option(names = "--workspace", paramLabel = "NAME", description = "The team or tenant")
    private @Nullable String workspace;

    @Option(
        names = "--tool-names",
        paramLabel = "FORM",
        description = "canonical (crm.read_ticket) or safe (crm_read_ticket)")
    private @Nullable String toolNames;

    @Option(
        names = "--days",
        paramLabel = "N",
        description = "How long the key lives; default: ${DEFAULT-VALUE}")
    private int days = DAYS;

    @Option(
        names = "--no-key",
        description = "It comes with tokens of an issuer in config.yaml; it gets a key by rotate")
    private boolean noKey;

    @Override
    public Integer call() throws CannotStart {
      var arguments =
          new Arguments()
              .with("name", name)
              .with("owner", owner)
              .with("tools", tools)
              .with("type", type)
              .with("workspace", workspace)
              .with("tool_names", toolNames)
              .with("days", days)
              .with("no_key", noKey);
      printKey(output, home.operate("agent.add", arguments.json()));
      return 0;
    }
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists agents, not keys")
  static final class ListAll extends HomeCommand {
    @Override
    public Integer call() throws CannotStart {
      JsonNode agents = home.operate("agent.list", new Arguments().json());
      output.print(
          agents,
          "No agents yet; add one with: keyward agent add NAME --owner PERSON --tools TOOL",
          "name",
          "type",
          "workspace",
          "owner",
          "tools",
          "key_expires",
          "revoked");
      return 0;
    }
  }

  @Command(
      name = "rotate",
      mixinStandardHelpOptions = true,
      description = "Prints a new key, once; the old one ends at once, and with it the agent's run")
  static final class Rotate extends NamedCommand {
    @Option(
        names = "--days",
        paramLabel = "N",
        description = "How long the key lives; default: ${DEFAULT-VALUE}")
    private int days = DAYS;

    @Override
    public Integer call() throws CannotStart {
      var arguments = named().with("days", days);
      printKey(output, home.operate("agent.rotate", arguments.json()));
      return 0;
    }
  }

  @Command(
      name = "tools",
      mixinStandardHelpOptions = true,
      description =
          "Gives an agent other tools in place of those that it has; counts at once, also for what"
              + " people have approved already")
  static final class Tools extends NamedCommand {
    @Option(
        names = "--tools",
        required = true,
        split = ",",
        paramLabel = "TOOL",
        description = "All that it may see: names or crm.*, with commas between")
    private List<String> tools = new ArrayList<>();

    @Override
    public Integer call() throws CannotStart {
      var arguments = named().with("tools", tools);
      output.print(home.operate("agent.tools", arguments.json()), "");
      return 0;
    }
  }

  @Command(
      name = "revoke",
      mixinStandardHelpOptions = true,
      description = "Ends an agent for good: the next request with its key is refused")
  static final class Revoke extends NamedCommand {
    @Override
    public Integer call() throws CannotStart {
      JsonNode gone = home.operate("agent.revoke", named().json());
      output.print(gone, "");
      return 0;
    }
  }

  /// The key alone goes to standard output, so that it can be piped to where it belongs.
  private static void printKey(Output output, JsonNode agent) {
    if (output.isJson()) {
      output.print(agent, "");
      return;
    }
    if (agent.has("key")) {
      System.err.println(
          "The key of "
              + agent.path("name").asString()
              + ", shown once, until "
              + agent.path("expires").asString()
              + ":");
      System.out.println(agent.path("key").asString());
    }
    Output.warn(agent);
  }
}
