package dev.keyward.server.cli;

import dev.keyward.catalog.CatalogFolder;
import dev.keyward.catalog.CatalogProblem;
import dev.keyward.server.CannotStart;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `catalog`: the tools.
@Command(
    name = "catalog",
    mixinStandardHelpOptions = true,
    description = "The catalog: which tools there are, and what is wrong with its files",
    subcommands = {
      CatalogCommand.Check.class,
      CatalogCommand.ListAll.class,
      CatalogCommand.Show.class
    },
    synopsisSubcommandLabel = "COMMAND")
final class CatalogCommand {
  private CatalogCommand() {}

  @Command(
      name = "check",
      mixinStandardHelpOptions = true,
      description = {
        "Checks the files of a catalog folder, with no broker and no secrets.",
        "Exit code 4 if something is wrong."
      })
  static final class Check extends HomeCommand {
    @Parameters(arity = "0..1", paramLabel = "FOLDER", description = "Default: the home's catalog")
    private @Nullable Path folder;

    @Override
    public Integer call() {
      Path checked = folder == null ? home.home().catalog() : folder;
      try (var catalog = CatalogFolder.open(checked)) {
        List<CatalogProblem> problems = catalog.problems();
        int tools = catalog.current().tools().size();
        if (output.isJson()) {
          output.print(json(tools, problems), "");
        } else {
          problems.forEach(System.out::println);
          System.out.println("tools: " + tools + ", problems: " + problems.size());
        }
        return problems.isEmpty() ? 0 : Main.FOUND_SOMETHING;
      }
    }

    private static JsonNode json(int tools, List<CatalogProblem> problems) {
      ObjectNode result = JsonNodeFactory.instance.objectNode().put("tools", tools);
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

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the tools")
  static final class ListAll extends HomeCommand {
    @Override
    public Integer call() throws CannotStart {
      JsonNode tools = home.operate("catalog.list", new Arguments().json());
      output.print(
          tools,
          "No tools yet; see: keyward catalog check",
          "name",
          "tier",
          "title",
          "origin",
          "credential",
          "standing");
      return 0;
    }
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows one tool whole")
  static final class Show extends HomeCommand {
    @Parameters(paramLabel = "TOOL", description = "For example crm.read_ticket")
    private String tool = "";

    @Override
    public Integer call() throws CannotStart {
      output.print(home.operate("catalog.show", new Arguments().with("tool", tool).json()), "");
      return 0;
    }
  }
}
