package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.server.audit.AuditVerifier;
import dev.keyward.server.audit.Verification;
import dev.keyward.server.audit.VerifierKey;
import dev.keyward.server.cli.Main;
import dev.keyward.server.config.Home;
import dev.keyward.server.control.Backup;
import dev.keyward.server.control.OperatorError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Backups of a home on which a broker runs, and what can be restored from them.
@Timeout(180)
final class BackupTest {
  private static final String READ = "{\"ticket_id\":\"4812\"}";

  @TempDir Path folder;
  private TestBroker broker;
  private AgentClient agent;

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.in(folder);
    agent = broker.agent("triage-1", "crm.*");
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void backupsTakenWhileCallsRunAreWhole() throws Exception {
    try (ExecutorService calling = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Boolean> calls = calling.submit(() -> allAnswered(40));
      for (int i = 0; i < 4; i++) {
        Verification found = verified(Backup.take(broker.home(), folder.resolve("copy" + i)));
        assertEquals(List.of(), found.findings());
      }
      assertTrue(calls.get());
    }
  }

  @Test
  void whatWasRecordedBeforeTheBackupIsInIt() throws Exception {
    String call = agent.call("crm.read_ticket", READ).call();
    Backup backup = Backup.take(broker.home(), folder.resolve("copy"));
    broker.stop();

    try (Keyward restored = restored(backup)) {
      JsonNode records = operate(restored, "audit.list", "{\"call\":\"" + call + "\"}");
      assertEquals(2, records.size());
      assertEquals("triage-1", operate(restored, "agent.list", "{}").at("/0/name").stringValue());
      assertEquals(2, operate(restored, "secret.list", "{}").size());
    }
  }

  @Test
  void aRestoredBrokerAnswersTheSameAgents() throws Exception {
    Backup backup = Backup.take(broker.home(), folder.resolve("copy"));
    broker.stop();
    Path home = broker.home().folder();
    restoreKeys(backup);
    Files.move(home, folder.resolve("lost"));
    Files.move(backup.folder(), home);
    broker.start();

    assertFalse(agent.call("crm.read_ticket", READ).failed());
  }

  @Test
  void whatCameAfterTheBackupShowsInTheNewerCheckpoints() throws Exception {
    Backup backup = Backup.take(broker.home(), folder.resolve("copy"));
    agent.call("crm.read_ticket", READ);
    broker.stop(); // signs the last record
    Path newer = broker.home().folder().resolve("checkpoints.txt");

    Verification found =
        AuditVerifier.verify(backup.database(), Optional.of(newer), key(broker.home()));
    assertFalse(found.intact());
  }

  @Test
  void aBackupHoldsNeitherKeyNorSecret() throws Exception {
    String master = Files.readString(broker.home().masterKey()).strip();
    String signing = Files.readString(broker.home().auditKey()).strip();
    Backup backup = Backup.take(broker.home(), folder.resolve("copy"));

    for (Path file : files(backup.folder())) {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      for (String secret : List.of(master, signing, TestBroker.CRM_KEY, agent.key())) {
        assertFalse(text.contains(secret), file::toString);
      }
    }
  }

  @Test
  void onlyItsOwnerCanReadABackup() throws Exception {
    Backup backup = Backup.take(broker.home(), folder.resolve("copy"));

    try (Stream<Path> all = Files.walk(backup.folder())) {
      for (Path each : all.toList()) {
        String wanted = Files.isDirectory(each) ? "rwx------" : "rw-------";
        String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(each));
        assertEquals(wanted, mode, each::toString);
      }
    }
  }

  @Test
  void aBackupIsNeverWrittenOver() throws Exception {
    Path there = Files.createDirectory(folder.resolve("copy"));

    assertThrows(OperatorError.class, () -> Backup.take(broker.home(), there));
    assertEquals(List.of(), files(there));
  }

  @Test
  void aBackupInsideTheHomeIsRefused() {
    Path inside = broker.home().folder().resolve("copy");

    assertThrows(OperatorError.class, () -> Backup.take(broker.home(), inside));
    assertFalse(Files.exists(inside));
  }

  @Test
  void whatABrokenOffBackupLeftIsInNobodysWay() throws Exception {
    Path left = Files.createDirectory(folder.resolve("copy.unfinished"));
    Files.writeString(left.resolve("keyward.db"), "half");

    Backup backup = Backup.take(broker.home(), folder.resolve("copy"));

    assertTrue(verified(backup).intact());
    assertFalse(Files.exists(left));
  }

  @Test
  void theCommandSaysIfTheRecordIsNotWhole() throws Exception {
    agent.call("crm.read_ticket", READ);
    try (var sql = broker.sql();
        var statement = sql.createStatement()) {
      statement.execute("DROP TRIGGER IF EXISTS audit_events_no_update");
      statement.execute(
          "UPDATE audit_events SET agent = 'somebody-else' WHERE type = 'call.intent'");
    }

    assertEquals(4, backUp(folder.resolve("copy")));
    assertTrue(Files.exists(folder.resolve("copy")));
  }

  @Test
  void theCommandEndsWellBesideARunningBroker() {
    assertEquals(0, backUp(folder.resolve("copy")));
    assertEquals(1, backUp(folder.resolve("copy")));
  }

  @Test
  void whereTheDatabaseIsElsewhereAnOldFileIsNotTakenForIt() throws Exception {
    broker.configure("database: {url: \"postgresql://127.0.0.1:1/keyward\"}\n");

    Backup backup = Backup.take(broker.home(), folder.resolve("copy"));

    assertFalse(backup.withDatabase());
    assertFalse(Files.exists(backup.database()));
  }

  private boolean allAnswered(int calls) {
    boolean all = true;
    for (int i = 0; i < calls; i++) {
      all &= !agent.call("crm.read_ticket", READ).failed();
    }
    return all;
  }

  private int backUp(Path target) {
    return Main.run("backup", target.toString(), "--home", broker.home().folder().toString());
  }

  private Keyward restored(Backup backup) throws Exception {
    restoreKeys(backup);
    return Keyward.open(new Home(backup.folder()), Mode.COMMAND, InstantSource.system());
  }

  private void restoreKeys(Backup backup) throws IOException {
    var copy = new Home(backup.folder());
    Files.copy(broker.home().masterKey(), copy.masterKey());
    Files.copy(broker.home().auditKey(), copy.auditKey());
  }

  private static JsonNode operate(Keyward keyward, String command, String arguments) {
    return keyward.operations().operate(command, JsonMapper.shared().readTree(arguments));
  }

  private static Verification verified(Backup backup) throws IOException {
    return AuditVerifier.verify(
        backup.database(), Optional.of(backup.checkpoints()), key(new Home(backup.folder())));
  }

  private static Optional<VerifierKey> key(Home home) throws IOException {
    return Optional.of(VerifierKey.read(home.auditPublicKey()));
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }
}
