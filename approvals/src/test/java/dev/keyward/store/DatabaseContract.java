package dev.keyward.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every engine beneath [Database] promises.
abstract class DatabaseContract {
  private static final int MANY = 200;

  /// More than there are connections, and no more than get one in time on a slow machine.
  private static final int READERS = 30;

  /// More text than fits into what [#limitSpace] leaves.
  private static final String LARGE = "x".repeat(4 << 20);

  private Database database;

  /// Opens the one database of this test; what it held when it was closed is still there.
  abstract Database open();

  /// {@return how many transactions have been committed so far}
  abstract long commits(Database database);

  /// Leaves room for small rows only.
  abstract void limitSpace(Database database);

  /// Takes the limit away.
  abstract void freeSpace(Database database);

  @BeforeEach
  void begin() {
    database = open();
    database.write(tx -> tx.sql().execute("CREATE TABLE notes (text TEXT NOT NULL)"));
  }

  @AfterEach
  void end() {
    database.close();
  }

  @Test
  void whatWasAcknowledgedIsThereAfterReopening() {
    note("kept");

    database.close();
    database = open();

    assertEquals(List.of("kept"), notes());
  }

  @Test
  void aWriteReturnsTheResultOfItsWork() {
    assertEquals("done", database.write(_ -> "done"));
  }

  @Test
  void unitsRunInTheOrderQueued() {
    var done = new ArrayList<CompletableFuture<Integer>>();
    var expected = new ArrayList<String>();
    for (int i = 0; i < MANY; i++) {
      done.add(submit("n" + i));
      expected.add("n" + i);
    }
    done.forEach(CompletableFuture::join);

    assertEquals(expected, notes());
  }

  @Test
  void unitsThatQueueUpShareACommit() {
    long before = commits(database);
    var gate = new CountDownLatch(1);
    var held = database.submit(_ -> pass(gate));
    var done = new ArrayList<CompletableFuture<Integer>>();
    for (int i = 0; i < MANY; i++) {
      done.add(submit("n" + i));
    }

    gate.countDown();
    held.join();
    done.forEach(CompletableFuture::join);

    assertTrue(commits(database) - before < MANY / 10, "commits");
    assertEquals(MANY, notes().size());
  }

  @Test
  void patientWorkSharesTheCommitOfWhatIsWaitedFor() {
    int pairs = 100;
    long before = commits(database);

    for (int i = 0; i < pairs; i++) {
      var patient =
          database.submitPatiently(tx -> tx.update("INSERT INTO notes (text) VALUES (?)", "a"));
      database.write(tx -> tx.update("INSERT INTO notes (text) VALUES (?)", "b"));

      assertTrue(patient.isDone());
    }

    assertTrue(commits(database) - before < pairs * 3 / 2, "commits");
    assertEquals(Collections.nCopies(pairs, "a b"), inPairs(notes()));
  }

  @Test
  void patientWorkIsDoneWithoutOthers() {
    assertEquals(
        1,
        database
            .submitPatiently(tx -> tx.update("INSERT INTO notes (text) VALUES (?)", "alone"))
            .join());
  }

  @Test
  void aStatementThatFailsUndoesItsUnitAlone() {
    var bad =
        database.submit(
            tx -> {
              tx.update("INSERT INTO notes (text) VALUES (?)", "undone");
              return tx.update("INSERT INTO nowhere (text) VALUES (?)", "x");
            });
    database.write(tx -> tx.update("INSERT INTO notes (text) VALUES (?)", "kept"));

    assertTrue(bad.isCompletedExceptionally());
    assertEquals(List.of("kept"), notes());
  }

  @Test
  void concurrentWritersAllSucceed() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var done = new ArrayList<Future<?>>();
      for (int i = 0; i < MANY; i++) {
        done.add(threads.submit(() -> note("n")));
      }
      for (var one : done) {
        one.get();
      }
    }

    assertEquals(MANY, notes().size());
  }

  @Test
  void aUnitThatThrowsIsUndoneAlone() {
    var gate = new CountDownLatch(1);
    var held = database.submit(_ -> pass(gate));
    var before = submit("before");
    var failing = database.submit(tx -> failAfter(tx, "half"));
    var after = submit("after");

    gate.countDown();
    held.join();
    before.join();
    after.join();

    assertThrows(CompletionException.class, failing::join);
    assertEquals(List.of("before", "after"), notes());
  }

  @Test
  void aWrongStatementFailsItsUnitAlone() {
    var gate = new CountDownLatch(1);
    var held = database.submit(_ -> pass(gate));
    var before = submit("before");
    var failing = database.submit(tx -> tx.sql().execute("INSERT INTO notes VALUES (NULL)"));
    var after = submit("after");

    gate.countDown();
    held.join();

    assertThrows(CompletionException.class, failing::join);
    assertEquals(1, before.join() * after.join());
    assertEquals(List.of("before", "after"), notes());
  }

  @Test
  void theCallerGetsTheVeryExceptionThatTheWorkThrew() {
    var own = new ArithmeticException("mine");

    var thrown = assertThrows(ArithmeticException.class, () -> database.write(_ -> fail(own)));

    assertSame(own, thrown);
  }

  @Test
  void anErrorEndsItsUnitAndNotTheWriter() {
    assertThrows(
        StackOverflowError.class, () -> database.write(_ -> fail(new StackOverflowError())));

    note("alive");

    assertEquals(List.of("alive"), notes());
  }

  @Test
  void afterCommitFindsTheWorkDurableAndRunsBeforeTheCallerGoesOn() {
    var seen = new ArrayList<List<String>>();

    database.write(
        tx -> {
          tx.afterCommit(() -> seen.add(notes()));
          return insert(tx, "a");
        });

    assertEquals(List.of(List.of("a")), seen);
  }

  @Test
  void anActionThatThrowsHarmsNobody() {
    database.write(
        tx -> {
          tx.afterCommit(() -> fail(new IllegalStateException("careless")));
          return insert(tx, "a");
        });
    note("b");

    assertEquals(List.of("a", "b"), notes());
  }

  @Test
  void afterRollbackRunsInReverseAndAfterCommitNot() {
    var ran = Collections.synchronizedList(new ArrayList<String>());

    assertThrows(
        ArithmeticException.class,
        () ->
            database.write(
                tx -> {
                  tx.afterCommit(() -> ran.add("commit"));
                  tx.afterRollback(() -> ran.add("first"));
                  tx.afterRollback(() -> ran.add("second"));
                  return fail(new ArithmeticException());
                }));

    assertEquals(List.of("second", "first"), ran);
  }

  @Test
  void afterRollbackDoesNotRunOnSuccess() {
    var ran = new ArrayList<String>();

    database.write(
        tx -> {
          tx.afterRollback(() -> ran.add("rollback"));
          return insert(tx, "a");
        });

    assertEquals(List.of(), ran);
  }

  @Test
  void readersDoNotSeeWhatIsNotCommitted() {
    List<String> seenInside =
        database.write(
            tx -> {
              insert(tx, "a");
              return notes();
            });

    assertEquals(List.of(), seenInside);
    assertEquals(List.of("a"), notes());
  }

  @Test
  void aReadSeesOneMoment() throws Exception {
    var counted = new CountDownLatch(1);
    var written = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var counts =
          threads.submit(
              () ->
                  database.read(
                      tx -> {
                        int before = count(tx);
                        counted.countDown();
                        pass(written);
                        return List.of(before, count(tx));
                      }));
      counted.await();
      note("meanwhile");
      written.countDown();

      assertEquals(List.of(0, 0), counts.get());
    }
  }

  @Test
  void aForgottenCursorHarmsNobody() {
    note("a");
    note("b");
    database.write(DatabaseContract::beginToRead);
    database.read(DatabaseContract::beginToRead);

    note("c");

    assertEquals(List.of("a", "b", "c"), notes());
  }

  @Test
  void anExceptionHoldsNoneOfTheValues() {
    String canary = "canary-7f3a";
    var thrown =
        assertThrows(
            RuntimeException.class,
            () ->
                database.write(
                    tx -> tx.sql().execute("INSERT INTO notes (text, no) VALUES (?, 1)", canary)));
    var trace = new StringWriter();

    thrown.printStackTrace(new PrintWriter(trace));

    assertFalse(trace.toString().contains(canary));
  }

  @Test
  void aReadCannotWrite() {
    assertThrows(RuntimeException.class, () -> database.read(tx -> insert(tx, "sly")));

    assertEquals(List.of(), notes());
  }

  @Test
  void aUnitCannotEndTheTransactionOfOthers() {
    assertThrows(
        IllegalStateException.class,
        () ->
            database.write(
                tx -> {
                  insert(tx, "early");
                  return tx.sql().commit();
                }));

    assertEquals(List.of(), notes());
  }

  @Test
  void aUnitMustNotWaitForAnotherThatWrites() {
    assertThrows(
        IllegalStateException.class, () -> database.write(_ -> database.write(_ -> "deadlock")));
    assertThrows(
        IllegalStateException.class, () -> database.read(_ -> database.write(_ -> "deadlock")));
  }

  @Test
  void aReadWithinAReadIsServedHoweverManyThereAre() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var done = new ArrayList<Future<List<String>>>();
      for (int i = 0; i < READERS; i++) {
        done.add(threads.submit(() -> database.read(_ -> notes())));
      }
      for (var one : done) {
        assertEquals(List.of(), one.get());
      }
    }
  }

  @Test
  void aTransactionIsOfNoUseAfterItsWork() {
    Tx leaked = database.write(tx -> tx);

    assertThrows(IllegalStateException.class, leaked::sql);
  }

  @Test
  void closingFinishesTheQueue() {
    var done = new ArrayList<CompletableFuture<Integer>>();
    for (int i = 0; i < MANY; i++) {
      done.add(submit("n" + i));
    }
    database.close();
    database = open();

    assertTrue(done.stream().allMatch(one -> one.isDone() && one.join() == 1));
    assertEquals(MANY, notes().size());
  }

  @Test
  void aClosedDatabaseRefuses() {
    database.close();

    assertThrows(StoreUnavailable.class, () -> database.write(_ -> 1));
    assertThrows(StoreUnavailable.class, () -> database.read(_ -> 1));
    var late = assertThrows(CompletionException.class, () -> database.submit(_ -> 1).join());
    assertInstanceOf(StoreUnavailable.class, late.getCause());
  }

  @Test
  void closingTwiceIsClosing() {
    database.close();

    database.close();

    assertThrows(StoreUnavailable.class, () -> database.write(_ -> 1));
  }

  @Test
  void aFullDiskFailsTheWholeGroupAndUndoesItInReverse() {
    limitSpace(database);
    var undone = Collections.synchronizedList(new ArrayList<String>());
    var gate = new CountDownLatch(1);
    var held = database.submit(_ -> pass(gate));
    var small =
        database.submit(
            tx -> {
              tx.afterRollback(() -> undone.add("small"));
              return insert(tx, "small");
            });
    var large =
        database.submit(
            tx -> {
              tx.afterRollback(() -> undone.add("large"));
              return insert(tx, LARGE);
            });

    gate.countDown();

    for (var lost : List.of(held, small, large)) {
      var thrown = assertThrows(CompletionException.class, lost::join);
      assertInstanceOf(StoreUnavailable.class, thrown.getCause());
    }
    assertEquals(List.of("large", "small"), undone);
    assertEquals(List.of(), notes());
  }

  @Test
  void aFullDiskIsOverWhenThereIsRoomAgain() {
    limitSpace(database);
    assertThrows(StoreUnavailable.class, () -> note(LARGE));
    note("still fits");

    freeSpace(database);
    note(LARGE);

    assertEquals(List.of("still fits", LARGE), notes());
  }

  @Test
  void aUnitThatHidesAFullDiskStillFails() {
    limitSpace(database);

    assertThrows(
        StoreUnavailable.class,
        () ->
            database.write(
                tx -> {
                  insert(tx, "before");
                  assertThrows(RuntimeException.class, () -> insert(tx, LARGE));
                  assertThrows(StoreUnavailable.class, () -> insert(tx, "after"));
                  return "fine";
                }));

    assertEquals(List.of(), notes());
  }

  private void note(String text) {
    database.write(tx -> insert(tx, text));
  }

  private CompletableFuture<Integer> submit(String text) {
    return database.submit(tx -> insert(tx, text));
  }

  private List<String> notes() {
    return database.read(
        tx -> tx.sql().select("SELECT text FROM notes").mapTo(String.class).list());
  }

  @SuppressWarnings("MustBeClosedChecker") // that is the point
  private static String beginToRead(Tx tx) {
    return tx.sql().select("SELECT text FROM notes").mapTo(String.class).iterator().next();
  }

  private static int count(Tx tx) {
    return tx.sql().select("SELECT count(*) FROM notes").mapTo(int.class).one();
  }

  private static int insert(Tx tx, String text) {
    return tx.sql().execute("INSERT INTO notes VALUES (?)", text);
  }

  private static int failAfter(Tx tx, String text) {
    insert(tx, text);
    return fail(new ArithmeticException());
  }

  private static int fail(RuntimeException thrown) {
    throw thrown;
  }

  private static int fail(Error thrown) {
    throw thrown;
  }

  private static int pass(CountDownLatch gate) {
    try {
      gate.await();
      return 1;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> inPairs(List<String> notes) {
    return IntStream.range(0, notes.size() / 2)
        .mapToObj(i -> notes.get(2 * i) + " " + notes.get(2 * i + 1))
        .toList();
  }
}
