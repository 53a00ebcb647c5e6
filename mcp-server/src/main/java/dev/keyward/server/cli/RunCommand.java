package dev.keyward.server.cli;

import dev.keyward.server.CannotStart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `run`: single jobs of agents, each with a token that can do less than the agent's key.
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Runs: one job of an agent, with what it may do and until when",
    subcommands = {
      RunCommand.Open.class,
      RunCommand.ListOpen.class,
      RunCommand.Show.class,
      RunCommand.Proposals.class,
      RunCommand.End.class
    },
    synopsisSubcommandLabel = "COMMAND")
final class RunCommand {
  private RunCommand() {}

  @Command(
      name = "open",
      mixinStandardHelpOptions = true,
      description = {
        "Opens a run and prints its token, once; clients show it in place of the agent's key.",
        "Without any bound it may do what its agent may."
      })
  static final class Open extends HomeCommand {
    @Spec private @Nullable CommandSpec spec;

    @Option(names = "--agent", required = true, paramLabel = "NAME", description = "Who acts in it")
    private String agent = "";

    @Option(
        names = "--purpose",
        required = true,
        paramLabel = "TEXT",
        description = "What it is for, in a line; people read it")
    private String purpose = "";

    @Option(names = "--workflow", paramLabel = "WORD", description = "What runs of this kind share")
    private @Nullable String workflow;

    @Option(
        names = "--delegator",
        paramLabel = "PERSON",
        description = "For whom it acts, as you claim; that confers nothing")
    private @Nullable String delegator;

    @Option(
        names = "--mode",
        paramLabel = "MODE",
        description = "autonomous, or advisory: writes are recorded as proposals and never sent")
    private @Nullable String mode;

    @Option(names = "--minutes", paramLabel = "N", description = "How long it lives; default: 60")
    private @Nullable Integer minutes;

    @Option(
        names = "--tools",
        split = ",",
        paramLabel = "TOOL",
        description = "What it may call: names or crm.*, with commas between")
    private List<String> tools = new ArrayList<>();

    @Option(
        names = "--tiers",
        split = ",",
        paramLabel = "TIER",
        description = "read, write, dangerous_write")
    private List<String> tiers = new ArrayList<>();

    @Option(
        names = "--where",
        paramLabel = "CONDITION",
        description = "Which records, in CEL on the arguments, for example 'ticket_id == \"4812\"'")
    private List<String> where = new ArrayList<>();

    @Option(names = "--calls", paramLabel = "N", description = "How many calls it may make")
    private @Nullable Integer calls;

    @Option(
        names = "--budget",
        paramLabel = "ARGUMENT=SUM",
        description = "What an argument may add up to over all calls, for example amount=5000")
    private Map<String, BigDecimal> budget = new LinkedHashMap<>();

    @Option(
        names = "--given",
        paramLabel = "KIND=ID",
        description = "An id that it may use where the catalog asks for one that it was shown")
    private List<String> given = new ArrayList<>();

    @Option(
        names = "--grants",
        paramLabel = "FILE",
        description = "A JSON list of grants, in place of the bounds above")
    private @Nullable Path grants;

    @Override
    public Integer call() throws CannotStart {
      ObjectNode request =
          new Arguments()
              .with("agent", agent)
              .with("purpose", purpose)
              .with("workflow", workflow)
              .with("delegator", delegator)
              .with("mode", mode)
              .json();
      if (minutes != null) {
        request.put("minutes", minutes);
      }
      addGrants(request);
      addGiven(request);
      printToken(home.operate("run.open", request));
      return 0;
    }

    private void addGrants(ObjectNode request) {
      ObjectNode grant = grant();
      if (grants != null && !grant.isEmpty()) {
        throw wrong("--grants stands in place of --tools, --tiers, --where, --calls and --budget");
      }
      if (grants != null) {
        request.set("grants", read(grants));
      } else if (!grant.isEmpty()) {
        request.putArray("grants").add(grant);
      }
    }

    private ObjectNode grant() {
      var grant = new Arguments();
      if (!tools.isEmpty()) {
        grant.with("tools", tools);
      }
      if (!tiers.isEmpty()) {
        grant.with("tiers", tiers);
      }
      if (!where.isEmpty()) {
        grant.with("where", where);
      }
      if (calls != null) {
        grant.with("calls", calls);
      }
      if (budget.size() > 1) {
        throw wrong("--budget may stand once; a file for --grants can hold several grants");
      }
      budget.forEach(
          (sum, most) -> grant.json().putObject("budget").put("sum", sum).put("at_most", most));
      return grant.json();
    }

    private JsonNode read(Path file) {
      try {
        return JsonMapper.shared().readTree(Files.readString(file));
      } catch (IOException e) {
        throw new UncheckedIOException("the file of --grants cannot be read", e);
      } catch (JacksonException e) {
        throw wrong("the file of --grants is not JSON");
      }
    }

    private void addGiven(ObjectNode request) {
      if (given.isEmpty()) {
        return;
      }
      ObjectNode byKind = JsonNodeFactory.instance.objectNode();
      for (String pair : given) {
        int equals = pair.indexOf('=');
        if (equals < 1) {
          throw wrong("--given must be KIND=ID, for example ticket=4812");
        }
        byKind.withArray("/" + pair.substring(0, equals)).add(pair.substring(equals + 1));
      }
      request.set("given", byKind);
    }

    private ParameterException wrong(String message) {
      return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }

    /// The token alone goes to standard output, so that it can be piped to where it belongs.
    private void printToken(JsonNode run) {
      if (output.isJson()) {
        output.print(run, "");
        return;
      }
      System.err.println(
          "The token of "
              + run.path("run").asString()
              + ", shown once, until "
              + run.path("expires").asString()
              + ":");
      System.out.println(run.path("token").asString());
    }
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists open runs, not their tokens")
  static final class ListOpen extends HomeCommand {
    @Option(names = "--agent", paramLabel = "NAME", description = "Only of this agent")
    private @Nullable String agent;

    @Override
    public Integer call() throws CannotStart {
      output.print(
          home.operate("run.list", new Arguments().with("agent", agent).json()),
          "No run is open; open one with: keyward run open --agent NAME --purpose TEXT",
          "run",
          "agent",
          "mode",
          "purpose",
          "expires",
          "parent");
      return 0;
    }
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Shows an open run with its grants and what has been used of them")
  static final class Show extends HomeCommand {
    @Parameters(paramLabel = "RUN", description = "run_…")
    private String run = "";

    @Override
    public Integer call() throws CannotStart {
      output.print(home.operate("run.show", new Arguments().with("run", run).json()), "");
      return 0;
    }
  }

  @Command(
      name = "proposals",
      mixinStandardHelpOptions = true,
      description = "Lists what an advisory run would have done, arguments included; newest first")
  static final class Proposals extends HomeCommand {
    @Parameters(paramLabel = "RUN", description = "run_…")
    private String run = "";

    @Override
    public Integer call() throws CannotStart {
      output.print(
          home.operate("run.proposals", new Arguments().with("run", run).json()),
          "It has proposed nothing.",
          "at",
          "tool",
          "arguments",
          "call");
      return 0;
    }
  }

  @Command(
      name = "end",
      mixinStandardHelpOptions = true,
      description = "Ends a run and every run that was opened in it, at once")
  static final class End extends HomeCommand {
    @Parameters(paramLabel = "RUN", description = "run_…")
    private String run = "";

    @Override
    public Integer call() throws CannotStart {
      output.print(home.operate("run.end", new Arguments().with("run", run).json()), "");
      return 0;
    }
  }
}
