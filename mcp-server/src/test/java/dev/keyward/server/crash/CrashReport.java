package dev.keyward.server.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// One line for each suite of this package that ran, in `target/crash`, where CI looks for it.
final class CrashReport {
  private CrashReport() {}

  static void write(String suite, String line) throws IOException {
    Path folder = Files.createDirectories(Path.of("target", "crash"));
    Files.writeString(folder.resolve(suite + ".txt"), line + "\n");
  }
}
