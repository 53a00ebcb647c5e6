package dev.keyward.redaction;

import dev.keyward.fuzz.Fuzzing;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// [RedactionFuzzer], led to new code.
final class CoverageFuzzTest {
  private static final int SPELLINGS = Encodings.nestable().size() + 1;
  private static final int SEED_LENGTH = 100;

  @TempDir Path folder;

  @Test
  void noSecretSurvivesInATextMadeToReachNewCode() throws Exception {
    List<byte[]> seeds = new ArrayList<>();
    for (String piece : SlowTexts.ALL.values()) {
      seeds.add(planted(seeds.size(), SlowTexts.sized(piece, SEED_LENGTH)));
    }
    Fuzzing.run(RedactionFuzzer.class, seeds, folder);
  }

  /// In the middle of the text, each time in the next spelling.
  private static byte[] planted(int number, String text) {
    byte[] around = text.getBytes(StandardCharsets.UTF_8);
    byte[] input = new byte[around.length + 2];
    input[0] = (byte) 128;
    input[1] = (byte) (number % SPELLINGS);
    System.arraycopy(around, 0, input, 2, around.length);
    return input;
  }
}
