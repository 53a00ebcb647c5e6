package dev.keyward.redaction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.redaction.rules.Rules;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Files that are no text: what hides a secret does not pass, what hides none does.
final class RedactedFileTest {
  private static final String KEY = "tW9xQ2mLr7Zc4Vb8Hn3Kd6Ys";
  private static final String TOKEN = "ghp_" + "sBxoiKdJ8q6XZr8T8jdVtnSlaBGzj50PZbZm";
  private static final int MEBIBYTE = 1 << 20;

  private final RandomGenerator random =
      RandomGeneratorFactory.of("L64X128MixRandom").create(20261129);
  private final KnownSecrets known = KnownSecrets.of(List.of(Secret.of(KEY)));
  private final Redactor redactor = new Redactor(() -> known, Rules::standard);

  private boolean passes(byte[] file) {
    return redactor.file("application/octet-stream", file, List.of()).isPresent();
  }

  @TestFactory
  Stream<DynamicTest> whatHidesASecretDoesNotPass() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("as it is", joined(noise(999), bytes(KEY), noise(999)));
    files.put("in UTF-16", joined(noise(99), KEY.getBytes(StandardCharsets.UTF_16LE), noise(9)));
    files.put("in base64", joined(noise(99), bytes(" " + base64(bytes(KEY)) + " "), noise(9)));
    files.put("over the border of two steps", joined(noise(MEBIBYTE - 7), bytes(KEY), noise(99)));
    files.put("far behind", joined(noise(2 * MEBIBYTE), bytes(KEY)));
    files.put("in a picture's comment", joined(noise(99), zlib(bytes("note " + KEY)), noise(99)));
    files.put("deep in a stream", joined(noise(9), zlib(joined(noise(2 * MEBIBYTE), bytes(KEY)))));
    files.put(
        "over the border of two steps of a stream", zlib(joined(noise(MEBIBYTE - 7), bytes(KEY))));
    files.put("in gzip", joined(bytes("\0\1"), Encodings.gzip("x " + KEY)));
    files.put("in an archive", zip(bytes("<a>" + KEY + "</a>")));
    files.put(
        "cut by markup in an archive", zip(bytes(KEY.substring(0, 9) + "<b/>" + KEY.substring(9))));
    files.put("in an archive in an archive", zip(zip(bytes(KEY))));
    files.put("in an archive behind another", joined(zip(noise(999)), zip(bytes(KEY))));
    files.put("in a broken archive", joined(zip(joined(bytes(KEY), noise(9999))), new byte[0]));
    files.put("in hex in a document's stream", zlib(bytes("<" + hex(KEY) + "> Tj")));
    return files.entrySet().stream()
        .map(
            file ->
                DynamicTest.dynamicTest(file.getKey(), () -> assertTrue(!passes(file.getValue()))));
  }

  @Test
  void whatHidesNonePassesAsItIs() {
    byte[] picture =
        joined(bytes("\u0089PNG\r\n\u001a\n"), zlib(new byte[12 * MEBIBYTE]), noise(99));
    for (byte[] file :
        List.of(new byte[0], noise(2 * MEBIBYTE), picture, zip(noise(99_999)), bytes("a text"))) {
      RedactedFile passed = redactor.file("image/png", file, List.of()).orElseThrow();

      assertEquals(base64(file), passed.base64());
      assertEquals("image/png", passed.type());
    }
  }

  @Test
  void aTextIsATextWhateverItIsCalled() {
    assertTrue(!passes(bytes("use " + TOKEN)));
    assertTrue(!passes(("use " + TOKEN).getBytes(StandardCharsets.UTF_16)));
    assertTrue(passes(joined(bytes("use " + TOKEN), noise(99))), "rules are for texts");
  }

  @Test
  void neitherDoesWhatARunsHandlesStandFor() {
    var more = KnownSecrets.of(List.of(Secret.of("Mq4vX8sLw2Cc7Rb1Tn5K")));

    assertTrue(redactor.file("image/png", bytes("Mq4vX8sLw2Cc7Rb1Tn5K"), List.of(more)).isEmpty());
    assertTrue(redactor.file("image/" + KEY, bytes("x"), List.of()).isEmpty());
  }

  @Test
  void whatInflatesWithoutEndIsUncertain() {
    byte[] bomb = zlib(new byte[130 * MEBIBYTE]);

    assertThrows(Redactor.Uncertain.class, () -> passes(bomb));
  }

  private byte[] noise(int count) {
    var noise = new byte[count];
    random.nextBytes(noise);
    return noise;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static String hex(String text) {
    return Encodings.write("hex", text);
  }

  private static byte[] joined(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] zlib(byte[] bytes) {
    var out = new ByteArrayOutputStream();
    try (var stream = new DeflaterOutputStream(out)) {
      stream.write(bytes);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }

  private static byte[] zip(byte[] entry) {
    var out = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("entry"));
      zip.write(entry);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }
}
