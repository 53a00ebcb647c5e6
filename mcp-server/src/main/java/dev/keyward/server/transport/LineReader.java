package dev.keyward.server.transport;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Reads lines of UTF-8, each of bounded length; one bad line does not end the stream.
final class LineReader {
  private final InputStream in;
  private final int maxBytes;

  LineReader(InputStream in, int maxBytes) {
    this.in = new BufferedInputStream(in);
    this.maxBytes = maxBytes;
  }

  /// What comes next.
  sealed interface Line {
    /// A line, without its end.
    record Text(String text) implements Line {}

    /// A line that is too long, or is not UTF-8; it has been skipped.
    record Unreadable() implements Line {}

    /// Nothing more comes.
    record End() implements Line {}
  }

  /// {@return the next line, waiting for it}
  Line next() throws IOException {
    var line = new ByteArrayOutputStream();
    boolean tooLong = false;
    int read = in.read();
    if (read < 0) {
      return new Line.End();
    }
    while (read >= 0 && read != '\n') {
      tooLong |= line.size() >= maxBytes;
      if (!tooLong) {
        line.write(read);
      }
      read = in.read();
    }
    return tooLong ? new Line.Unreadable() : decoded(line.toByteArray());
  }

  private static Line decoded(byte[] bytes) {
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return new Line.Text(text.strip());
    } catch (CharacterCodingException e) {
      return new Line.Unreadable();
    }
  }
}
