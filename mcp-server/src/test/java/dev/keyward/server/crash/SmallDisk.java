package dev.keyward.server.crash;

import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// A real file system of a few megabytes, in memory, which only processes see that are started
/// through [#runner]; the others see it at [#seen]. It is gone with its holder.
///
/// Needs Linux, root, and the right to mount; a test that has not is skipped and says so.
final class SmallDisk implements AutoCloseable {
  private static final String FILLER = "filler";

  private final Path at;
  private final Process holder;

  private SmallDisk(Path at, Process holder) {
    this.at = at;
    this.holder = holder;
  }

  /// Mounts a disk over the empty folder `at`.
  static SmallDisk mount(Path at, int bytes) throws IOException {
    Process holder = hold(at, bytes);
    BufferedReader out = holder.inputReader(StandardCharsets.UTF_8);
    boolean ready = "ready".equals(out.readLine());
    assumeTrue(ready, "needs root and the right to mount a tmpfs in a namespace of its own");
    return new SmallDisk(at, holder);
  }

  private static Process hold(Path at, int bytes) {
    String mount = "mount -t tmpfs -o size=$1,mode=755 tmpfs \"$2\" && echo ready && exec cat";
    try {
      return new ProcessBuilder(
              "unshare", "-m", "sh", "-c", mount, "sh", Integer.toString(bytes), at.toString())
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      return abort("needs the program unshare: " + e.getMessage());
    }
  }

  /// {@return where processes of [#runner] find it}
  Path inside() {
    return at;
  }

  /// {@return the same folder as this process sees it. Not for SQLite, which resolves links}
  Path seen() {
    return Path.of("/proc", Long.toString(holder.pid()), "root" + at);
  }

  /// {@return what runs a command line where the disk is mounted}
  List<String> runner() {
    return List.of("nsenter", "-t", Long.toString(holder.pid()), "-m", "--");
  }

  /// Takes all the room there is, to the last byte.
  void fill() throws IOException {
    try (var channel =
        FileChannel.open(
            seen().resolve(FILLER),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.APPEND)) {
      for (int block = 1 << 16; block > 0; block /= 2) {
        fillBy(channel, block);
      }
    }
  }

  /// Gives back the room that [#fill] took.
  void makeRoom() {
    try {
      Files.deleteIfExists(seen().resolve(FILLER));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    holder.destroyForcibly();
  }

  private static void fillBy(FileChannel channel, int block) {
    try {
      while (true) {
        channel.write(ByteBuffer.allocate(block));
      }
    } catch (IOException full) {
      // no room for a block of this size
    }
  }
}
