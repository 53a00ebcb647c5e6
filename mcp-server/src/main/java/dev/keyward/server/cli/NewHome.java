package dev.keyward.server.cli;

import dev.keyward.catalog.ExampleCatalogs;
import dev.keyward.server.audit.SigningKey;
import dev.keyward.server.config.ConfigFile;
import dev.keyward.server.config.Home;
import dev.keyward.server.control.OperatorError;
import dev.keyward.server.credential.MasterKey;
import dev.keyward.server.policy.PolicyFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// A home folder in the making.
///
/// The settings come first, under a name that says they are not finished, and get their own name
/// last, when everything else is there. A folder where the first name stands is one that nobody has
/// used yet, and is made anew.
final class NewHome {
  static final String EXAMPLE = "stripe.yaml";
  private static final String UNFINISHED = "config.yaml.unfinished";

  private final Home home;
  private final Path unfinished;
  private final List<Path> others; // all else that is made, folders after what is in them

  NewHome(Home home) {
    this.home = home;
    this.unfinished = home.folder().resolve(UNFINISHED);
    this.others =
        List.of(
            home.masterKey(),
            home.auditKey(),
            home.auditPublicKey(),
            example(),
            catalogSchema(),
            home.catalog(),
            configSchema(),
            policy(),
            policySchema());
  }

  /// Makes it, with everything that a broker needs to start. What a process that was killed at this
  /// has left is made anew; else nothing that exists is ever touched.
  ///
  /// @throws OperatorError if the folder is a home already, holds anything else, or cannot be made
  void make() throws IOException {
    refuseWhatIsThere();
    Files.createDirectories(home.folder());
    Files.setPosixFilePermissions(home.folder(), PosixFilePermissions.fromString("rwx------"));
    try (FileChannel settings =
        FileChannel.open(unfinished, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      if (settings.tryLock() == null) {
        throw refused("another init is at work on " + home.folder());
      }
      refuseWhatIsThere(); // what was there may have been finished since
      for (Path left : others) {
        Files.deleteIfExists(left);
      }
      settings.truncate(0);
      settings.write(ByteBuffer.wrap(ConfigFile.initial().getBytes(StandardCharsets.UTF_8)));
      makeOthers();
      settings.force(true);
      Files.move(unfinished, home.config(), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  private void makeOthers() throws IOException {
    MasterKey.create(home.masterKey());
    SigningKey.create(home.auditKey(), home.auditPublicKey(), "keyward", new SecureRandom());
    Files.createDirectories(home.catalog());
    write(example(), ExampleCatalogs.text(EXAMPLE));
    write(catalogSchema(), ExampleCatalogs.schema());
    write(configSchema(), ConfigFile.schema());
    write(policy(), PolicyFile.initial());
    write(policySchema(), PolicyFile.schema());
  }

  private void refuseWhatIsThere() throws IOException {
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
    if (there.equals(folder) && !isFree(folder)) {
      throw refused(folder + " is not empty");
    }
  }

  /// {@return whether nothing is there, or only what an unfinished making has left}
  private boolean isFree(Path folder) throws IOException {
    List<Path> content = new ArrayList<>(listed(folder));
    if (content.isEmpty()) {
      return true;
    }
    if (Files.isDirectory(home.catalog())) {
      content.addAll(listed(home.catalog()));
    }
    return content.remove(unfinished) && Set.copyOf(others).containsAll(content);
  }

  private Path example() {
    return home.catalog().resolve(EXAMPLE);
  }

  private Path catalogSchema() {
    return home.catalog().resolve(ExampleCatalogs.schemaName());
  }

  private Path configSchema() {
    return home.folder().resolve("config.schema.json");
  }

  private Path policy() {
    return home.folder().resolve("policy.yaml");
  }

  private Path policySchema() {
    return home.folder().resolve("policy.schema.json");
  }

  private static List<Path> listed(Path folder) throws IOException {
    try (Stream<Path> content = Files.list(folder)) {
      return content.toList();
    }
  }

  private static OperatorError refused(String why) {
    return new OperatorError(why + "; nothing was changed");
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.CREATE_NEW);
  }
}
