package dev.keyward.server.cli;

import dev.keyward.server.CannotStart;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `secret`: the embedded store. Values go in and, but for `secret export`, never come out.
@Command(
    name = "secret",
    mixinStandardHelpOptions = true,
    description = "Secrets of the embedded store",
    subcommands = {
      SecretCommand.Set.class,
      SecretCommand.Rotate.class,
      SecretCommand.ListAll.class,
      SecretCommand.Versions.class,
      SecretCommand.RollBack.class,
      SecretTransfer.Import.class,
      SecretTransfer.Export.class,
      SecretCommand.Rekey.class,
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
        "The value comes from a prompt or from standard input, without the newline at its end;"
            + " never from an argument."
      })
  static final class Set extends HomeCommand {
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
        "Calls use the new value at once; the old one is still scrubbed from answers for a day,"
            + " unless config.yaml says otherwise, and can be put back until then."
      })
  static final class Rotate extends NamedCommand {
    @Override
    public Integer call() throws CannotStart {
      return store(home, output, "secret.rotate", name);
    }
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists names and versions")
  static final class ListAll extends HomeCommand {
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
      name = "versions",
      mixinStandardHelpOptions = true,
      description = "Lists the versions of a secret that are kept")
  static final class Versions extends NamedCommand {
    @Override
    public Integer call() throws CannotStart {
      JsonNode versions = home.operate("secret.versions", named().json());
      output.print(versions, "", "name", "version", "created", "held_until");
      return 0;
    }
  }

  @Command(
      name = "rollback",
      mixinStandardHelpOptions = true,
      description = "Puts the value of a replaced version back in force, as a new version")
  static final class RollBack extends NamedCommand {
    @Option(
        names = "--to",
        paramLabel = "VERSION",
        description = "Which one; default: the one that was replaced last")
    private int version;

    @Override
    public Integer call() throws CannotStart {
      var arguments = named();
      JsonNode now =
          home.operate(
              "secret.rollback",
              (version == 0 ? arguments : arguments.with("version", version)).json());
      output.print(now, "");
      return 0;
    }
  }

  @Command(
      name = "rekey",
      mixinStandardHelpOptions = true,
      description = {
        "Seals the store with a new master key.",
        "A key in a file is replaced there. One that is kept elsewhere is handed in with"
            + " --key-file, and put in the old one's place right after."
      })
  static final class Rekey extends HomeCommand {
    @Option(
        names = "--passphrase",
        description = "Lock the new key with a passphrase, from a prompt or from standard input")
    private boolean passphrase;

    @Option(names = "--key-file", paramLabel = "FILE", description = "A file with the new key")
    private @Nullable Path keyFile;

    @Override
    public Integer call() throws CannotStart {
      var arguments = new Arguments();
      if (passphrase) {
        arguments.with("passphrase", SecretInput.newPassphrase());
      }
      if (keyFile != null) {
        arguments.with("key", SecretInput.file(keyFile));
      }
      output.print(home.operate("secret.rekey", arguments.json()), "");
      System.err.println(
          "Copies of the home folder made before this open with the old key only; keep it for"
              + " them.");
      return 0;
    }
  }

  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = "Removes a secret with all its versions")
  static final class Remove extends NamedCommand {
    @Override
    public Integer call() throws CannotStart {
      JsonNode gone = home.operate("secret.remove", named().json());
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
