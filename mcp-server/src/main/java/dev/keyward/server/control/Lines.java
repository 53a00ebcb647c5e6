package dev.keyward.server.control;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// Reads one line of bounded length.
final class Lines {
  private static final int CHUNK = 8192;

  private Lines() {}

  /// {@return what comes before the first newline}
  ///
  /// @throws IOException if the stream ends before it, or it does not come within `max` bytes
  static byte[] read(InputStream in, int max) throws IOException {
    var line = new ByteArrayOutputStream();
    byte[] chunk = new byte[CHUNK];
    while (line.size() <= max) {
      int read = in.read(chunk);
      if (read < 0) {
        throw new EOFException("the line was cut off");
      }
      for (int i = 0; i < read; i++) {
        if (chunk[i] == '\n') {
          line.write(chunk, 0, i);
          return line.toByteArray();
        }
      }
      line.write(chunk, 0, read);
    }
    throw new IOException("the line is too long");
  }
}
