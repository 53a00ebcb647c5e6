package dev.keyward.redaction.exact;

import java.util.function.Consumer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/// Inflates gzip (RFC 1952) and zlib (RFC 1950) data, to 1 MiB and 100 times its size at most.
///
/// Data that breaks off or is wrong gives what could be read before.
final class Inflated {
  private static final int MOST = 1 << 20;
  private static final int RATIO = 100;
  private static final int FREE = 1 << 16; // below this the ratio is no matter
  private static final int GZIP_HEADER = 10;

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
    var inflated = new Inflated(bytes, new Effort(0));
    return inflated.gzip(0) || inflated.zlib();
  }

  /// Gives what is inflated from `bytes` to `found`: from their start, or from the first gzip
  /// header.
  ///
  /// @throws Effort.Exhausted if it grows beyond the limits
  static void of(Unpacked bytes, Effort effort, Consumer<View> found) {
    var inflated = new Inflated(bytes, effort);
    if (inflated.zlib()) {
      inflated.inflate(0, false, found);
    }
    for (int i = 0; i + GZIP_HEADER < bytes.length(); i++) {
      if (inflated.gzip(i)) {
        inflated.inflate(inflated.afterGzipHeader(i), true, found);
        return;
      }
    }
  }

  private int at(int i) {
    return i < length ? bytes[i] & 0xff : 0;
  }

  private boolean gzip(int at) {
    return at(at) == 0x1f && at(at + 1) == 0x8b && at(at + 2) == 8;
  }

  private boolean zlib() {
    int first = at(0);
    return (first & 0x0f) == 8
        && (first >> 4) <= 7
        && first > 8
        && ((first << 8) + at(1)) % 31 == 0;
  }

  private int afterGzipHeader(int at) {
    int flags = at(at + 3);
    int k = at + GZIP_HEADER;
    if ((flags & 4) != 0) {
      k += 2 + at(k) + (at(k + 1) << 8);
    }
    for (int field = 8; field <= 16; field *= 2) { // name, comment
      if ((flags & field) != 0) {
        while (k < length && bytes[k] != 0) {
          k++;
        }
        k++;
      }
    }
    return (flags & 2) != 0 ? k + 2 : k;
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
