package dev.keyward.demo;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The whole of what a model said and did, in a file for people, or nowhere. Secrets are taken out
/// before anything is written, and characters that act on a terminal too.
final class Transcript implements AutoCloseable {
  private final Optional<BufferedWriter> file;
  private final UnaryOperator<String> mask;

  private Transcript(Optional<BufferedWriter> file, UnaryOperator<String> mask) {
    this.file = file;
    this.mask = mask;
  }

  /// Makes the file, for its owner's eyes only; where there is none to make, keeps nothing.
  ///
  /// @param mask replaces what must not be written
  /// @throws IOException if there is a file of that name already, or it cannot be made
  static Transcript open(Optional<Path> path, UnaryOperator<String> mask) throws IOException {
    if (path.isEmpty()) {
      return new Transcript(Optional.empty(), mask);
    }
    make(path.get());
    return new Transcript(
        Optional.of(
            Files.newBufferedWriter(path.get(), StandardCharsets.UTF_8, StandardOpenOption.WRITE)),
        mask);
  }

  private static void make(Path path) throws IOException {
    var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    try {
      Files.createFile(path, owner);
    } catch (FileAlreadyExistsException there) {
      throw new IOException("the transcript " + path + " exists already; name another", there);
    } catch (NoSuchFileException missing) {
      throw new IOException("there is no folder for the transcript " + path, missing);
    }
  }

  /// Writes one entry, and an empty line after it.
  void write(String entry) {
    file.ifPresent(to -> append(to, entry));
  }

  @Override
  public void close() throws IOException {
    if (file.isPresent()) {
      file.get().close();
    }
  }

  private void append(BufferedWriter to, String entry) {
    try {
      for (String line : mask.apply(entry).split("\\R", -1)) {
        to.write(Columns.tame(line));
        to.newLine();
      }
      to.newLine();
      to.flush();
    } catch (IOException full) {
      throw new UncheckedIOException(full);
    }
  }
}
