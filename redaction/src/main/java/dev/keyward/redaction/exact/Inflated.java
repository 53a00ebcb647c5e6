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

  private Inflated() {}

  /// {@return whether compressed data starts at `at`}
  static boolean starts(View bytes, int at) {
    return gzip(bytes, at) || zlib(bytes, at);
  }

  /// Gives what is inflated from `bytes` to `found`: from their start, or from the first gzip
  /// header.
  ///
  /// @throws Effort.Exhausted if it grows beyond the limits
  static void of(View bytes, Effort effort, Consumer<View> found) {
    if (zlib(bytes, 0)) {
      inflate(bytes, 0, false, effort, found);
    }
    for (int i = 0; i + GZIP_HEADER < bytes.length(); i++) {
      if (gzip(bytes, i)) {
        inflate(bytes, afterGzipHeader(bytes, i), true, effort, found);
        return;
      }
    }
  }

  private static boolean gzip(View bytes, int at) {
    return bytes.at(at) == 0x1f && bytes.at(at + 1) == 0x8b && bytes.at(at + 2) == 8;
  }

  private static boolean zlib(View bytes, int at) {
    int first = bytes.at(at);
    return (first & 0x0f) == 8
        && (first >> 4) <= 7
        && first > 8
        && ((first << 8) + bytes.at(at + 1)) % 31 == 0;
  }

  private static int afterGzipHeader(View bytes, int at) {
    int flags = bytes.at(at + 3);
    int k = at + GZIP_HEADER;
    if ((flags & 4) != 0) {
      k += 2 + bytes.at(k) + (bytes.at(k + 1) << 8);
    }
    for (int field = 8; field <= 16; field *= 2) { // name, comment
      if ((flags & field) != 0) {
        while (k < bytes.length() && bytes.at(k) != 0) {
          k++;
        }
        k++;
      }
    }
    return (flags & 2) != 0 ? k + 2 : k;
  }

  private static void inflate(
      View bytes, int start, boolean raw, Effort effort, Consumer<View> found) {
    var input = new byte[Math.max(0, bytes.length() - start)];
    for (int i = 0; i < input.length; i++) {
      input[i] = (byte) bytes.at(start + i);
    }
    var out = new View.Builder(2 * input.length);
    var buffer = new byte[8192];
    try (var inflater = new Inflater(raw)) {
      inflater.setInput(input);
      for (int n = inflater.inflate(buffer); n > 0; n = inflater.inflate(buffer)) {
        effort.spend(n);
        if (out.length() + n > MOST || out.length() + n > Math.max(FREE, RATIO * input.length)) {
          throw new Effort.Exhausted("inflated size");
        }
        for (int i = 0; i < n; i++) {
          out.add((char) (buffer[i] & 0xff), bytes, 0, bytes.length() - 1);
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
