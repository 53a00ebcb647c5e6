package dev.keyward.server.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.store.SqliteDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // JUnit sets the fields
final class CheckpointsTest {
  @TempDir Path folder;
  private Broker broker;

  @BeforeEach
  void makeBroker() throws IOException {
    broker = new Broker(folder);
  }

  @Test
  void aCheckpointIsASignedNoteOverEveryHead() throws Exception {
    String chain = broker.run(running -> running.append(2));

    List<String> lines = broker.notes().getLast().lines().toList();

    assertEquals("broker.example", lines.get(0));
    assertEquals("1", lines.get(1));
    assertEquals("at 2026-11-20T12:00:00Z", lines.get(3));
    assertTrue(lines.get(4).startsWith("previous "));
    assertTrue(lines.get(5).startsWith("head " + chain + " 4 "), lines.get(5));
    assertEquals("", lines.get(6));
    assertTrue(lines.get(7).startsWith("— broker.example "));
    byte[] signature = Base64.getDecoder().decode(lines.get(7).split(" ", -1)[2]);
    assertEquals(broker.key.verifier().id(), HexFormat.of().formatHex(Arrays.copyOf(signature, 4)));
    assertEquals(68, signature.length);
  }

  /// RFC 6962, section 2.1: three leaves hash as ((1, 2), 3).
  @Test
  void theRootIsTheMerkleTreesOfRfc6962() throws Exception {
    List<ChainHead> heads =
        List.of(
            new ChainHead("a", 1, "1".repeat(64)),
            new ChainHead("b", 2, "2".repeat(64)),
            new ChainHead("c", 3, "3".repeat(64)));

    byte[] left = sha(1, leaf("a 1 ", "1"), leaf("b 2 ", "2"));
    byte[] root = sha(1, left, leaf("c 3 ", "3"));
    assertEquals(Base64.getEncoder().encodeToString(root), Checkpoint.root(heads));
  }

  @Test
  void whereNothingIsNewNothingIsWritten() throws Exception {
    broker.run(
        running -> {
          String before = broker.checkpoints();

          running.checkpoints().write();

          assertEquals(before, broker.checkpoints());
        });
  }

  @Test
  void aHeadThatHasNotMovedIsNotListedAgain() throws Exception {
    String first = broker.run(running -> running.append(1));
    broker.run(running -> running.append(1));

    assertFalse(broker.notes().getLast().contains(first));
    assertEquals(List.of(), broker.verify().findings());
  }

  @Test
  @Timeout(30)
  void aThousandRecordsAreSignedWithoutWaiting() throws Exception {
    broker.run(
        running -> {
          running.checkpoints().start();
          Optional<CheckpointName> before = running.checkpoints().last();
          running
              .database()
              .write(
                  tx -> {
                    for (int i = 0; i < 1000; i++) {
                      running.log().append(tx, Samples.outcome(Samples.CALL));
                    }
                    return true;
                  });
          while (running.checkpoints().last().equals(before)) {
            Thread.onSpinWait();
          }
          running.checkpoints().close();
        });

    assertTrue(broker.verify().intact());
  }

  @Test
  void closingSignsTheLastRecord() throws Exception {
    try (var database = SqliteDatabase.open(broker.databaseFile);
        var checkpoints =
            Checkpoints.open(database, broker.checkpointFile, broker.key, broker.clock)) {
      var log = new SqlAuditLog(database, broker.clock, new SecureRandom(), "broker-1");
      log.start(Samples.facts(broker.key.verifier().toString()), checkpoints.last());
      checkpoints.start();
      log.stop();
    }

    Verification seen = broker.verify();
    assertEquals(List.of(), seen.findings());
    assertEquals(0, seen.unsigned());
  }

  @Test
  void aCheckpointThatCannotBeWrittenIsTroubleUntilOneCan() throws Exception {
    broker.run(
        running -> {
          Path aside = folder.resolve("aside");
          Files.move(broker.checkpointFile, aside);
          Files.createDirectory(broker.checkpointFile);
          running.append(1);
          running.checkpoints().write();
          assertTrue(running.checkpoints().trouble().isPresent());

          Files.delete(broker.checkpointFile);
          Files.move(aside, broker.checkpointFile);
          running.checkpoints().write();

          assertEquals(Optional.empty(), running.checkpoints().trouble());
          assertEquals(0, broker.verify().unsigned());
        });
  }

  /// Otherwise the broker itself would sign what an attacker has left of the record.
  @Test
  void whatWasChangedSinceItWasSignedIsNotSignedAgain() throws Exception {
    String chain = broker.run(running -> running.append(5));
    broker.tamper("DELETE FROM audit_events WHERE seq > 4");
    String before = broker.checkpoints();

    broker.run(
        running -> {
          running.append(1);
          running.checkpoints().write();

          String trouble = running.checkpoints().trouble().orElse("");
          assertTrue(trouble.contains(chain), trouble);
        });

    assertEquals(before, broker.checkpoints());
  }

  @Test
  void aCheckpointBrokenOffByACrashIsCutAndTheNextFollowsOnTheOneBefore() throws Exception {
    broker.crash(running -> running.append(1));
    Files.writeString(broker.checkpointFile, "broker.example\n1\nab", StandardOpenOption.APPEND);

    broker.run(running -> running.append(1));

    assertEquals(List.of(), broker.verify().findings());
    assertTrue(broker.verify().limits().stream().noneMatch(limit -> limit.contains("not whole")));
  }

  private static byte[] leaf(String start, String digit) throws Exception {
    return sha(0, (start + digit.repeat(64)).getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] sha(int first, byte[]... parts) throws Exception {
    var digest = MessageDigest.getInstance("SHA-256");
    digest.update((byte) first);
    for (byte[] part : parts) {
      digest.update(part);
    }
    return digest.digest();
  }
}
