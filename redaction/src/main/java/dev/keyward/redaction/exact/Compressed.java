package dev.keyward.redaction.exact;

/// The headers by which compressed data tells itself: gzip (RFC 1952), zlib (RFC 1950), an entry of
/// a ZIP archive.
final class Compressed {
  static final int GZIP_HEADER = 10;
  private static final int ZIP_HEADER = 30;
  private static final int DEFLATED = 8;

  private Compressed() {}

  /// {@return whether a gzip header is at `at`}
  static boolean isGzip(byte[] bytes, int length, int at) {
    return at(bytes, length, at) == 0x1f
        && at(bytes, length, at + 1) == 0x8b
        && at(bytes, length, at + 2) == DEFLATED;
  }

  /// {@return where the deflated data begins after the gzip header at `at`}
  static int afterGzip(byte[] bytes, int length, int at) {
    int flags = at(bytes, length, at + 3);
    int k = at + GZIP_HEADER;
    if ((flags & 4) != 0) {
      k += 2 + two(bytes, length, k);
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

  /// {@return whether a zlib header is at `at`}
  static boolean isZlib(byte[] bytes, int length, int at) {
    int first = at(bytes, length, at);
    return (first & 0x0f) == DEFLATED
        && (first >> 4) <= 7
        && first > DEFLATED
        && ((first << 8) + at(bytes, length, at + 1)) % 31 == 0;
  }

  /// {@return whether the header of a deflated entry of a ZIP archive is at `at`}
  static boolean isZipEntry(byte[] bytes, int length, int at) {
    return at(bytes, length, at) == 'P'
        && at(bytes, length, at + 1) == 'K'
        && at(bytes, length, at + 2) == 3
        && at(bytes, length, at + 3) == 4
        && two(bytes, length, at + 8) == DEFLATED;
  }

  /// {@return where the deflated data begins after that header}
  static int afterZipEntry(byte[] bytes, int length, int at) {
    return at + ZIP_HEADER + two(bytes, length, at + 26) + two(bytes, length, at + 28);
  }

  private static int two(byte[] bytes, int length, int at) {
    return at(bytes, length, at) | at(bytes, length, at + 1) << 8;
  }

  private static int at(byte[] bytes, int length, int at) {
    return at < length ? bytes[at] & 0xff : 0;
  }
}
