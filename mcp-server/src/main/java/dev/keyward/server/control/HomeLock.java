package dev.keyward.server.control;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Keeps a second broker off a home folder, and says who the first one is.
///
/// The operating system drops the lock with the process, so a killed broker leaves nothing behind.
public final class HomeLock implements AutoCloseable {
  private final FileChannel channel;

  private HomeLock(FileChannel channel) {
    this.channel = channel;
  }

  /// {@return the lock, or empty if another process has it}
  ///
  /// @param who a line that is shown to whoever is refused
  public static Optional<HomeLock> take(Path file, String who) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean taken = false;
    try {
      FileLock lock = tryLock(channel);
      taken = lock != null;
      if (!taken) {
        return Optional.empty();
      }
      var holder = new HomeLock(channel);
      holder.say(who);
      return Optional.of(holder);
    } finally {
      if (!taken) {
        channel.close();
      }
    }
  }

  /// {@return what the process that has the lock, or had it last, says of itself}
  public static String holder(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private void say(String who) throws IOException {
    channel.truncate(0);
    channel.write(ByteBuffer.wrap((who + "\n").getBytes(StandardCharsets.UTF_8)), 0);
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // another broker in this very process
    }
  }
}
