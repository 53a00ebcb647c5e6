package dev.keyward.server.transport;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;

/// Writes whole lines of UTF-8 from many threads; lines never mix.
final class LineWriter {
  private final ReentrantLock lock = new ReentrantLock();
  private final OutputStream out;

  LineWriter(OutputStream out) {
    this.out = out;
  }

  /// Writes `text`, which holds no line break, and a line break.
  void write(String text) throws IOException {
    byte[] line = (text + "\n").getBytes(StandardCharsets.UTF_8);
    lock.lock();
    try {
      out.write(line);
      out.flush();
    } finally {
      lock.unlock();
    }
  }
}
