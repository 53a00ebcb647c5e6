package dev.keyward.server.credential;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MasterKeyTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("master.key");
  }

  @Test
  void aNewKeyIsOneLineThatOnlyItsOwnerMayRead() throws IOException {
    MasterKey.create(file);

    assertTrue(Files.readString(file).matches("[A-Za-z0-9_-]{43}\n"));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void whatIsReadDerivesWhatTheNewKeyDerived() {
    MasterKey made = MasterKey.create(file);

    assertArrayEquals(made.derive("a"), MasterKey.read(file).derive("a"));
  }

  @Test
  void labelsSeparateKeys() {
    MasterKey key = MasterKey.create(file);

    assertFalse(Arrays.equals(key.derive("a"), key.derive("b")));
  }

  /// Against RFC 5869 written out.
  @Test
  void derivationIsHkdfSha256WithoutSalt() throws IOException {
    byte[] key = new byte[32];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (i * i + 7 * i + 200);
    }
    write(Base64.getUrlEncoder().withoutPadding().encodeToString(key) + "\n");

    byte[] derived = MasterKey.read(file).derive("label");

    assertArrayEquals(Hkdf.sha256(key, "label"), derived);
  }

  @Test
  void anExistingFileIsNeverOverwritten() throws IOException {
    write("something else\n");

    assertThrows(UnusableFile.class, () -> MasterKey.create(file));
    assertEquals("something else\n", Files.readString(file));
  }

  @Test
  void createDoesNotFollowALink() throws IOException {
    Path elsewhere = folder.resolve("elsewhere");
    Files.createSymbolicLink(file, elsewhere);

    assertThrows(UnusableFile.class, () -> MasterKey.create(file));
    assertFalse(Files.exists(elsewhere));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rwx------", "rw-rw-rw-"})
  void aFileThatOthersMayTouchIsRefused(String mode) throws IOException {
    MasterKey.create(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));

    assertRefused("mode 0600 or 0400");
  }

  @Test
  void aLinkIsRefused() throws IOException {
    Path real = folder.resolve("real");
    MasterKey.create(real);
    Files.createSymbolicLink(file, real);

    assertRefused("regular file");
  }

  @Test
  void aMissingFileIsRefused() {
    assertRefused("is missing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "c2hvcnQ",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIj",
        "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRW+JA",
        "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJB",
        "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA \n",
        "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA\n\n"
      })
  void anotherLengthOrAlphabetIsRefused(String text) throws IOException {
    write(text);

    assertRefused("43 base64url characters");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "_____________________________________________"
      })
  void equalBytesAreRefused(String text) throws IOException {
    write(text.substring(0, 42) + (text.startsWith("A") ? "A" : "8"));

    assertRefused("placeholder");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "changeme",
        "CHANGE-ME-CHANGE-ME-CHANGE-ME-CHANGE-ME-CHA",
        "change_me_before_production_change_me_befor",
        "placeholder"
      })
  void placeholderTextIsRefused(String text) throws IOException {
    write(text);

    assertRefused("placeholder");
  }

  @Test
  void countedRepeatedAndSpelledBytesAreRefused() throws IOException {
    byte[] counted = new byte[32];
    byte[] repeated = new byte[32];
    for (int i = 0; i < 32; i++) {
      counted[i] = (byte) i;
      repeated[i] = new byte[] {(byte) 0xde, (byte) 0xad, (byte) 0xbe, (byte) 0xef}[i % 4];
    }
    byte[] spelled = "this is not a random key at all!".getBytes(StandardCharsets.US_ASCII);

    for (byte[] key : new byte[][] {counted, repeated, spelled}) {
      write(Base64.getUrlEncoder().withoutPadding().encodeToString(key));
      assertRefused("placeholder");
    }
  }

  @Test
  void itPrintsNothing() throws IOException {
    MasterKey key = MasterKey.create(file);

    assertFalse(key.toString().contains(Files.readString(file).strip()));
  }

  private void write(String text) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text);
  }

  /// The message names file and rule, and nothing of what the file holds.
  private void assertRefused(String rule) {
    String message =
        String.valueOf(assertThrows(UnusableFile.class, () -> MasterKey.read(file)).getMessage());

    assertTrue(message.startsWith(file.toString()), message);
    assertTrue(message.contains(rule), message);
  }
}
