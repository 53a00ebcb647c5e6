package dev.keyward.server.control;

import dev.keyward.server.config.Config;
import dev.keyward.server.config.ConfigFile;
import dev.keyward.server.config.Home;
import dev.keyward.store.SqliteCopy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// A copy of a home folder, as of one moment, taken beside a running broker or without one.
///
/// It leaves out `master.key` and `audit.key`: with them the copy would be the secrets themselves,
/// and could be made to say anything. Both are kept elsewhere; `secret rekey` alone changes one.
///
/// @param folder of the copy
/// @param withDatabase whether the database is in it; false where it is not a file of the home
public record Backup(Path folder, boolean withDatabase) {
  private static final String CHECKPOINTS = "checkpoints.txt";

  /// Copies `home` into the new folder `target`, which appears once it is whole.
  ///
  /// @throws OperatorError if there is something at `target`, or the home cannot be used
  /// @throws IOException if it cannot be written
  public static Backup take(Home home, Path target) throws IOException {
    Config config = settings(home);
    Path folder = target.toAbsolutePath().normalize();
    if (Files.exists(folder)) {
      throw new OperatorError(folder + " exists already; a backup is never written over");
    }
    if (folder.startsWith(home.folder())) {
      throw new OperatorError("a backup inside the home folder would be lost with it");
    }
    Path parent = Objects.requireNonNull(folder.getParent());
    if (!Files.isDirectory(parent)) {
      throw new OperatorError("there is no folder " + parent);
    }
    Path unfinished = parent.resolve(folder.getFileName() + ".unfinished");
    remove(unfinished); // of a backup that was broken off
    makeFolder(unfinished);
    boolean withDatabase = fill(unfinished, home, config);
    Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
    sync(parent);
    return new Backup(folder, withDatabase);
  }

  /// {@return the copy of the database}
  public Path database() {
    return new Home(folder).database();
  }

  /// {@return the copy of the checkpoints}
  public Path checkpoints() {
    return folder.resolve(CHECKPOINTS);
  }

  /// The checkpoints before the database: a checkpoint must not name records that the copy lacks.
  private static boolean fill(Path folder, Home home, Config config) throws IOException {
    var copy = new Home(folder);
    copyIfThere(config.checkpoints(), folder.resolve(CHECKPOINTS));
    boolean withDatabase = config.database().isEmpty() && Files.exists(home.database());
    if (withDatabase) {
      SqliteCopy.copy(home.database(), copy.database());
    }
    copyIfThere(home.secrets(), copy.secrets());
    copyIfThere(home.auditPublicKey(), copy.auditPublicKey());
    copyIfThere(home.config(), copy.config());
    for (String file : List.of("config.schema.json", "policy.schema.json")) {
      copyIfThere(home.folder().resolve(file), folder.resolve(file));
    }
    if (config.policy().isPresent()) {
      Path policy = config.policy().get();
      copyIfThere(policy, folder.resolve(String.valueOf(policy.getFileName())));
    }
    makeFolder(copy.catalog());
    try (Stream<Path> files = Files.list(home.catalog())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        copyIfThere(file, copy.catalog().resolve(String.valueOf(file.getFileName())));
      }
    }
    sync(copy.catalog());
    sync(folder);
    return withDatabase;
  }

  private static void copyIfThere(Path from, Path to) throws IOException {
    if (Files.exists(from)) {
      var owner =
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
      Files.createFile(to, owner);
      try (var in = Files.newInputStream(from);
          var out = Files.newOutputStream(to, StandardOpenOption.WRITE)) {
        in.transferTo(out);
      }
      sync(to);
    }
  }

  private static void makeFolder(Path folder) throws IOException {
    Files.createDirectory(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  private static void sync(Path path) throws IOException {
    try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void remove(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      List<Path> insideFirst = all.toList().reversed();
      insideFirst.forEach(Backup::delete);
    }
  }

  private static void delete(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Config settings(Home home) {
    try {
      return ConfigFile.read(home);
    } catch (ConfigFile.Unusable e) {
      throw new OperatorError(String.valueOf(e.getMessage()));
    }
  }
}
