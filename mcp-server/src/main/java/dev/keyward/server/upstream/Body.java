package dev.keyward.server.upstream;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// The bytes of an answer as they come in, up to a limit. Used by one thread at a time.
final class Body {
  private static final int FIRST_SIZE = 4096;

  private final int most;
  private byte[] bytes = {};
  private int size;

  /// @param most how many bytes to take
  Body(int most) {
    this.most = most;
  }

  /// {@return whether all of `more` could be added}
  boolean add(ByteBuffer more) {
    int count = more.remaining();
    if (count > most - size) {
      return false;
    }
    if (count > bytes.length - size) {
      int wanted = Math.max(size + count, Math.min(most, Math.max(FIRST_SIZE, 2 * size)));
      bytes = Arrays.copyOf(bytes, wanted);
    }
    more.get(bytes, size, count);
    size += count;
    return true;
  }

  /// Forgets what has come in.
  void clear() {
    bytes = new byte[0];
    size = 0;
  }

  boolean isEmpty() {
    return size == 0;
  }

  InputStream stream() {
    return new ByteArrayInputStream(bytes, 0, size);
  }

  /// {@return the bytes, not to be changed}
  ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes, 0, size);
  }

  @Override
  public String toString() {
    return "[body of " + size + " bytes]";
  }
}
