package dev.keyward.server.cli;

import dev.keyward.catalog.ExampleCatalogs;
import dev.keyward.server.audit.SigningKey;
import dev.keyward.server.config.ConfigFile;
import dev.keyward.server.config.Home;
import dev.keyward.server.control.OperatorError;
import dev.keyward.server.credential.MasterKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `init`: makes a home folder. Nothing that exists is ever overwritten.
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    description = {
      "Makes a home folder: settings, keys and an example catalog file.",
      "Refuses a folder that has anything in it."
    })
final class InitCommand implements Callable<Integer> {
  private static final String EXAMPLE = "stripe.yaml";

  @Mixin private HomeOption home = new HomeOption();

  @Override
  public Integer call() throws IOException {
    make(home.home());
    System.out.println("Made the home folder " + home.home().folder());
    for (String next :
        List.of(
            "Next:",
            "  keyward person add NAME --role reviewer     somebody who owns agents and decides",
            "  keyward secret set stripe#api_key           the key behind catalog/" + EXAMPLE,
            "  keyward agent add NAME --owner PERSON --tools 'stripe.*'",
            "  keyward doctor                              says what is still missing",
            "  keyward serve                               runs the broker")) {
      System.out.println(next);
    }
    return 0;
  }

  /// Makes `home` with everything that a broker needs to start.
  static void make(Home home) throws IOException {
    refuseWhatIsThere(home);
    Files.createDirectories(home.folder());
    Files.setPosixFilePermissions(home.folder(), PosixFilePermissions.fromString("rwx------"));
    MasterKey.create(home.masterKey());
    SigningKey.create(home.auditKey(), home.auditPublicKey(), "keyward", new SecureRandom());
    Files.createDirectories(home.catalog());
    write(home.catalog().resolve(EXAMPLE), ExampleCatalogs.text(EXAMPLE));
    write(home.catalog().resolve(ExampleCatalogs.schemaName()), ExampleCatalogs.schema());
    write(home.folder().resolve("config.schema.json"), ConfigFile.schema());
    write(home.config(), ConfigFile.initial());
  }

  private static void refuseWhatIsThere(Home home) throws IOException {
    Path folder = home.folder();
    if (Files.exists(home.config())) {
      throw refused(folder + " is a home folder already");
    }
    Path there = folder;
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    if (!Files.isDirectory(there)) {
      throw refused(there + " is not a folder");
    }
    if (!Files.isWritable(there)) {
      throw refused("you may not write to " + there);
    }
    if (there.equals(folder) && !isEmpty(folder)) {
      throw refused(folder + " is not empty");
    }
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> content = Files.list(folder)) {
      return content.findAny().isEmpty();
    }
  }

  private static OperatorError refused(String why) {
    return new OperatorError(why + "; nothing was changed");
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.CREATE_NEW);
  }
}
