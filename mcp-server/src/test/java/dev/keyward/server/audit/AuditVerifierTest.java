package dev.keyward.server.audit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.approvals.Verdict;
import dev.keyward.call.PersonId;
import dev.keyward.server.audit.Finding.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // JUnit sets the fields
final class AuditVerifierTest {
  @TempDir Path folder;
  private Broker broker;

  @BeforeEach
  void makeBroker() throws IOException {
    broker = new Broker(folder);
  }

  @Test
  void anUntouchedRecordIsIntact() throws IOException {
    broker.run(running -> running.append(5));
    broker.run(running -> running.append(5));

    Verification seen = broker.verify();

    assertEquals(List.of(), seen.findings());
    assertEquals(14, seen.records());
    assertEquals(2, seen.chains());
    assertEquals(4, seen.checkpoints());
    assertEquals(Optional.of(Samples.NOON), seen.lastCheckpoint());
    assertEquals(0, seen.unsigned());
  }

  @Test
  void itRunsBesideABrokerAndSaysWhatIsNotYetSigned() throws IOException {
    broker.run(
        running -> {
          running.append(3);

          Verification seen = broker.verify();

          assertEquals(List.of(), seen.findings());
          assertEquals(3, seen.unsigned());
          assertTrue(seen.limits().getFirst().startsWith("3 records are newer"));
        });
  }

  @Test
  void aRecordLeftByAnUncleanStopVerifiesAfterTheNextStart() throws IOException {
    broker.crash(running -> running.append(3));
    assertTrue(broker.verify().intact());

    broker.run(running -> running.append(1));

    assertEquals(List.of(), broker.verify().findings());
  }

  @Test
  void aChangedBodyIsNamed() throws Exception {
    String chain = broker.run(running -> running.append(5));

    changeBody(3);

    assertFirst(Fault.CHANGED, chain, 3);
    assertEquals(1, broker.verify().findings().size());
  }

  @Test
  void aColumnChangedBesideItsBodyIsNamed() throws Exception {
    String chain = broker.run(running -> running.append(5));

    broker.tamper("UPDATE audit_events SET agent = 'somebody-else' WHERE seq = 4");

    assertFirst(Fault.CHANGED, chain, 4);
  }

  @Test
  void aTimeChangedBesideItsBodyIsNamed() throws Exception {
    String chain = broker.run(running -> running.append(5));

    broker.tamper("UPDATE audit_events SET at = at + 1 WHERE seq = 4");

    assertFirst(Fault.CHANGED, chain, 4);
  }

  @Test
  void aBodyChangedTogetherWithItsLeafBreaksTheChain() throws Exception {
    String chain = broker.run(running -> running.append(5));

    changeBody(3);
    broker.tamper("UPDATE audit_events SET leaf = '" + leafOf(chain, 3) + "' WHERE seq = 3");

    assertFirst(Fault.CHANGED, chain, 3);
  }

  @Test
  void aChangedHashIsNamedOnce() throws Exception {
    String chain = broker.run(running -> running.append(5));

    broker.tamper("UPDATE audit_events SET hash = '" + "0".repeat(64) + "' WHERE seq = 3");

    assertFirst(Fault.CHANGED, chain, 3);
    assertEquals(1, broker.verify().findings().size());
  }

  @Test
  void aRecordReplacedWithBothHashesBreaksTheOneAfterIt() throws Exception {
    String chain = broker.run(running -> running.append(5));

    changeBody(3);
    rehash(chain, 3, 3);

    assertFirst(Fault.CHANGED, chain, 4);
  }

  @Test
  void aChainRewrittenToItsEndContradictsTheCheckpoint() throws Exception {
    String chain = broker.run(running -> running.append(5));

    changeBody(3);
    rehash(chain, 3, 7);

    assertFirst(Fault.REWRITTEN, chain, 7);
  }

  @Test
  void aChainRewrittenToItsEndCannotBeSeenWithoutCheckpointsAndThatIsSaid() throws Exception {
    String chain = broker.run(running -> running.append(5));

    changeBody(3);
    rehash(chain, 3, 7);

    Verification seen = broker.verifyWithoutCheckpoints();
    assertTrue(seen.intact());
    assertTrue(seen.limits().getFirst().contains("rewritten with all after"));
  }

  @Test
  void aMissingRecordIsNamed() throws Exception {
    String chain = broker.run(running -> running.append(5));

    broker.tamper("DELETE FROM audit_events WHERE seq = 3");

    assertFirst(Fault.MISSING, chain, 3);
  }

  @Test
  void aRecordTakenOutAndTheRestMovedUpIsNamed() throws Exception {
    String chain = broker.run(running -> running.append(5));

    broker.tamper(
        "DELETE FROM audit_events WHERE seq = 3",
        "UPDATE audit_events SET seq = -seq WHERE seq > 3",
        "UPDATE audit_events SET seq = -seq - 1 WHERE seq < 0");

    assertFirst(Fault.MISSING, chain, 3);
  }

  @Test
  void twoRecordsInEachOthersPlaceAreNamed() throws Exception {
    String chain = broker.run(running -> running.append(5));

    broker.tamper(
        "UPDATE audit_events SET seq = 99 WHERE seq = 3",
        "UPDATE audit_events SET seq = 3 WHERE seq = 4",
        "UPDATE audit_events SET seq = 4 WHERE seq = 99");

    assertFirst(Fault.REORDERED, chain, 3);
  }

  @Test
  void aRecordPutInBetweenIsNamed() throws Exception {
    String chain = broker.run(running -> running.append(5));

    broker.tamper(
        "UPDATE audit_events SET seq = -seq WHERE seq >= 3",
        "UPDATE audit_events SET seq = 1 - seq WHERE seq < 0",
        copy(chain, 2, 3));
    rehash(chain, 3, 3);

    assertFirst(Fault.INSERTED, chain, 4); // the forged one fits; the first behind it does not
  }

  @Test
  void aRecordOfAnotherChainIsNamed() throws Exception {
    String first = broker.run(running -> running.append(2));
    String second = broker.crash(running -> running.append(2));

    broker.tamper(
        "INSERT INTO audit_events SELECT '"
            + second
            + "', 4, id, at, type, call, run, agent, tool, body, leaf, hash FROM audit_events"
            + " WHERE chain = '"
            + first
            + "' AND seq = 2");

    assertFirst(Fault.INSERTED, second, 4);
  }

  @Test
  void aRecordForgedAfterTheStopIsNamed() throws Exception {
    String chain = broker.run(running -> running.append(2));

    broker.tamper(copy(chain, 2, 5));
    rehash(chain, 5, 5);

    assertFirst(Fault.INSERTED, chain, 5);
  }

  @Test
  void aRecordForgedOntoACrashedChainIsNamedByTheStartAfterIt() throws Exception {
    String crashed = broker.crash(running -> running.append(2));
    broker.run(running -> running.append(1));

    broker.tamper(copy(crashed, 2, 4));
    rehash(crashed, 4, 4);

    assertFirst(Fault.INSERTED, crashed, 4);
  }

  @Test
  void aTailCutOffIsNamed() throws Exception {
    String chain = broker.run(running -> running.append(5));

    broker.tamper("DELETE FROM audit_events WHERE seq > 4");

    assertFirst(Fault.CUT_OFF, chain, 5);
  }

  @Test
  void aTailCutOffTheNewestChainCannotBeSeenWithoutCheckpointsAndThatIsSaid() throws Exception {
    broker.run(running -> running.append(5));

    broker.tamper("DELETE FROM audit_events WHERE seq > 4");

    Verification seen = broker.verifyWithoutCheckpoints();
    assertTrue(seen.intact());
    assertTrue(seen.limits().getFirst().contains("cut off the end"));
  }

  @Test
  void aTailCutOffAnEarlierChainIsSeenEvenWithoutCheckpoints() throws Exception {
    String earlier = broker.run(running -> running.append(5));
    broker.run(running -> running.append(1));

    broker.tamper("DELETE FROM audit_events WHERE seq > 4 AND chain = '" + earlier + "'");

    assertFirst(broker.verifyWithoutCheckpoints(), Fault.CUT_OFF, earlier, 5);
  }

  @Test
  void aCutStaysVisibleAfterTheBrokerHasStartedAgain() throws Exception {
    String chain = broker.run(running -> running.append(5));
    broker.tamper("DELETE FROM audit_events WHERE seq > 4");

    broker.run(running -> running.append(1));

    assertFirst(Fault.CUT_OFF, chain, 5);
  }

  @Test
  void aRemovedChainIsNamedWithAndWithoutCheckpoints() throws Exception {
    String chain = broker.run(running -> running.append(2));
    broker.run(running -> running.append(1));

    broker.tamper(
        "DELETE FROM audit_events WHERE chain = '" + chain + "'",
        "DELETE FROM audit_chains WHERE chain = '" + chain + "'");

    assertFirst(Fault.CHAIN_REMOVED, chain, 1);
    assertFirst(broker.verifyWithoutCheckpoints(), Fault.CHAIN_REMOVED, chain, 1);
  }

  @Test
  void removingEveryRecordIsSeen() throws Exception {
    String chain = broker.run(running -> running.append(2));

    broker.tamper("DELETE FROM audit_events", "DELETE FROM audit_chains");

    assertFirst(Fault.CHAIN_REMOVED, chain, 1);
  }

  @Test
  void aChainHiddenFromTheListOfChainsIsNamed() throws Exception {
    String chain = broker.run(running -> running.append(2));

    broker.tamper("DELETE FROM audit_chains");

    assertFirst(Fault.CHANGED, chain, 1);
  }

  @Test
  void aWholeChainPutInIsNamed() throws Exception {
    String chain = broker.run(running -> running.append(2));
    String forged = "chain_" + "f".repeat(26);

    broker.tamper(
        "INSERT INTO audit_chains (chain, replica, started, named_seq, settled) SELECT '"
            + forged
            + "', replica, started - 1, 0, 1 FROM audit_chains",
        "INSERT INTO audit_events SELECT '"
            + forged
            + "', seq, id, at, type, call, run, agent, tool, replace(body, '"
            + chain
            + "', '"
            + forged
            + "'), leaf, hash FROM audit_events WHERE seq < 3");
    rehash(forged, 1, 2);

    assertFirst(Fault.INSERTED, forged, 1);
  }

  @Test
  void aDecisionThatAPasskeySignedIsVerifiedWithoutTheBroker() throws Exception {
    var passkey = new SignedDecision();

    broker.run(running -> passkey.events(Samples.BOB).forEach(running::append));

    assertEquals(List.of(), broker.verify().findings());
  }

  @Test
  void aSignatureOfAnotherDecisionIsNamed() throws Exception {
    var passkey = new SignedDecision();

    String chain =
        broker.run(running -> passkey.events(new PersonId("mallory")).forEach(running::append));

    assertFirst(Fault.NOT_SIGNED, chain, 3);
  }

  @Test
  void aBrokenGlassIsVerifiedWithItsTicketAndReason() throws Exception {
    var passkey = new SignedDecision();

    broker.run(
        running -> passkey.brokenGlass(SignedDecision.TICKET, true).forEach(running::append));

    assertEquals(List.of(), broker.verify().findings());
  }

  @Test
  void aBrokenGlassOfAnotherTicketIsNamed() throws Exception {
    var passkey = new SignedDecision();

    String chain =
        broker.run(running -> passkey.brokenGlass("INC-1", true).forEach(running::append));

    assertFirst(Fault.NOT_SIGNED, chain, 3);
  }

  @Test
  void aBrokenGlassThatNobodyHasSignedIsNamed() throws Exception {
    var passkey = new SignedDecision();

    String chain =
        broker.run(
            running -> passkey.brokenGlass(SignedDecision.TICKET, false).forEach(running::append));

    assertFirst(Fault.NOT_SIGNED, chain, 3);
  }

  @Test
  void aSignatureBesideADenialIsNamed() throws Exception {
    var passkey = new SignedDecision();

    String chain =
        broker.run(running -> passkey.events(Samples.BOB, Verdict.DENY).forEach(running::append));

    assertFirst(Fault.NOT_SIGNED, chain, 3);
  }

  @Test
  void aSignatureByAPasskeyThatThePersonNeverMadeIsNamed() throws Exception {
    var passkey = new SignedDecision();

    String chain = broker.run(running -> running.append(passkey.events(Samples.BOB).getLast()));

    assertFirst(Fault.NOT_SIGNED, chain, 2);
  }

  @Test
  void anEditedCheckpointIsNamed() throws Exception {
    broker.run(running -> running.append(2));

    broker.checkpoints(broker.checkpoints().replaceFirst("at 2026", "at 2025"));

    assertFile(Fault.CHECKPOINT_EDITED, 1);
  }

  @Test
  void aSecondEmptyLineInACheckpointIsNamed() throws Exception {
    broker.run(running -> running.append(2));

    broker.checkpoints(broker.checkpoints().replaceFirst("at 2026", "\nat 2026"));

    assertFile(Fault.CHECKPOINT_EDITED, 1);
  }

  @Test
  void aCheckpointSignedByAnotherKeyIsNamed() throws Exception {
    broker.run(running -> running.append(2));
    var other =
        SigningKey.create(
            folder.resolve("other.key"),
            folder.resolve("other.pub"),
            "broker.example",
            new SecureRandom());
    var text = new StringBuilder();
    for (String note : broker.notes()) {
      text.append(SignedNote.sign(text(note), other).written());
    }

    broker.checkpoints(text.toString());

    assertFile(Fault.WRONG_KEY, 1);
    assertEquals(0, broker.verify().checkpoints());
  }

  @Test
  void aCheckpointTakenOutOfTheMiddleIsNamed() throws Exception {
    broker.run(
        running -> {
          running.append(1);
          running.checkpoints().write();
        });

    broker.checkpoints(broker.checkpoints().replace(broker.notes().get(1), ""));

    assertFile(Fault.CHECKPOINT_MISSING, 2);
  }

  @Test
  void aCheckpointFileCutAtItsEndIsNamedByTheStartThatSawMore() throws Exception {
    broker.run(running -> running.append(2));
    broker.run(running -> running.append(2));

    broker.checkpoints(broker.notes().getFirst());

    assertFile(Fault.CHECKPOINT_MISSING, 0);
  }

  @Test
  void aCheckpointFileCutAtItsStartIsNamed() throws Exception {
    broker.run(running -> running.append(2));

    broker.checkpoints(broker.notes().getLast());

    assertFile(Fault.CHECKPOINT_MISSING, 1);
  }

  @Test
  void aRemovedCheckpointFileIsNamedByTheStartThatSawIt() throws Exception {
    broker.run(running -> running.append(2));
    broker.run(running -> running.append(2));

    Files.delete(broker.checkpointFile);

    assertFile(Fault.CHECKPOINT_MISSING, 0);
  }

  @Test
  void aMissingCheckpointFileIsNamedThoughNoStartSawIt() throws Exception {
    broker.run(running -> running.append(2));

    Files.delete(broker.checkpointFile);

    assertFile(Fault.CHECKPOINT_MISSING, 0);
  }

  @Test
  void anEmptiedCheckpointFileIsNamed() throws Exception {
    broker.run(running -> running.append(2));

    broker.checkpoints("");

    assertFile(Fault.CHECKPOINT_MISSING, 0);
  }

  @Test
  void aStartThatNamesACheckpointIsNoProofOfItWhereNoFileIsGiven() throws Exception {
    broker.run(running -> running.append(2));
    broker.run(running -> running.append(2));

    Finding first = broker.verifyWithoutCheckpoints().findings().getFirst();

    assertEquals(Fault.CHECKPOINT_MISSING, first.fault());
  }

  @Test
  void evenAnIntactRecordHasLimitsAndTheySayWhatWasNotChecked() throws Exception {
    broker.run(running -> running.append(2));

    String limits = String.join("\n", broker.verify().limits());

    assertTrue(limits.contains("cut off its end cannot be seen."), limits);
    assertTrue(limits.contains("outside the chain"), limits);
  }

  @Test
  void aForkOfTheCheckpointFileIsNamed() throws Exception {
    broker.run(running -> running.append(2));
    Checkpoint second = Checkpoint.parse(text(broker.notes().get(1)));
    var forked =
        new Checkpoint(
            second.origin(),
            second.size(),
            second.root(),
            second.at().plusSeconds(1),
            second.previous(),
            second.moved());

    broker.checkpoints(broker.checkpoints() + SignedNote.sign(forked.text(), broker.key).written());

    assertFile(Fault.FORKED, 3);
  }

  @Test
  void aCheckpointWhoseRootDoesNotFitIsNamed() throws Exception {
    broker.run(running -> running.append(2));
    Checkpoint first = Checkpoint.parse(text(broker.notes().getFirst()));
    var other =
        new Checkpoint(first.origin(), 1, "AAAA", first.at(), first.previous(), first.moved());

    broker.checkpoints(SignedNote.sign(other.text(), broker.key).written());

    assertFile(Fault.CHECKPOINT_EDITED, 1);
  }

  @Test
  void aCheckpointBrokenOffWhileWritingIsALimitNotAFault() throws Exception {
    broker.run(running -> running.append(2));

    broker.checkpoints(broker.checkpoints() + "broker.example\n1\nab");

    assertTrue(broker.verify().intact());
    assertTrue(broker.verify().limits().stream().anyMatch(limit -> limit.contains("not whole")));
  }

  @Test
  void withoutAKeyItSaysThatSignaturesWereNotChecked() throws Exception {
    broker.run(running -> running.append(2));

    Verification seen =
        AuditVerifier.verify(
            broker.databaseFile, Optional.of(broker.checkpointFile), Optional.empty());

    assertTrue(seen.limits().stream().anyMatch(limit -> limit.contains("were not checked")));
  }

  @Test
  void verifyingChangesNothing() throws Exception {
    broker.run(running -> running.append(2));
    byte[] before = Files.readAllBytes(broker.databaseFile);

    broker.verify();

    assertArrayEquals(before, Files.readAllBytes(broker.databaseFile));
  }

  @Test
  void aFileThatIsNoDatabaseIsRefused() throws Exception {
    Path file = Files.writeString(folder.resolve("other"), "not a database, just words\n");

    assertThrows(
        IOException.class, () -> AuditVerifier.verify(file, Optional.empty(), Optional.empty()));
  }

  @Test
  void theFirstFaultOfTheEarliestChainComesFirst() throws Exception {
    String first = broker.run(running -> running.append(5));
    broker.clock.move(Duration.ofMinutes(1));
    broker.run(running -> running.append(5));

    changeBody(5);
    changeBody(3);

    assertFirst(Fault.CHANGED, first, 3);
    assertEquals(4, broker.verify().findings().size());
  }

  private void assertFirst(Fault fault, String chain, long seq) throws IOException {
    assertFirst(broker.verify(), fault, chain, seq);
  }

  private static void assertFirst(Verification seen, Fault fault, String chain, long seq) {
    assertFalse(seen.findings().isEmpty(), "nothing found");
    Finding first = seen.findings().getFirst();
    assertEquals(new Finding.InChain(fault, chain, seq, first.what()), first);
  }

  private void assertFile(Fault fault, long number) throws IOException {
    List<Finding> findings = broker.verify().findings();
    assertFalse(findings.isEmpty(), "nothing found");
    Finding first = findings.getFirst();
    assertEquals(new Finding.InCheckpoints(fault, number, first.what()), first);
  }

  private static String text(String note) {
    return note.substring(0, note.indexOf("\n\n") + 1);
  }

  private void changeBody(long seq) throws SQLException {
    broker.tamper(
        "UPDATE audit_events SET body = replace(body, 'alice', 'mallo') WHERE seq = " + seq);
  }

  private static String copy(String chain, long from, long to) {
    return "INSERT INTO audit_events SELECT chain, "
        + to
        + ", id, at, type, call, run, agent, tool, replace(body, '\"seq\":"
        + from
        + ",', '\"seq\":"
        + to
        + ",'), leaf, hash FROM audit_events WHERE seq = "
        + from
        + " AND chain = '"
        + chain
        + "'";
  }

  /// Computes leaf and hash anew as somebody would who has read this package.
  private void rehash(String chain, long from, long to) throws SQLException {
    var hash = new AuditHash();
    try (Connection connection = broker.connect()) {
      for (long seq = from; seq <= to; seq++) {
        String before = seq == 1 ? AuditHash.START : column(connection, chain, seq - 1, "hash");
        byte[] leaf = hash.leaf(column(connection, chain, seq, "body"));
        try (var update =
            connection.prepareStatement(
                "UPDATE audit_events SET leaf = ?, hash = ? WHERE chain = ? AND seq = ?")) {
          update.setString(1, AuditHash.hex(leaf));
          update.setString(2, AuditHash.hex(hash.chain(HexFormat.of().parseHex(before), leaf)));
          update.setString(3, chain);
          update.setLong(4, seq);
          assertEquals(1, update.executeUpdate());
        }
      }
    }
  }

  private String leafOf(String chain, long seq) throws SQLException {
    try (Connection connection = broker.connect()) {
      return AuditHash.hex(new AuditHash().leaf(column(connection, chain, seq, "body")));
    }
  }

  private static String column(Connection connection, String chain, long seq, String name)
      throws SQLException {
    try (var query =
        connection.prepareStatement(
            "SELECT " + name + " FROM audit_events WHERE chain = ? AND seq = ?")) {
      query.setString(1, chain);
      query.setLong(2, seq);
      try (var rows = query.executeQuery()) {
        assertTrue(rows.next());
        return rows.getString(1);
      }
    }
  }
}
