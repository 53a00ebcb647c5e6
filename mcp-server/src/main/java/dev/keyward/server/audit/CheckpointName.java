package dev.keyward.server.audit;

/// The name of one checkpoint in the file: SHA-256 over the signed text.
///
/// @param value 64 hexadecimal digits
public record CheckpointName(String value) {
  /// Checks the shape.
  public CheckpointName {
    Word.hash("checkpoint", value);
  }

  @Override
  public String toString() {
    return value;
  }
}
