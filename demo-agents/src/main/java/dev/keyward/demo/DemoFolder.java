package dev.keyward.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A folder for one run of the demo, removed when it is closed.
record DemoFolder(Path path) implements AutoCloseable {
  /// Makes an empty one that only this user can enter.
  static DemoFolder create() throws IOException {
    return new DemoFolder(Files.createTempDirectory("keyward-demo-"));
  }

  /// {@return every file in it, by its name within the folder, whose bytes hold a key}
  List<String> filesWithAKey(Canary canary) {
    return files().stream()
        .filter(file -> text(file).flatMap(canary::find).isPresent())
        .map(file -> path.relativize(file).toString())
        .toList();
  }

  /// {@return all files in it}
  List<Path> files() {
    try (Stream<Path> all = Files.walk(path)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  @Override
  public void close() {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> all = Files.walk(path)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private static Optional<String> text(Path file) {
    try {
      return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
    } catch (IOException gone) {
      return Optional.empty();
    }
  }
}
