package dev.keyward.server.credential;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EncryptedFileTest {
  private static final CredentialRef CRM = CredentialRef.parse("local:crm#token");
  private static final CredentialRef PAY = CredentialRef.parse("local:pay#token");
  private static final String FIRST_TEXT = "canary-one-7d1f";
  private static final Secret FIRST = Secret.of(FIRST_TEXT);
  private static final Secret SECOND = Secret.of("canary-two-99ab");

  @TempDir Path folder;
  private Instant now = Instant.parse("2026-11-20T10:00:00.123456Z");
  private Path file;
  private MasterKey master;

  @BeforeEach
  void makeAKey() {
    file = folder.resolve("secrets.json");
    master = MasterKey.create(folder.resolve("master.key"));
  }

  @Test
  void whatIsSetIsThereAfterReopening() {
    open().set(CRM, FIRST);

    assertEquals(FIRST, value(open(), CRM));
  }

  @Test
  void theFileHoldsNoValueAndOnlyItsOwnerMayReadIt() throws IOException {
    open().set(CRM, FIRST);

    Canary.assertFree(Files.readString(file), FIRST_TEXT);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void aRotatedVersionStaysHeldForTheGraceTimeAndNoLonger() {
    EncryptedFile store = open();
    store.set(CRM, FIRST);

    assertEquals(2, store.rotate(CRM, SECOND));

    assertEquals(SECOND, value(store, CRM));
    assertSame(List.of(FIRST, SECOND), store.held());
    assertSame(List.of(FIRST, SECOND), open().held());
    pass(Duration.ofHours(24));
    assertSame(List.of(SECOND), store.held());
    assertSame(List.of(SECOND), open().held());
  }

  @Test
  void anExpiredVersionLeavesTheFileWithTheNextWrite() throws IOException {
    EncryptedFile store = open();
    store.set(CRM, FIRST);
    store.rotate(CRM, SECOND);
    pass(Duration.ofHours(25));

    store.set(PAY, FIRST);

    assertEquals(List.of(2, 1), store.list().stream().map(StoredSecret::version).toList());
    assertEquals(2, Files.readString(file).split("ciphertext", -1).length - 1);
  }

  @Test
  void rotatingWhatIsNotThereIsRefused() {
    EncryptedFile store = open();

    assertThrows(IllegalArgumentException.class, () -> store.rotate(CRM, FIRST));
    assertFalse(Files.exists(file));
  }

  @Test
  void removingDeletesEveryVersion() throws IOException {
    EncryptedFile store = open();
    store.set(CRM, FIRST);
    store.rotate(CRM, SECOND);

    assertTrue(store.remove(CRM));

    assertEquals(Optional.empty(), store.stored(CRM));
    assertSame(List.of(), open().held());
    assertFalse(Files.readString(file).contains("ciphertext"));
    assertFalse(store.remove(CRM));
  }

  @Test
  void theListShowsNamesVersionsAndDatesOnly() {
    EncryptedFile store = open();
    store.set(PAY, SECOND);
    store.set(CRM, FIRST);
    store.rotate(CRM, SECOND);

    Instant at = Instant.parse("2026-11-20T10:00:00.123Z");
    assertEquals(
        List.of(
            new StoredSecret(CRM, 1, at, Optional.of(at.plus(Duration.ofHours(24)))),
            new StoredSecret(CRM, 2, at, Optional.empty()),
            new StoredSecret(PAY, 1, at, Optional.empty())),
        store.list());
    assertEquals(store.list(), open().list());
    Canary.assertFree(store.list() + " " + store + " " + store.stored(CRM), FIRST_TEXT);
  }

  @Test
  void anotherStoresReferenceIsRefused() {
    EncryptedFile store = open();
    var vault = CredentialRef.parse("vault:kv/crm#token");

    assertThrows(IllegalArgumentException.class, () -> store.set(vault, FIRST));
    assertEquals(Optional.empty(), store.stored(vault));
  }

  @Test
  void listenersHearOfEachChangeOnceItIsInForce() {
    EncryptedFile store = open();
    List<Collection<Secret>> heard = new ArrayList<>();
    store.onChange(() -> heard.add(store.held()));

    store.set(CRM, FIRST);
    store.remove(CRM);

    assertEquals(List.of(List.of(FIRST), List.of()), heard);
  }

  @Test
  void anotherMasterKeyIsNamedAsTheCauseAndNothingIsOverwritten() throws IOException {
    open().set(CRM, FIRST);
    byte[] before = Files.readAllBytes(file);
    master = MasterKey.create(folder.resolve("other.key"));

    assertRefused("another master key");
    assertArrayEquals(before, Files.readAllBytes(file));
  }

  @Test
  void everyFlippedBitIsNoticed() throws IOException {
    EncryptedFile store = open();
    store.set(CRM, FIRST);
    store.rotate(CRM, SECOND);
    byte[] whole = Files.readAllBytes(file);

    for (int i = 0; i < whole.length; i++) {
      byte[] flipped = whole.clone();
      flipped[i] ^= (byte) (1 << (i % 8));
      Files.write(file, flipped);
      assertThrows(UnusableFile.class, this::open, "byte " + i);
      assertArrayEquals(flipped, Files.readAllBytes(file));
    }
  }

  @Test
  void everyCutIsNoticed() throws IOException {
    open().set(CRM, FIRST);
    byte[] whole = Files.readAllBytes(file);

    for (int length = 0; length < whole.length; length++) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      assertRefused(Pattern.compile("cut, changed or damaged|format|master key"));
    }
  }

  @Test
  void aRecordCannotStandInForAnother() throws IOException {
    EncryptedFile store = open();
    store.set(CRM, FIRST);
    store.set(PAY, SECOND);

    Files.writeString(file, Files.readString(file).replace("crm", "tmp").replace("pay", "crm"));

    assertRefused("cut, changed or damaged");
  }

  /// Without the MAC in the way: each box is bound to its name and version.
  @Test
  void aSealedValueOpensOnlyUnderItsOwnNameAndVersion() {
    var keys = new SealingKeys(master, new SecureRandom());
    var crm = new StoredSecret(CRM, 1, now, Optional.empty());
    var sealed = keys.seal(crm, FIRST);

    assertEquals(Optional.of(FIRST), keys.open(sealed));
    for (StoredSecret other :
        List.of(
            new StoredSecret(PAY, 1, now, Optional.empty()),
            new StoredSecret(CRM, 2, now, Optional.empty()),
            new StoredSecret(CredentialRef.parse("local:crm#other"), 1, now, Optional.empty()))) {
      var moved = new EncryptedFileJson.Sealed(other, sealed.wrappedKey(), sealed.ciphertext());
      assertEquals(Optional.empty(), keys.open(moved));
    }
  }

  @Test
  void halvesOfTwoGenerationsDoNotMakeAFile() throws IOException {
    EncryptedFile store = open();
    store.set(CRM, FIRST);
    String older = Files.readString(file);
    store.rotate(CRM, SECOND);
    String newer = Files.readString(file);
    assertEquals(2, open().generation());

    String secrets = older.substring(older.indexOf("\"secrets\""));
    Files.writeString(file, newer.substring(0, newer.indexOf("\"secrets\"")) + secrets);

    assertRefused("cut, changed or damaged");
  }

  @Test
  void aFileThatAnotherProcessChangedIsNotOverwritten() throws IOException {
    EncryptedFile one = open();
    EncryptedFile other = open();
    one.set(CRM, FIRST);

    String message =
        String.valueOf(assertThrows(UnusableFile.class, () -> other.set(PAY, SECOND)).getMessage());

    assertTrue(message.contains("another process"), message);
    assertEquals(FIRST, value(open(), CRM));
    assertEquals(Optional.empty(), open().stored(PAY));
  }

  @Test
  void aLinkIsRefused() throws IOException {
    Files.createSymbolicLink(file, folder.resolve("elsewhere"));

    assertRefused("regular file");
  }

  @Test
  void aWriteIsTemporaryFileThenItsSyncThenRenameThenTheFoldersSync() throws IOException {
    var disk = new StoppingDisk(Integer.MAX_VALUE);

    open(disk).set(CRM, FIRST);

    assertEquals(List.of("write and sync secrets.json.tmp", "rename", "sync folder"), disk.steps);
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(
          Set.of("master.key", "secrets.json"),
          files
              .map(path -> path.getFileName().toString())
              .collect(java.util.stream.Collectors.toSet()));
    }
  }

  @Test
  void wheneverTheProcessDiesTheFileIsTheOldOrTheNewOne() {
    open().set(CRM, FIRST);

    for (int step = 0; step < 3; step++) {
      EncryptedFile dying = open(new StoppingDisk(step));
      assertThrows(UncheckedIOException.class, () -> dying.rotate(CRM, SECOND));
      assertEquals(FIRST, value(dying, CRM), "not in force, so not acknowledged");
      assertEquals(step < 2 ? FIRST : SECOND, value(open(), CRM));
    }
    assertEquals(3, open().set(CRM, FIRST), "what a crash leaves behind is in nobody's way");
  }

  @Test
  void concurrentWritersLoseNothing() throws InterruptedException {
    EncryptedFile store = open();
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      var ref = CredentialRef.parse("local:writer" + i + "#token");
      writers.add(Thread.startVirtualThread(() -> store.set(ref, FIRST)));
    }
    for (Thread writer : writers) {
      writer.join();
    }

    assertEquals(8, open().list().size());
    assertEquals(8, open().generation());
  }

  @Test
  void aReplacedVersionIsPutBackAsANewOne() {
    EncryptedFile store = open();
    store.set(CRM, FIRST);
    store.rotate(CRM, SECOND);

    assertEquals(3, store.rollBack(CRM, 1));

    assertEquals(FIRST, value(open(), CRM));
    assertTrue(open().held().contains(SECOND), "the one it replaced is still scrubbed");
    assertEquals(4, store.rollBack(CRM, 2));
    assertEquals(SECOND, value(store, CRM));
  }

  @Test
  void nothingComesBackThatIsOverOrInForceOrAnothers() {
    EncryptedFile store = open();
    store.set(CRM, FIRST);
    store.set(PAY, FIRST);
    store.rotate(CRM, SECOND);

    assertThrows(IllegalArgumentException.class, () -> store.rollBack(CRM, 2));
    assertThrows(IllegalArgumentException.class, () -> store.rollBack(PAY, 1));
    pass(Duration.ofHours(24));
    assertThrows(IllegalArgumentException.class, () -> store.rollBack(CRM, 1));
    assertEquals(SECOND, value(open(), CRM));
  }

  @Test
  void manyAreStoredInOneWriteOrNotAtAll() {
    var disk = new StoppingDisk(Integer.MAX_VALUE);
    EncryptedFile store = open(disk);
    store.set(CRM, FIRST);
    disk.steps.clear();

    assertEquals(Map.of(CRM, 2, PAY, 1), store.setAll(Map.of(CRM, SECOND, PAY, FIRST)));

    assertEquals(3, disk.steps.size());
    assertEquals(SECOND, value(open(), CRM));
    var elsewhere = CredentialRef.parse("vault:kv/crm#token");
    assertThrows(
        IllegalArgumentException.class, () -> store.setAll(Map.of(CRM, FIRST, elsewhere, FIRST)));
    assertEquals(SECOND, value(open(), CRM));
  }

  @Test
  void afterRekeyingOnlyTheNewKeyOpensAndEveryBoxIsAnotherOne() throws IOException {
    EncryptedFile store = open();
    store.set(CRM, FIRST);
    store.rotate(CRM, SECOND);
    String before = Files.readString(file);
    MasterKey old = master;
    master = MasterKey.random(new SecureRandom());

    store.rekey(master);

    String after = Files.readString(file);
    assertEquals(List.of(FIRST, SECOND), List.copyOf(open().held()));
    var boxes = Pattern.compile("\"(?:ciphertext|key)\":\"([^\"]+)\"").matcher(before);
    int seen = 0;
    for (; boxes.find(); seen++) {
      assertFalse(after.contains(boxes.group(1)), "a box of the old key");
    }
    assertEquals(4, seen);
    master = old;
    assertRefused("another master key");
  }

  @Test
  void whatIsDerivedElsewhereStaysTheSameThroughEveryMasterKey() {
    byte[] first = open().root().derive("arguments");

    for (int i = 0; i < 3; i++) {
      EncryptedFile store = open();
      master = MasterKey.random(new SecureRandom());
      store.rekey(master);
      store.set(CRM, FIRST);
    }

    assertArrayEquals(first, open().root().derive("arguments"));
  }

  private EncryptedFile open() {
    return EncryptedFile.open(file, master, () -> now, new SecureRandom());
  }

  private EncryptedFile open(DurableFile disk) {
    return EncryptedFile.open(
        file, master, () -> now, new SecureRandom(), EncryptedFile.GRACE, disk);
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  private static Secret value(EncryptedFile store, CredentialRef ref) {
    return store.stored(ref).orElseThrow().value();
  }

  private static void assertSame(List<Secret> expected, Collection<Secret> held) {
    assertEquals(expected, List.copyOf(held));
  }

  private void assertRefused(String rule) {
    assertRefused(Pattern.compile(Pattern.quote(rule)));
  }

  private void assertRefused(Pattern rule) {
    String message = String.valueOf(assertThrows(UnusableFile.class, this::open).getMessage());

    assertTrue(message.startsWith(file.toString()), message);
    assertTrue(rule.matcher(message).find(), message);
  }
}
