package dev.keyward.server.cli;

import dev.keyward.server.CannotStart;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `connections`: the accounts that people have connected.
@Command(
    name = "connections",
    mixinStandardHelpOptions = true,
    description = "Accounts that people have connected, see: keyward connect",
    subcommands = {ConnectionsCommand.ListAll.class, ConnectionsCommand.Remove.class},
    synopsisSubcommandLabel = "COMMAND")
final class ConnectionsCommand {
  private ConnectionsCommand() {}

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the accounts")
  static final class ListAll implements Callable<Integer> {
    @Mixin private HomeOption home = new HomeOption();
    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws CannotStart {
      output.print(
          home.operate("connection.list", new Arguments().json()),
          "No credential in config.yaml is of kind oauth_refresh_token.",
          "name",
          "state",
          "scope",
          "connected",
          "used");
      return 0;
    }
  }

  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = "Gives an account's refresh token back at its issuer, and forgets it")
  static final class Remove implements Callable<Integer> {
    @Mixin private HomeOption home = new HomeOption();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "NAME")
    private String name = "";

    @Override
    public Integer call() throws CannotStart {
      var arguments = new Arguments().with("name", name);
      output.print(home.operate("connection.remove", arguments.json()), "");
      return 0;
    }
  }
}
