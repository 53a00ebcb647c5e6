package dev.keyward.redaction;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.keyward.redaction.rules.Rules;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;

/// Puts a known secret into a text that was thought of to reach new code: the secret does not
/// survive, and what is not replaced stays as it was.
///
/// The first byte says where the secret stands, the second how it is spelled, the rest is the text.
public final class RedactionFuzzer {
  private static final String SECRET = "k7Vq2mZx9RtB4nLw8PcY";
  private static final List<String> SPELLINGS = List.copyOf(Encodings.nestable().keySet());
  private static final Redactor REDACTOR = redactor();

  private RedactionFuzzer() {}

  /// Loads what every text needs, which takes long while classes are changed; the name is Jazzer's.
  public static void fuzzerInitialize() {
    for (int i = 0; i <= SPELLINGS.size(); i++) {
      fuzzerTestOneInput(new byte[] {0, (byte) i});
    }
  }

  /// One text; the name is Jazzer's.
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length < 2) {
      return;
    }
    String around = new String(input, 2, input.length - 2, StandardCharsets.UTF_8);
    int at = around.length() * Byte.toUnsignedInt(input[0]) / 256;
    String text = around.substring(0, at) + spelled(input[1]) + around.substring(at);
    scrubbed(text)
        .ifPresent(
            redacted -> {
              RedactionFuzzTest.assertGone(SECRET, redacted.text(), text);
              assertEquals(RedactionFuzzTest.rebuilt(text, redacted), redacted.text());
            });
  }

  /// As it is, wherever it stands; in a spelling, as a word of its own.
  private static String spelled(byte how) {
    int spelling = Byte.toUnsignedInt(how) % (SPELLINGS.size() + 1);
    return spelling == SPELLINGS.size()
        ? SECRET
        : " " + Encodings.write(SPELLINGS.get(spelling), SECRET) + " ";
  }

  private static Optional<Redacted> scrubbed(String text) {
    try {
      return Optional.of(REDACTOR.scrub(JsonNodeFactory.instance.stringNode(text)));
    } catch (Redactor.Uncertain withheld) {
      return Optional.empty();
    }
  }

  private static Redactor redactor() {
    var known = KnownSecrets.of(List.of(Secret.of(SECRET)));
    return new Redactor(() -> known, Rules::standard);
  }
}
