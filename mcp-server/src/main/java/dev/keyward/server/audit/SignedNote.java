package dev.keyward.server.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/// A text and a signature under it, as C2SP's signed-note lays them out: the text, an empty line,
/// then `— name base64(key id, signature)`.
///
/// @param text what is signed; ends in a newline
/// @param signature the line that signs it, without its newline
record SignedNote(String text, String signature) {
  static final String DASH = "— ";
  private static final int ID_BYTES = 4;

  static SignedNote sign(String text, SigningKey key) {
    byte[] signature = key.sign(text);
    byte[] both =
        ByteBuffer.allocate(ID_BYTES + signature.length)
            .put(key.verifier().idBytes())
            .put(signature)
            .array();
    return new SignedNote(
        text, DASH + key.verifier().name() + " " + Base64.getEncoder().encodeToString(both));
  }

  /// {@return the note as it stands in the file, an empty line after it}
  String written() {
    return text + "\n" + signature + "\n\n";
  }

  /// {@return the name by which later checkpoints and records call this one}
  CheckpointName name() {
    return new CheckpointName(
        AuditHash.hex(new AuditHash().plain(text.getBytes(StandardCharsets.UTF_8))));
  }

  /// {@return whether the signature line is by `key`, right or wrong}
  boolean claims(VerifierKey key) {
    byte[] both = decoded(key);
    return both.length > ID_BYTES && Arrays.equals(both, 0, ID_BYTES, key.idBytes(), 0, ID_BYTES);
  }

  /// {@return whether the text is as `key` signed it}
  boolean signedBy(VerifierKey key) {
    byte[] both = decoded(key);
    return claims(key) && key.accepts(text, Arrays.copyOfRange(both, ID_BYTES, both.length));
  }

  private byte[] decoded(VerifierKey key) {
    String start = DASH + key.name() + " ";
    if (!signature.startsWith(start)) {
      return new byte[0];
    }
    try {
      return Base64.getDecoder().decode(signature.substring(start.length()));
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }
}
