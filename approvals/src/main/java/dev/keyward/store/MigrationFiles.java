package dev.keyward.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/// The migration files that this program has, wherever on the class path they lie.
final class MigrationFiles {
  private MigrationFiles() {}

  /// {@return a number that changes with the names and contents of the files; never 0}
  ///
  /// @param folder on the class path, in any number of jars and folders
  static int checksum(String folder) {
    ClassLoader loader = Objects.requireNonNull(MigrationFiles.class.getClassLoader());
    try {
      var names = new TreeSet<String>();
      for (URL place : Collections.list(loader.getResources(folder))) {
        names.addAll(names(place, folder));
      }
      var sum = new CRC32();
      for (String name : names) {
        sum.update(name.getBytes(StandardCharsets.UTF_8));
        try (InputStream file = loader.getResourceAsStream(folder + "/" + name)) {
          sum.update(Objects.requireNonNull(file).readAllBytes());
        }
      }
      return (int) sum.getValue() == 0 ? 1 : (int) sum.getValue();
    } catch (IOException | URISyntaxException e) {
      throw new StoreUnavailable("migration files cannot be read", e);
    }
  }

  private static List<String> names(URL place, String folder)
      throws IOException, URISyntaxException {
    if (place.openConnection() instanceof JarURLConnection jar) {
      String prefix = folder + "/";
      return jar.getJarFile().stream()
          .map(JarEntry::getName)
          .filter(name -> name.startsWith(prefix) && name.endsWith(".sql"))
          .map(name -> name.substring(prefix.length()))
          .toList();
    }
    URI folderHere = place.toURI();
    try (Stream<Path> files = Files.list(Path.of(folderHere))) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.endsWith(".sql"))
          .toList();
    }
  }
}
