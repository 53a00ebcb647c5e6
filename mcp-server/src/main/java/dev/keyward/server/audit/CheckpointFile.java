package dev.keyward.server.audit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// The file of checkpoints, one signed note after another, each followed by an empty line. It only
/// grows; keep all of it.
final class CheckpointFile {
  private final Path path;

  CheckpointFile(Path path) {
    this.path = path;
  }

  /// One stretch of the file that ends in a signature.
  ///
  /// @param number its place in the file, from 1
  /// @param end where in the file it ends, in bytes
  /// @param note what stands there; empty if it has not the shape of a note
  record Entry(long number, long end, Optional<SignedNote> note) {}

  /// Is shown the entries one by one, from the first.
  interface Reader {
    void entry(Entry entry);
  }

  boolean exists() {
    return Files.exists(path);
  }

  /// {@return the length in bytes; 0 if there is no file}
  long length() throws IOException {
    return Files.exists(path) ? Files.size(path) : 0;
  }

  /// Shows every complete entry to `reader`.
  ///
  /// @return where the last of them ends; what is beyond was not written to its end
  long read(Reader reader) throws IOException {
    if (!Files.exists(path)) {
      return 0;
    }
    try (var channel = FileChannel.open(path, StandardOpenOption.READ);
        var stream = Channels.newInputStream(channel);
        var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      return read(lines, reader);
    }
  }

  /// Appends a note and waits until it is on disk; what was written in part is taken back.
  void append(SignedNote note) throws IOException {
    boolean fresh = !Files.exists(path);
    try (var channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      long before = channel.size();
      try {
        ByteBuffer bytes = ByteBuffer.wrap(note.written().getBytes(StandardCharsets.UTF_8));
        channel.position(before);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      } catch (IOException e) {
        channel.truncate(before);
        throw e;
      }
    }
    if (fresh) {
      syncFolder();
    }
  }

  /// Cuts off what is beyond `end`: a note whose writing was broken off.
  void cutAt(long end) throws IOException {
    try (var channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.truncate(end);
      channel.force(true);
    }
  }

  private void syncFolder() throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null) {
      try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private static long read(BufferedReader lines, Reader reader) throws IOException {
    var entry = new Unfinished();
    long position = 0;
    long end = 0;
    long number = 0;
    for (var line = line(lines); line.isPresent(); line = line(lines)) {
      position += line.get().getBytes(StandardCharsets.UTF_8).length;
      if (entry.add(line.get())) {
        end = position;
        number++;
        reader.entry(new Entry(number, end, entry.note()));
        entry = new Unfinished();
      }
    }
    return end;
  }

  /// Reads up to a newline, which stays; a last line without one was not written to its end.
  private static Optional<String> line(BufferedReader lines) throws IOException {
    var line = new StringBuilder();
    for (int c = lines.read(); c >= 0; c = lines.read()) {
      line.append((char) c);
      if (c == '\n') {
        return Optional.of(line.toString());
      }
    }
    return Optional.empty();
  }

  /// Lines since the last entry.
  private static final class Unfinished {
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder signatures = new StringBuilder();
    private boolean broken;
    private boolean signed;

    /// {@return whether `line` ends an entry}
    boolean add(String line) {
      if (signed && line.equals("\n")) {
        return true;
      }
      signed = line.startsWith(SignedNote.DASH);
      if (signed) {
        signatures.append(line);
      } else {
        broken |= !signatures.isEmpty();
        text.append(line);
      }
      return false;
    }

    Optional<SignedNote> note() {
      String signature = signatures.toString().strip();
      int body = text.length() - 1;
      boolean shaped =
          !broken && body > 1 && text.indexOf("\n\n") == body - 1 && !signature.contains("\n");
      return shaped
          ? Optional.of(new SignedNote(text.substring(0, body), signature))
          : Optional.empty();
    }
  }
}
