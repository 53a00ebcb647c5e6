package dev.keyward.server.cli;

import dev.keyward.catalog.CatalogFolder;
import dev.keyward.server.CannotStart;
import dev.keyward.server.config.ConfigFile;
import dev.keyward.server.policy.PolicyFile;
import dev.keyward.server.policy.PolicyProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `policy`: the rules.
@Command(
    name = "policy",
    mixinStandardHelpOptions = true,
    description = "The policy: which rules there are, and what they say about a call",
    subcommands = {
      PolicyCommand.Check.class,
      PolicyCommand.Explain.class,
      PolicyCommand.Show.class
    },
    synopsisSubcommandLabel = "COMMAND")
final class PolicyCommand {
  private PolicyCommand() {}

  @Command(
      name = "check",
      mixinStandardHelpOptions = true,
      description = {
        "Checks a policy file, with no broker and no secrets: its format, its conditions, and that"
            + " the catalog has the tools that it names.",
        "Exit code 4 if something is wrong."
      })
  static final class Check extends HomeCommand {
    @Parameters(
        arity = "0..1",
        paramLabel = "FILE",
        description = "Default: the one that config.yaml names")
    private @Nullable Path file;

    @Override
    public Integer call() throws IOException, CannotStart {
      Path checked = file == null ? named() : file;
      try (var catalog = CatalogFolder.open(home.home().catalog())) {
        List<PolicyProblem> problems =
            PolicyFile.problems(
                String.valueOf(checked.getFileName()),
                Files.readString(checked),
                catalog.current());
        if (output.isJson()) {
          output.print(json(problems), "");
        } else {
          problems.forEach(System.out::println);
          System.out.println("problems: " + problems.size());
        }
        return problems.isEmpty() ? 0 : Main.FOUND_SOMETHING;
      }
    }

    private Path named() throws CannotStart {
      try {
        return ConfigFile.read(home.home())
            .policy()
            .orElseThrow(
                () -> new CannotStart("config.yaml names no policy file (policy: {file: ...})"));
      } catch (ConfigFile.Unusable e) {
        throw new CannotStart(String.valueOf(e.getMessage()), e);
      }
    }

    private static JsonNode json(List<PolicyProblem> problems) {
      ObjectNode result = JsonNodeFactory.instance.objectNode();
      ArrayNode list = result.putArray("problems");
      problems.forEach(
          problem ->
              list.addObject()
                  .put("file", problem.file())
                  .put("line", problem.line())
                  .put("field", problem.field())
                  .put("rule", problem.rule()));
      return result;
    }
  }

  @Command(
      name = "explain",
      mixinStandardHelpOptions = true,
      description = "Says what would become of a call now, and what every rule says about it")
  static final class Explain extends HomeCommand {
    @Option(names = "--agent", required = true, paramLabel = "NAME", description = "Who would call")
    private String agent = "";

    @Option(
        names = "--run",
        paramLabel = "RUN",
        description = "In which run, for what it has done; default: a new one")
    private String run = "";

    @Option(names = "--for", paramLabel = "PERSON", description = "On whose behalf")
    private String person = "";

    @Option(names = "--claimed", description = "The person is only claimed, not verified")
    private boolean claimed;

    @Option(names = "--args", paramLabel = "JSON", description = "With which arguments")
    private String arguments = "{}";

    @Parameters(paramLabel = "TOOL", description = "For example crm.read_ticket")
    private String tool = "";

    @Override
    public Integer call() throws CannotStart {
      ObjectNode asked =
          new Arguments()
              .with("agent", agent)
              .with("run", run)
              .with("for", person)
              .with("args", arguments)
              .with("tool", tool)
              .json();
      asked.put("claimed", claimed);
      printed(output, home.operate("policy.explain", asked), "rule", "effect", "mode", "says");
      return 0;
    }
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Shows the rules that count")
  static final class Show extends HomeCommand {
    @Override
    public Integer call() throws CannotStart {
      JsonNode shown = home.operate("policy.show", new Arguments().json());
      printed(
          output,
          shown,
          "rule",
          "effect",
          "mode",
          "tools",
          "tiers",
          "agents",
          "agent_types",
          "workspaces",
          "when");
      return 0;
    }
  }

  /// Prints the rules as a table under the rest.
  private static void printed(Output output, JsonNode result, String... columns) {
    if (output.isJson()) {
      output.print(result, "");
      return;
    }
    ObjectNode rest = result.asObject().deepCopy();
    JsonNode rules = rest.remove("rules");
    output.print(rest, "");
    System.out.println();
    output.print(rules, "No rules; the tiers decide.", columns);
  }
}
