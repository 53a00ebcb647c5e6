package dev.keyward.server.cli;

import dev.keyward.server.CannotStart;
import dev.keyward.server.Keyward;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// `keyward`: reads the command line and does what it says.
@Command(
    name = "keyward",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = {
      "A credential broker for AI agents: an MCP server that calls catalogued tools with keys that"
          + " only it holds.",
      "",
      "  keyward demo                 shows all of it in half a minute",
      "  keyward init                 makes a home folder",
      "  keyward serve                runs the broker",
      ""
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Each command has --help. The home folder is --home FOLDER after the command,",
      "else KEYWARD_HOME, else ~/.keyward. The launcher adds bench, which measures",
      "the broker, and in a checkout dist, which packs it.",
      "",
      "Exit codes: 0 done; 1 could not be done, and why stands on standard error; 2 the command"
          + " line is wrong; 3 the broker cannot start; 4 a check found something wrong; 69 and 77"
          + " (stdio) no broker answers, or it refuses the key; 70 the launcher failed."
    })
public final class Main implements Runnable {
  static final int NOT_DONE = 1;
  static final int CANNOT_START = 3;
  static final int FOUND_SOMETHING = 4;

  /// What there is, in the order of the help. Reading all their annotations takes longer than most
  /// commands do, so a command line that begins with a name gets that one alone.
  private static final Map<String, Class<?>> COMMANDS =
      commands(
          DemoCommand.class,
          InitCommand.class,
          ServeCommand.class,
          StdioCommand.class,
          PersonCommand.class,
          AgentCommand.class,
          RunCommand.class,
          SecretCommand.class,
          LeaseCommand.class,
          ConnectCommand.class,
          ConnectionsCommand.class,
          CatalogCommand.class,
          PolicyCommand.class,
          ApprovalsCommand.class,
          NotifyCommand.class,
          StopCommand.class,
          ResumeCommand.class,
          AccessCommand.class,
          AuditCommand.class,
          BackupCommand.class,
          DoctorCommand.class,
          RedactCommand.class,
          CommandLine.HelpCommand.class);

  /// Needed by the library.
  public Main() {}

  /// Runs one command and ends with its exit code.
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /// {@return the exit code of the command}
  public static int run(String... arguments) {
    Logs.quiet();
    return line(arguments)
        .setExecutionExceptionHandler(Main::complain)
        .setParameterExceptionHandler(Main::misread)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .execute(arguments);
  }

  private static CommandLine line(String... arguments) {
    var line = new CommandLine(new Main());
    Class<?> named = arguments.length == 0 ? null : COMMANDS.get(arguments[0]);
    if (named == null || named == CommandLine.HelpCommand.class) {
      COMMANDS.values().forEach(line::addSubcommand);
    } else {
      line.addSubcommand(named);
    }
    return line;
  }

  /// `AgentCommand` calls itself `agent`, and so on.
  private static Map<String, Class<?>> commands(Class<?>... all) {
    var commands = new LinkedHashMap<String, Class<?>>();
    for (Class<?> each : all) {
      String name = each.getSimpleName().replace("Command", "");
      commands.put(name.toLowerCase(Locale.ROOT), each);
    }
    return commands;
  }

  @Override
  public void run() {
    CommandLine.usage(this, System.out);
  }

  private static int complain(
      Exception problem, CommandLine command, CommandLine.ParseResult parsed) {
    PrintWriter err = command.getErr();
    err.println("keyward: " + Complaint.of(problem));
    return problem instanceof CannotStart ? CANNOT_START : NOT_DONE;
  }

  private static int misread(CommandLine.ParameterException problem, String[] arguments) {
    CommandLine command = problem.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("keyward: " + problem.getMessage());
    if (problem instanceof CommandLine.UnmatchedArgumentException unmatched
        && unmatched.getUnmatched().contains("--home")) {
      err.println("--home FOLDER goes after the command that takes it");
    }
    CommandLine.UnmatchedArgumentException.printSuggestions(problem, err);
    err.println("See: " + command.getCommandSpec().qualifiedName() + " --help");
    return CommandLine.ExitCode.USAGE;
  }

  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"keyward " + Keyward.VERSION};
    }
  }
}
