package dev.keyward.redaction;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Tells whether a file is a text, whatever it was declared as.
final class FileText {
  private FileText() {}

  /// {@return the text that `bytes` are in UTF-8, or in UTF-16 with its mark; empty if none}
  static Optional<String> of(byte[] bytes) {
    int mark = bytes.length < 2 ? 0 : ((bytes[0] & 0xff) << 8) | (bytes[1] & 0xff);
    boolean wide = mark == 0xfeff || mark == 0xfffe;
    return decoded(bytes, wide ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8)
        .filter(text -> text.indexOf(0) < 0);
  }

  private static Optional<String> decoded(byte[] bytes, Charset charset) {
    try {
      var decoder =
          charset
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT);
      return Optional.of(decoder.decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
