package dev.keyward.server.cli;

import dev.keyward.server.CannotStart;
import dev.keyward.server.control.OperatorError;
import dev.keyward.server.terminal.PeoplePages;
import dev.keyward.server.terminal.ShownRequest;
import java.io.Console;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// `approvals`: what people were asked. Deciding takes a person: on the page, or at a terminal that
/// they have let in there.
@Command(
    name = "approvals",
    mixinStandardHelpOptions = true,
    description = {
      "What people were asked; and their decisions, at a terminal that they have let in.",
      "list and show tell what that person may see; with --home, or where nobody is signed in,"
          + " what the operator of the home folder may."
    },
    subcommands = {
      ApprovalsCommand.ListAll.class,
      ApprovalsCommand.Show.class,
      ApprovalsCommand.Stats.class,
      ApprovalsCommand.Suggest.class,
      ApprovalsCommand.Reviews.class,
      ApprovalsLoginCommand.class,
      ApprovalsCommand.Logout.class,
      ApprovalsCommand.Approve.class,
      ApprovalsCommand.Deny.class,
      ApprovalsCommand.Prolong.class,
      ApprovalsCommand.Watch.class
    },
    synopsisSubcommandLabel = "COMMAND")
final class ApprovalsCommand {
  private static final int LIMIT = 50;
  private static final int DAYS = 30;
  private static final int LEAST = 10;
  private static final int SHORT_NAME = 6;
  private static final String[] COLUMNS = {
    "approval", "state", "waits_for", "kind", "agent", "summary", "expires", "note"
  };

  private ApprovalsCommand() {}

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists requests, newest first; for a signed-in person, the most urgent first")
  static final class ListAll extends HomeCommand {
    @Mixin private final TerminalOption terminal = new TerminalOption();

    @Option(names = "--state", paramLabel = "STATE", description = "For example pending")
    private @Nullable String state;

    @Option(names = "--limit", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}")
    private int limit = LIMIT;

    @Override
    public Integer call() throws CannotStart, IOException {
      JsonNode requests = !home.named() && terminal.signedIn() ? seen() : operator();
      output.print(requests, "No requests.", COLUMNS);
      return 0;
    }

    private JsonNode operator() throws CannotStart {
      var arguments = new Arguments().with("state", state).with("limit", limit);
      return home.operate("approvals.list", arguments.json());
    }

    private JsonNode seen() throws IOException {
      ArrayNode list = JsonNodeFactory.instance.arrayNode();
      try (PeoplePages pages = terminal.pages()) {
        for (JsonNode request : pages.get("approvals").path("requests")) {
          if (list.size() < limit
              && (state == null || request.path("state").asString("").equals(state))) {
            list.add(request);
          }
        }
      }
      return list;
    }
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows one request whole")
  static final class Show extends HomeCommand {
    @Mixin private final TerminalOption terminal = new TerminalOption();

    @Parameters(paramLabel = "APPROVAL", description = "apr_…")
    private String approval = "";

    @Override
    public Integer call() throws CannotStart, IOException {
      if (home.named() || !terminal.signedIn()) {
        var arguments = new Arguments().with("approval", approval);
        output.print(home.operate("approvals.show", arguments.json()), "");
        return 0;
      }
      try (PeoplePages pages = terminal.pages()) {
        ShownRequest shown = TerminalCommand.shown(pages, approval);
        if (output.isJson()) {
          output.print(shown.json(), "");
        } else {
          new RequestText(System.out).print(shown);
        }
      }
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

  @Command(
      name = "suggest",
      mixinStandardHelpOptions = true,
      description = {
        "Prints rules that would let run what people have always confirmed, ready for the policy's"
            + " file, each with what speaks for it.",
        "Changes nothing: read them, narrow them, and paste what is right."
      })
  static final class Suggest extends HomeCommand {
    @Option(names = "--days", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}")
    private int days = DAYS;

    @Option(
        names = "--least",
        paramLabel = "N",
        description = "So many calls have to have been approved; default: ${DEFAULT-VALUE}")
    private int least = LEAST;

    @Override
    public Integer call() throws CannotStart {
      var arguments = new Arguments().with("days", days).with("least", least);
      JsonNode suggested = home.operate("approvals.suggest", arguments.json());
      if (output.isJson() || suggested.isEmpty()) {
        output.print(suggested, "Nothing to suggest.");
        return 0;
      }
      System.out.println("rules:");
      for (JsonNode each : suggested) {
        each.path("yaml").asString("").lines().map(Output::visible).forEach(System.out::println);
      }
      return 0;
    }
  }

  @Command(
      name = "reviews",
      mixinStandardHelpOptions = true,
      description = "Lists where the glass was broken; a review is open until somebody closes it")
  static final class Reviews extends HomeCommand {
    @Override
    public Integer call() throws CannotStart {
      output.print(
          home.operate("approvals.reviews", new Arguments().json()),
          "The glass was never broken.",
          "approval",
          "review",
          "tool",
          "broken_by",
          "ticket",
          "reason",
          "closed_by",
          "justified");
      return 0;
    }
  }

  @Command(name = "logout", mixinStandardHelpOptions = true, description = "Ends what login began")
  static final class Logout extends TerminalCommand {
    @Override
    public Integer call() throws IOException {
      try (PeoplePages pages = terminal.pages()) {
        pages.post("sign-out", Map.of());
      } finally {
        terminal.file().delete();
      }
      return 0;
    }
  }

  @Command(
      name = "approve",
      mixinStandardHelpOptions = true,
      description = {
        "Approves one request once, as the person who has let this terminal in.",
        "Shows it and asks, or takes the digest that show has printed; what has changed since then"
            + " is not approved. What takes a passkey is approved on the page."
      })
  static final class Approve extends TerminalCommand {
    @Parameters(paramLabel = "APPROVAL", description = "apr_…")
    private String approval = "";

    @Option(
        names = "--view",
        paramLabel = "DIGEST",
        description = "The first 16 digits or more of the view that you were shown")
    private @Nullable String view;

    @Option(names = "--reason", paramLabel = "WORDS", description = "The agent may read it")
    private String reason = "";

    @Override
    public Integer call() throws IOException {
      try (PeoplePages pages = terminal.pages()) {
        ShownRequest shown = shown(pages, approval);
        if (!shown.json().path("may_approve").asBoolean(false)) {
          throw new OperatorError(
              Output.visible(shown.json().path("why_not").asString(""))
                  + " "
                  + Output.visible(shown.json().path("page").asString("")));
        }
        if (view == null) {
          new RequestText(System.out).print(shown);
          confirm(approval);
        } else if (!shown.is(view)) {
          throw new OperatorError(
              "nothing was approved: what you were shown is not what is asked, or --view has fewer"
                  + " than "
                  + ShownRequest.SHORTEST
                  + " digits of it");
        }
        tell(decide(pages, approval, shown, "approve", reason));
      }
      return 0;
    }

    @SuppressWarnings("SystemConsoleNull") // NullAway and the JDK's contract disagree on null here
    private static void confirm(String approval) {
      String name = approval.substring(Math.max(0, approval.length() - SHORT_NAME));
      Console console =
          Optional.ofNullable(System.console())
              .filter(Console::isTerminal)
              .orElseThrow(
                  () ->
                      new OperatorError(
                          "nothing was approved: nobody is there to ask; show it, and then give"
                              + " --view"));
      String typed =
          console.readLine("Type %s, the end of its name, to approve exactly this: ", name);
      if (!name.equals(typed)) {
        throw new OperatorError("nothing was approved");
      }
    }
  }

  @Command(
      name = "deny",
      mixinStandardHelpOptions = true,
      description = "Denies one request, as the person who has let this terminal in")
  static final class Deny extends TerminalCommand {
    @Parameters(paramLabel = "APPROVAL", description = "apr_…")
    private String approval = "";

    @Option(names = "--reason", paramLabel = "WORDS", description = "The agent reads it")
    private String reason = "";

    @Option(
        names = "--cool-down",
        description = "Refuse the tool to the agent and those it works with for 10 minutes, too")
    private boolean coolDown;

    @Option(names = "--stop-run", description = "Stop the run, too")
    private boolean stopRun;

    @Override
    public Integer call() throws IOException {
      String decision = stopRun ? "deny_stop_run" : coolDown ? "deny_cool_down" : "deny";
      try (PeoplePages pages = terminal.pages()) {
        tell(decide(pages, approval, shown(pages, approval), decision, reason));
      }
      return 0;
    }
  }

  @Command(
      name = "prolong",
      mixinStandardHelpOptions = true,
      description = {
        "Keeps an undecided request open for as long as a new one would be, as the person who has"
            + " let this terminal in.",
        "Decides nothing. Possible for eleven such times in all, and for one after the first"
            + " approval where two must agree."
      })
  static final class Prolong extends TerminalCommand {
    @Parameters(paramLabel = "APPROVAL", description = "apr_…")
    private String approval = "";

    @Override
    public Integer call() throws IOException {
      try (PeoplePages pages = terminal.pages()) {
        tell(prolong(pages, approval));
      }
      return 0;
    }
  }

  @Command(
      name = "watch",
      mixinStandardHelpOptions = true,
      description = "Prints what waits, and then each request that comes or changes, until Ctrl-C")
  static final class Watch extends TerminalCommand {
    private final Map<String, String> printed = new HashMap<>();

    @Override
    public Integer call() throws IOException {
      try (PeoplePages pages = terminal.pages()) {
        for (boolean first = true; ; first = false) {
          JsonNode queue = pages.get("approvals");
          for (JsonNode request : queue.path("requests")) {
            note(request, first);
          }
          pages.await(queue.path("seen").asLong(0));
        }
      }
    }

    /// Of what is over at first nothing is said.
    private void note(JsonNode request, boolean first) {
      String state = request.path("state").asString("");
      boolean news = !state.equals(printed.put(request.path("approval").asString(""), state));
      if (!news || (first && !request.path("open").asBoolean(false))) {
        return;
      }
      System.out.println(output.isJson() ? request.toString() : line(request));
    }

    private static String line(JsonNode request) {
      var line = new StringBuilder();
      for (String field : new String[] {"state", "approval", "tool", "agent", "summary"}) {
        line.append(request.path(field).asString("")).append("  ");
      }
      return Output.visible(line.toString().strip());
    }
  }
}
