package dev.keyward.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.Arguments;
import dev.keyward.call.CallId;
import dev.keyward.store.Database;
import dev.keyward.store.TestSqlite;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // JUnit sets the fields
final class ArgumentVaultTest {
  private static final CallId OTHER = new CallId("call_" + "d".repeat(26));

  private final SecureRandom random = new SecureRandom();
  private final ArgumentVault vault = newVault();
  private final Arguments arguments =
      Arguments.of(AuditJson.read("{\"note\":\"" + Samples.CANARY + "\",\"a\":1}"));

  @TempDir Path folder;
  private Path file;
  private Database database;

  @BeforeEach
  void open() {
    file = folder.resolve("keyward.db");
    database = TestSqlite.open(file);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void whatIsStoredCanBeReadAgain() {
    SealedArguments sealed = store(Samples.CALL);

    var read = open(vault, Samples.CALL);

    assertEquals(new StoredArguments.Held(arguments.canonical(), sealed.hash()), read);
  }

  @Test
  void theHashIsOfSaltAndCanonicalArguments() {
    SealedArguments sealed = vault.seal(Samples.CALL, arguments);

    String salt = new String(HexFormat.of().parseHex(sealed.salt()), StandardCharsets.ISO_8859_1);
    byte[] both = (salt + arguments.canonical()).getBytes(StandardCharsets.ISO_8859_1);
    assertEquals(AuditHash.hex(new AuditHash().plain(both)), sealed.hash());
  }

  @Test
  void equalArgumentsShareNeitherHashNorCiphertext() {
    SealedArguments one = vault.seal(Samples.CALL, arguments);
    SealedArguments two = vault.seal(Samples.CALL, arguments);

    assertNotEquals(one.hash(), two.hash());
    assertNotEquals(one.nonce(), two.nonce());
    assertNotEquals(one.ciphertext(), two.ciphertext());
  }

  @Test
  void oneCallsArgumentsDoNotOpenAsAnothers() {
    store(Samples.CALL);
    database.write(tx -> tx.sql().execute("UPDATE audit_arguments SET call = ?", OTHER.value()));

    assertEquals(new StoredArguments.Damaged(), open(vault, OTHER));
  }

  @Test
  void anotherKeyOpensNothing() {
    store(Samples.CALL);

    assertEquals(new StoredArguments.Damaged(), open(newVault(), Samples.CALL));
  }

  @Test
  void anUnknownCallHasNoArguments() {
    assertEquals(new StoredArguments.Absent(), open(vault, OTHER));
  }

  @Test
  void erasedArgumentsAreGoneForGood() {
    store(Samples.CALL);

    boolean erased = database.write(tx -> vault.erase(tx, Samples.CALL, Samples.NOON));

    assertTrue(erased);
    assertEquals(new StoredArguments.Erased(Samples.NOON), open(vault, Samples.CALL));
    boolean again = database.write(tx -> vault.erase(tx, Samples.CALL, Samples.NOON));
    assertFalse(again);
  }

  @Test
  void erasingWritesOverTheBytesInTheFile() throws Exception {
    SealedArguments sealed = store(Samples.CALL);
    database.close();
    assertTrue(fileHolds(sealed.ciphertext()));

    database = TestSqlite.open(file);
    database.write(tx -> vault.erase(tx, Samples.CALL, Samples.NOON));
    database.close();

    assertFalse(fileHolds(sealed.ciphertext()));
    assertFalse(fileHolds(sealed.salt()));
  }

  @Test
  void nothingReadableIsStoredOrPrinted() throws Exception {
    SealedArguments sealed = store(Samples.CALL);
    String printed = sealed + " " + open(vault, Samples.CALL);
    database.close();

    assertFalse(fileHolds(Samples.CANARY));
    assertFalse(printed.contains(Samples.CANARY));
  }

  @Test
  void aShortKeyIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new ArgumentVault(new SecretKeySpec(new byte[16], "AES"), random));
  }

  private ArgumentVault newVault() {
    byte[] key = new byte[32];
    random.nextBytes(key);
    return new ArgumentVault(new SecretKeySpec(key, "AES"), random);
  }

  private SealedArguments store(CallId call) {
    SealedArguments sealed = vault.seal(call, arguments);
    database.write(
        tx -> {
          vault.store(tx, sealed);
          return true;
        });
    return sealed;
  }

  private StoredArguments open(ArgumentVault with, CallId call) {
    return database.read(tx -> with.open(tx, call));
  }

  private boolean fileHolds(String text) throws Exception {
    return Files.readString(file, StandardCharsets.ISO_8859_1).contains(text);
  }
}
