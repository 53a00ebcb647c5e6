package dev.keyward.redaction.rules;

import java.util.Map;
import java.util.Optional;

/// A set of ASCII characters.
record Alphabet(long low, long high) {
  private static final Map<String, String> NAMED =
      Map.ofEntries(
          Map.entry("digit", "0-9"),
          Map.entry("hex", "0-9a-fA-F"),
          Map.entry("hexlower", "0-9a-f"),
          Map.entry("hexupper", "0-9A-F"),
          Map.entry("lower", "a-z"),
          Map.entry("upper", "A-Z"),
          Map.entry("letter", "a-zA-Z"),
          Map.entry("alnum", "0-9a-zA-Z"),
          Map.entry("lowernum", "0-9a-z"),
          Map.entry("uppernum", "0-9A-Z"),
          Map.entry("word", "0-9a-zA-Z_"),
          Map.entry("base64", "0-9a-zA-Z+/"),
          Map.entry("base64url", "0-9a-zA-Z_-"),
          Map.entry("base32", "A-Z2-7"),
          Map.entry("base58", "1-9A-HJ-NP-Za-km-z"),
          Map.entry("token68", "0-9a-zA-Z_.~+/-"),
          Map.entry("uuid", "0-9a-fA-F-"));

  /// {@return the set that `spec` names, or lists as `a-z0-9_-` does (a dash at the end is itself);
  /// empty if it is neither}
  static Optional<Alphabet> of(String spec) {
    String list = NAMED.getOrDefault(spec, spec);
    long low = 0;
    long high = 0;
    for (int i = 0; i < list.length(); i++) {
      char first = list.charAt(i);
      char last = first;
      if (i + 2 < list.length() && list.charAt(i + 1) == '-') {
        last = list.charAt(i + 2);
        i += 2;
      }
      if (last < first || last > 127) {
        return Optional.empty();
      }
      for (char c = first; c <= last; c++) {
        low |= c < 64 ? 1L << c : 0;
        high |= c >= 64 ? 1L << (c - 64) : 0;
      }
    }
    return low == 0 && high == 0 ? Optional.empty() : Optional.of(new Alphabet(low, high));
  }

  boolean has(char c) {
    return c < 64 ? (low >>> c & 1) != 0 : c < 128 && (high >>> (c - 64) & 1) != 0;
  }

  boolean meets(Alphabet other) {
    return (low & other.low) != 0 || (high & other.high) != 0;
  }
}
