package dev.keyward.server.cli;

import dev.keyward.server.CannotStart;
import picocli.CommandLine.Command;

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
  static final class ListAll extends HomeCommand {
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
  static final class Remove extends NamedCommand {
    @Override
    public Integer call() throws CannotStart {
      var arguments = named();
      output.print(home.operate("connection.remove", arguments.json()), "");
      return 0;
    }
  }
}
