package dev.keyward.redaction;

import java.util.Base64;

/// Proof that a file which is no text was searched, and that nothing was found which the broker
/// holds: only [Redactor] makes one.
public final class RedactedFile {
  private final String type;
  private final byte[] bytes;

  RedactedFile(String type, byte[] bytes) {
    this.type = type;
    this.bytes = bytes;
  }

  /// {@return its media type, for example `image/png`}
  public String type() {
    return type;
  }

  /// {@return its bytes in base64}
  public String base64() {
    return Base64.getEncoder().encodeToString(bytes);
  }

  @Override
  public String toString() {
    return "[file of " + bytes.length + " bytes]";
  }
}
