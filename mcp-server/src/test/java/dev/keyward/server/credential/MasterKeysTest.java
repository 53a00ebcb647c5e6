package dev.keyward.server.credential;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.server.config.Home;
import dev.keyward.server.config.MasterKeyPlace;
import dev.keyward.server.config.ProgramSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MasterKeysTest {
  private static final CredentialRef CRM = CredentialRef.parse("local:crm#token");
  private static final Secret VALUE = Secret.of("canary-one-7d1f");
  private static final Secret PASSPHRASE = Secret.of("correct horse battery");

  @TempDir Path folder;
  private final Map<String, String> variables = new HashMap<>();
  private final List<Path> asked = new ArrayList<>();
  private Optional<Secret> typed = Optional.empty();
  private Home home;
  private MasterKeyPlace place;

  @BeforeEach
  void makeAKey() {
    home = new Home(folder);
    place = new MasterKeyPlace.InFile(home.masterKey(), Optional.empty());
    MasterKey.create(home.masterKey());
    open().set(CRM, VALUE);
  }

  @Test
  void aChangedKeyIsInItsFileAndOpensTheSecrets() throws IOException {
    String before = Files.readString(home.masterKey());

    keys().change(open(), Optional.empty());

    assertEquals(VALUE, value());
    String after = Files.readString(home.masterKey());
    assertTrue(after.matches("[A-Za-z0-9_-]{43}\n"), "the shape of a key");
    assertFalse(after.equals(before));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(home.masterKey())));
  }

  /// Six steps: the new key's file and folder, the secrets' file, rename and folder, the rename of
  /// the key.
  @Test
  void wheneverTheProcessDiesOneOfTheKeysOpensTheSecrets() {
    byte[] root = open().root().derive("arguments");
    int died = 0;
    boolean whole = false;
    for (int step = 0; !whole; step++) {
      try {
        var disk = new StoppingDisk(step);
        keys(disk).change(open(disk), Optional.empty());
        whole = true;
      } catch (UncheckedIOException e) {
        died++;
      }
      assertEquals(VALUE, value(), "died at step " + step);
      assertArrayEquals(root, open().root().derive("arguments"));
      assertFalse(Files.exists(folder.resolve("master.key.next")), "settled at step " + step);
    }
    assertEquals(7, died);
  }

  /// The first attempt seals the secrets and then cannot rename the key, so the only copy of it is
  /// the file that the second attempt would write.
  @Test
  void aChangeThatFailedInThisProcessIsFinishedByTheNextOne() {
    var disk = new StoppingDisk(2);
    EncryptedFile store = open();
    assertThrows(UncheckedIOException.class, () -> keys(disk).change(store, Optional.empty()));

    keys().change(store, Optional.empty());

    assertEquals(VALUE, value());
  }

  @Test
  void aKeyThatNobodyKnowsIsNotGuessedAndNothingIsDeleted() throws IOException {
    MasterKey.create(folder.resolve("master.key.next"));
    Files.delete(home.masterKey());
    MasterKey.create(home.masterKey());
    String one = Files.readString(home.masterKey());

    assertRefused("was written neither with");

    assertEquals(one, Files.readString(home.masterKey()));
    assertTrue(Files.exists(folder.resolve("master.key.next")));
  }

  @Test
  void aPassphraseLocksTheKeyAndTheFileAloneOpensNothing() throws IOException {
    keys().change(open(), Optional.of(PASSPHRASE));
    String line = Files.readString(home.masterKey());
    assertTrue(line.startsWith("keyward-locked/1 argon2id 65536 3 1 "), line);

    assertRefused("is locked with a passphrase");
    typed = Optional.of(Secret.of("correct horse batterz"));
    assertRefused("opens with another passphrase");
    typed = Optional.of(PASSPHRASE);
    asked.clear();
    assertEquals(VALUE, value());
    assertEquals(1, asked.size());
  }

  @Test
  void aNamedVariableHoldsThePassphraseAndNobodyIsAsked() {
    keys().change(open(), Optional.of(PASSPHRASE));
    typed = Optional.of(PASSPHRASE);
    place = new MasterKeyPlace.InFile(home.masterKey(), Optional.of("KEYWARD_PASSPHRASE"));

    assertRefused("is locked with a passphrase");
    variables.put("KEYWARD_PASSPHRASE", "correct horse battery");

    assertEquals(VALUE, value());
    assertEquals(List.of(), asked);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " argon2id 65536 3 1 | argon2id 65536 2 1 ",
        " argon2id 65536 3 1 | argon2id 8192 3 1 ",
        " argon2id 65536 3 1 | argon2id 65536 3 2 ",
        " argon2id 65536 3 1 | argon2id 64 3 1 ",
        " argon2id 65536 3 1 | argon2id 9999999 3 1 ",
        " argon2id | argon2i ",
        "locked/1|locked/2",
      })
  void aLockedKeyWithOtherParametersOpensNothing(String change) throws IOException {
    keys().change(open(), Optional.of(PASSPHRASE));
    typed = Optional.of(PASSPHRASE);
    String[] parts = change.split("\\|", -1);

    Files.writeString(
        home.masterKey(), Files.readString(home.masterKey()).replace(parts[0], parts[1]));

    assertRefused("");
  }

  @Test
  void everyChangedCharacterOfALockedKeyIsNoticed() throws IOException {
    keys().change(open(), Optional.of(PASSPHRASE));
    typed = Optional.of(PASSPHRASE);
    String line = Files.readString(home.masterKey());

    for (int i = line.indexOf("3 1 ") + 4; i < line.length() - 2; i += 9) {
      char other = line.charAt(i) == 'A' ? 'B' : 'A';
      Files.writeString(home.masterKey(), line.substring(0, i) + other + line.substring(i + 1));
      assertRefused("");
    }
  }

  @Test
  void systemdHandsTheKeyOverInWhateverModeItHas() throws IOException {
    Path handed = folder.resolve("credentials");
    Files.createDirectory(handed);
    Files.move(home.masterKey(), handed.resolve("keyward"));
    Files.setPosixFilePermissions(
        handed.resolve("keyward"), PosixFilePermissions.fromString("r--r-----"));
    place = new MasterKeyPlace.SystemdCredential("keyward");
    var nowhere = assertThrows(IllegalArgumentException.class, () -> keys().read());
    assertTrue(String.valueOf(nowhere.getMessage()).contains("LoadCredential="));

    variables.put("CREDENTIALS_DIRECTORY", handed.toString());

    assertEquals(VALUE, value());
    assertFalse(keys().changeable());
  }

  @Test
  void aProgramPrintsTheKey() throws IOException {
    Path elsewhere = folder.resolve("elsewhere");
    Files.move(home.masterKey(), elsewhere);
    place =
        new MasterKeyPlace.Printed(
            new ProgramSettings(
                List.of("/bin/cat", elsewhere.toString()), List.of(), Duration.ofSeconds(20)));

    assertEquals(VALUE, value());
    Files.delete(elsewhere);
    var failed = assertThrows(IllegalArgumentException.class, () -> keys().read());
    assertEquals(
        "secrets.master_key.command: the program ends with exit code 1", failed.getMessage());
  }

  @Test
  void aKeyThatIsKeptElsewhereIsHandedIn() throws IOException {
    Path next = folder.resolve("next");
    MasterKey.create(next);
    EncryptedFile store = open();

    keys().changeTo(store, Secret.of(Files.readString(next)));

    Files.delete(home.masterKey());
    Files.move(next, home.masterKey());
    assertEquals(VALUE, value());
    assertThrows(
        UnusableFile.class, () -> keys().changeTo(store, Secret.of("changeme-changeme-changeme")));
  }

  private void assertRefused(String rule) {
    String message =
        String.valueOf(assertThrows(UnusableFile.class, () -> keys().read()).getMessage());
    assertTrue(message.contains(rule), message);
    Canary.assertFree(message, "correct horse battery");
  }

  private MasterKeys keys() {
    return keys(DurableFile.REAL);
  }

  private MasterKeys keys(DurableFile disk) {
    Passphrase terminal =
        file -> {
          asked.add(file);
          return typed;
        };
    return new MasterKeys(
        place,
        home,
        name -> Optional.ofNullable(variables.get(name)),
        terminal,
        new SecureRandom(),
        disk);
  }

  private EncryptedFile open() {
    return open(DurableFile.REAL);
  }

  private EncryptedFile open(DurableFile disk) {
    return EncryptedFile.open(
        home.secrets(),
        keys().read(),
        InstantSource.system(),
        new SecureRandom(),
        EncryptedFile.GRACE,
        disk);
  }

  private Secret value() {
    return open().stored(CRM).orElseThrow().value();
  }
}
