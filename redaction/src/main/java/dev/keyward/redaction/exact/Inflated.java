package dev.keyward.redaction.exact;

import java.util.function.Consumer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Inflates gzip (RFC 1952), zlib (RFC 1950) and bare deflate (RFC 1951) data, to 1 MiB and 100
/// times its size at most.
///
/// Data that breaks off or is wrong gives what could be read before.
final class Inflated {
  private static final int MOST = 1 << 20;
  private static final int RATIO = 100;
  private static final int FREE = 1 << 16; // below this the ratio is no matter

  private final Unpacked from;
  private final byte[] bytes;
  private final int length;
  private final Effort effort;

  private Inflated(Unpacked from, Effort effort) {
    this.from = from;
    this.bytes = from.bytes();
    this.length = from.length();
    this.effort = effort;
  }

  /// {@return whether compressed data starts the bytes}
  static boolean starts(Unpacked bytes) {
    return Compressed.isGzip(bytes.bytes(), bytes.length(), 0)
        || Compressed.isZlib(bytes.bytes(), bytes.length(), 0)
        || Deflate.mayStart(bytes.bytes(), bytes.length());
  }

  /// Gives what is inflated from `bytes` to `found`: from their start, with a header or without
  /// one, or from the first gzip header.
  ///
  /// @throws Effort.Exhausted if it grows beyond the limits
  static void of(Unpacked bytes, Effort effort, Consumer<View> found) {
    var inflated = new Inflated(bytes, effort);
    if (Compressed.isZlib(bytes.bytes(), bytes.length(), 0)) {
      inflated.inflate(0, false, found);
    } else if (Deflate.mayStart(bytes.bytes(), bytes.length())) {
      inflated.inflate(0, true, found);
    }
    for (int i = 0; i + Compressed.GZIP_HEADER < bytes.length(); i++) {
      if (Compressed.isGzip(bytes.bytes(), bytes.length(), i)) {
        inflated.inflate(Compressed.afterGzip(bytes.bytes(), bytes.length(), i), true, found);
        return;
      }
    }
  }

  private void inflate(int start, boolean raw, Consumer<View> found) {
    int input = Math.max(0, length - start);
    var out = from.whole(2 * input);
    var buffer = new byte[8192];
    try (var inflater = new Inflater(raw)) {
      inflater.setInput(bytes, Math.min(start, length), input);
      for (int n = inflater.inflate(buffer); n > 0; n = inflater.inflate(buffer)) {
        effort.spend(n);
        if (out.length() + n > MOST || out.length() + n > Math.max(FREE, RATIO * input)) {
          throw new Effort.Exhausted("inflated size");
        }
        for (int i = 0; i < n; i++) {
          out.add(buffer[i]);
        }
      }
    } catch (DataFormatException broken) {
      // what was read before it broke is looked at
    }
    if (out.length() > 0) {
      found.accept(out.build());
    }
  }
}
