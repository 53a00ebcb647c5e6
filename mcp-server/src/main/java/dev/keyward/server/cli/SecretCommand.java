package dev.keyward.server.cli;

import dev.keyward.server.CannotStart;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `secret`: the embedded store. Values go in and never come out.
@Command(
    name = "secret",
    mixinStandardHelpOptions = true,
    description = "Secrets of the embedded store; values go in and never come out",
    subcommands = {
      SecretCommand.Set.class,
      SecretCommand.Rotate.class,
      SecretCommand.ListAll.class,
      SecretCommand.Remove.class
    },
    synopsisSubcommandLabel = "COMMAND")
final class SecretCommand {
  private SecretCommand() {}

  @Command(
      name = "set",
      mixinStandardHelpOptions = true,
      description = {
        "Stores a secret that is not there yet.",
        "The value comes from a prompt or from standard input, without the newline at its end; never"
            + " from an argument."
      })
  static final class Set implements Callable<Integer> {
    @Mixin private HomeOption home = new HomeOption();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "NAME", description = "As the catalog names it, for example crm#token")
    private String name = "";

    @Override
    public Integer call() throws CannotStart {
      return store(home, output, "secret.set", name);
    }
  }

  @Command(
      name = "rotate",
      mixinStandardHelpOptions = true,
      description = {
        "Replaces a secret.",
        "Calls use the new value at once; the old one is still scrubbed from answers for a day."
      })
  static final class Rotate implements Callable<Integer> {
    @Mixin private HomeOption home = new HomeOption();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "NAME")
    private String name = "";

    @Override
    public Integer call() throws CannotStart {
      return store(home, output, "secret.rotate", name);
    }
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists names and versions")
  static final class ListAll implements Callable<Integer> {
    @Mixin private HomeOption home = new HomeOption();
    @Mixin private Output output = new Output();

    @Override
    public Integer call() throws CannotStart {
      JsonNode secrets = home.operate("secret.list", new Arguments().json());
      output.print(
          secrets,
          "No secrets yet; store one with: keyward secret set NAME",
          "name",
          "version",
          "created",
          "held_until");
      return 0;
    }
  }

  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = "Removes a secret with all its versions")
  static final class Remove implements Callable<Integer> {
    @Mixin private HomeOption home = new HomeOption();
    @Mixin private Output output = new Output();

    @Parameters(paramLabel = "NAME")
    private String name = "";

    @Override
    public Integer call() throws CannotStart {
      JsonNode gone = home.operate("secret.remove", new Arguments().with("name", name).json());
      output.print(gone, "");
      return 0;
    }
  }

  private static int store(HomeOption home, Output output, String command, String name)
      throws CannotStart {
    var arguments = new Arguments().with("name", name).with("value", SecretInput.read(name));
    output.print(home.operate(command, arguments.json()), "");
    return 0;
  }
}
