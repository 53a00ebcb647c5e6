package dev.keyward.catalog;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Percent-encoding, RFC 3986 section 2.
final class Percent {
  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

  private Percent() {}

  /// {@return `text` in UTF-8 with everything encoded but letters, digits and `-._~`}
  ///
  /// The result holds no delimiter of a path, a query or a form, so it can end none of them.
  static String encode(String text) {
    var out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (UNRESERVED.indexOf(c) >= 0) {
        out.append(c);
      } else {
        out.append(String.format(Locale.ROOT, "%%%02X", (int) c));
      }
    }
    return out.toString();
  }
}
