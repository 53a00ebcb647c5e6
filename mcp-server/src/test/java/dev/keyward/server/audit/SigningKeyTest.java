package dev.keyward.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("NullAway.Init") // JUnit sets the fields
final class SigningKeyTest {
  @TempDir Path folder;
  private Path secret;
  private Path open;
  private SigningKey key;

  @BeforeEach
  void create() throws IOException {
    secret = folder.resolve("audit.key");
    open = folder.resolve("audit.pub");
    key = SigningKey.create(secret, open, "broker.example", new SecureRandom());
  }

  @Test
  void whatTheFilesHoldSignsForTheSamePublicKey() throws IOException {
    byte[] signature = SigningKey.read(secret, open).sign("text");

    assertTrue(VerifierKey.read(open).accepts("text", signature));
    assertFalse(VerifierKey.read(open).accepts("other", signature));
  }

  @Test
  void thePrivateFileIsForItsOwnerOnly() throws IOException {
    assertEquals(
        PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(secret));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rwx------"})
  void aPrivateFileThatOthersMayTouchIsRefused(String mode) throws IOException {
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString(mode));

    assertThrows(IllegalArgumentException.class, () -> SigningKey.read(secret, open));
  }

  @Test
  void filesOfTwoPairsAreRefused() throws IOException {
    Path other = folder.resolve("other.pub");
    SigningKey.create(folder.resolve("other.key"), other, "broker.example", new SecureRandom());

    assertThrows(IllegalArgumentException.class, () -> SigningKey.read(secret, other));
  }

  @Test
  void anExistingKeyIsNotWrittenOver() throws IOException {
    String before = Files.readString(secret);

    assertThrows(
        FileAlreadyExistsException.class,
        () ->
            SigningKey.create(
                secret, folder.resolve("new.pub"), "broker.example", new SecureRandom()));

    assertEquals(before, Files.readString(secret));
  }

  @Test
  void rubbishInThePrivateFileIsRefusedWithoutRepeatingIt() throws IOException {
    Files.writeString(secret, Samples.CANARY);

    var refused = assertThrows(IllegalArgumentException.class, () -> SigningKey.read(secret, open));

    assertFalse(String.valueOf(refused.getMessage()).contains(Samples.CANARY));
  }

  @Test
  void aKeyIdThatIsNotTheKeysIsRefused() {
    String line = key.verifier().toString();
    String other = line.replace("+" + key.verifier().id() + "+", "+00000000+");

    assertEquals(line, VerifierKey.parse(line).toString());
    assertThrows(IllegalArgumentException.class, () -> VerifierKey.parse(other));
  }

  @Test
  void itPrintsNoKey() throws IOException {
    String body = Files.readString(secret).lines().toList().get(1);

    assertFalse(key.toString().contains(body));
  }
}
