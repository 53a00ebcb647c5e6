package dev.keyward.server.cli;

import dev.keyward.server.CannotStart;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `notify`: the ways by which people are told elsewhere that something waits for them.
@Command(
    name = "notify",
    mixinStandardHelpOptions = true,
    description = "The ways by which people are told that something waits for them",
    subcommands = NotifyCommand.Test.class,
    synopsisSubcommandLabel = "COMMAND")
final class NotifyCommand {
  private NotifyCommand() {}

  @Command(
      name = "test",
      mixinStandardHelpOptions = true,
      description = "Sends a message that tells of nothing, and says whether it arrived")
  static final class Test extends HomeCommand {
    @Parameters(paramLabel = "WAY", description = "webhook, email, slack or teams")
    private String way = "";

    @Option(names = "--person", paramLabel = "NAME", description = "Who gets it, by email")
    private @Nullable String person;

    @Override
    public Integer call() throws CannotStart {
      var arguments = new Arguments().with("way", way).with("person", person);
      output.print(home.operate("notify.test", arguments.json()), "");
      return 0;
    }
  }
}
