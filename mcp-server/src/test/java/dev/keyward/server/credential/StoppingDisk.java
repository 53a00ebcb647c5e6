package dev.keyward.server.credential;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// The real disk until its nth step, at which the process "dies": half a file, or no more steps.
final class StoppingDisk implements DurableFile {
  final List<String> steps = new ArrayList<>();
  private final AtomicInteger left;

  StoppingDisk(int left) {
    this.left = new AtomicInteger(left);
  }

  @Override
  public void writeNew(Path file, byte[] content) throws IOException {
    if (left.getAndDecrement() == 0) {
      Files.write(
          file,
          new String(content, StandardCharsets.UTF_8)
              .substring(9)
              .getBytes(StandardCharsets.UTF_8));
      throw new IOException("died");
    }
    steps.add("write and sync " + file.getFileName());
    REAL.writeNew(file, content);
  }

  @Override
  public void rename(Path temporary, Path file) throws IOException {
    step("rename");
    REAL.rename(temporary, file);
  }

  @Override
  public void syncFolder(Path file) throws IOException {
    step("sync folder");
    REAL.syncFolder(file);
  }

  private void step(String name) throws IOException {
    if (left.getAndDecrement() == 0) {
      throw new IOException("died");
    }
    steps.add(name);
  }
}
