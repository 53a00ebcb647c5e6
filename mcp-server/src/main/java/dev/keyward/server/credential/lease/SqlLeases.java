package dev.keyward.server.credential.lease;

import dev.keyward.call.LeaseId;
import dev.keyward.call.RunId;
import dev.keyward.redaction.Secret;
import dev.keyward.server.credential.LeaseJournal;
import dev.keyward.server.credential.MintOrder;
import dev.keyward.server.credential.Minted;
import dev.keyward.server.credential.RowSeal;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiPredicate;
import java.util.random.RandomGenerator;
import javax.crypto.SecretKey;

/// The journal in the database, which all brokers over it share. Values are sealed.
///
/// A run's end marks its leases in its own transaction; so does a broker's. From then on
/// [Revocations] of any broker gives them back. Safe for all threads.
public final class SqlLeases implements LeaseJournal {
  private static final String RUN_ENDED = "run_ended";
  private static final String ORPHANED = "orphaned";
  private static final String EXPIRED = "expired";

  /// What became of one that opens nothing more.
  static final String DONE = "done";

  /// How long a value counts as one that may work, where its issuer does not say when it ends.
  private static final Duration ASSUMED_OVER = Duration.ofDays(1);

  /// How long what is over stays to be looked at, and known to the redactor.
  private static final Duration SHOWN = Duration.ofHours(1);

  private static final Duration FIRST_WAIT = Duration.ofSeconds(5);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
  private static final int MOST_DOUBLINGS = 8;
  private static final int MANY = 1_000;

  private final Database database;
  private final RowSeal seal;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final String chain;
  private final BiPredicate<Tx, RunId> open;
  private final Listener listener;
  private final Set<Opened> opened = ConcurrentHashMap.newKeySet();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final List<Runnable> onDue = new CopyOnWriteArrayList<>();

  /// What is told of each change, inside its transaction.
  @FunctionalInterface
  public interface Listener {
    void append(Tx tx, LeaseChange change);
  }

  /// A lease that is to be given back.
  ///
  /// @param receipt what its issuer is shown; absent if its row is not as it was stored
  record Due(LeaseRow row, Optional<Secret> receipt) {}

  private record Opened(LeaseId lease, Secret value) {}

  /// Opens what earlier starts and other brokers have left, so that it is known.
  ///
  /// @param key for AES, for nothing else
  /// @param random a secure one
  /// @param chain this broker's own
  /// @param open whether a run goes on, as a unit of work sees it
  public SqlLeases(
      Database database,
      SecretKey key,
      InstantSource clock,
      RandomGenerator random,
      String chain,
      BiPredicate<Tx, RunId> open,
      Listener listener) {
    this.database = database;
    this.seal = new RowSeal(key, random);
    this.clock = clock;
    this.random = random;
    this.chain = chain;
    this.open = open;
    this.listener = listener;
    database.read(LeaseRows::withValue).forEach(this::opened);
  }

  @Override
  public Optional<LeaseId> begin(MintOrder order, String kind) {
    LeaseId lease = LeaseId.random(random);
    RunId run = order.caller().run();
    var of = new LeaseChange.Of(lease, run, order.caller().agent(), order.use().ref());
    return database.write(
        tx -> {
          lock(tx, run);
          if (!open.test(tx, run)) {
            return Optional.empty();
          }
          String scope = order.use().scope().orElse("");
          LeaseRows.insert(tx, of, kind, scope, chain, clock.instant());
          return Optional.of(lease);
        });
  }

  /// Nobody waits for it: a row that stays by a crash says no more than that it is not known.
  @Override
  public void nothing(LeaseId lease) {
    var _ =
        database.submitPatiently(
            tx -> {
              LeaseRows.delete(tx, lease);
              return lease;
            });
  }

  @Override
  public boolean made(LeaseId lease, Minted minted, boolean stated) {
    return database.write(
        tx -> {
          LeaseRow row = LeaseRows.find(tx, lease).orElseThrow();
          lock(tx, row.of().run());
          boolean ends = LeaseRows.find(tx, lease).flatMap(LeaseRow::why).isPresent();
          Instant over = stated ? minted.expires() : minted.made().plus(ASSUMED_OVER);
          LeaseRow.State state = ends ? LeaseRow.State.DUE : LeaseRow.State.LIVE;
          if (!LeaseRows.made(tx, lease, state, minted, over, sealed(row, minted))) {
            throw new IllegalStateException("lease " + lease + " was made twice");
          }
          listener.append(tx, new LeaseChange.Made(row.of(), minted));
          if (ends) {
            tx.afterCommit(this::tellDue);
          }
          return !ends;
        });
  }

  @Override
  public boolean prolonged(LeaseId lease, Instant end) {
    return database.write(tx -> LeaseRows.prolong(tx, lease, end));
  }

  /// The leases of a run that ends are given back.
  public void runEnded(Tx tx, RunId run) {
    lock(tx, run);
    if (LeaseRows.endRun(tx, run, RUN_ENDED, clock.instant()) > 0) {
      tx.afterCommit(this::tellDue);
    }
  }

  /// {@return runs whose end has ended leases, at whichever broker}
  public static Set<RunId> runsEnded(Tx tx) {
    return LeaseRows.runsEnded(tx, RUN_ENDED);
  }

  /// The leases of a broker that is gone are given back. What it was about to ask for may have been
  /// made; nobody knows the value.
  public void orphaned(Tx tx, String goneChain) {
    LeaseRows.endChain(tx, goneChain, ORPHANED, clock.instant());
    for (LeaseRow lost : LeaseRows.asked(tx, goneChain)) {
      LeaseRows.delete(tx, lost.lease());
      listener.append(tx, ended(lost, lost.why().orElse(ORPHANED), "lost"));
    }
    tx.afterCommit(this::tellDue);
  }

  /// The leases of this broker are given back: it stops.
  public void stopping() {
    database.write(tx -> LeaseRows.endChain(tx, chain, "stopped", clock.instant()));
  }

  /// Has `soon` run when something is to be given back; on a thread of the database, quick and not
  /// throwing.
  public void onDue(Runnable soon) {
    onDue.add(soon);
  }

  /// {@return the leases, the newest first; those that are over for an hour}
  public List<LeaseRow> list() {
    return database.read(tx -> LeaseRows.newest(tx, MANY));
  }

  /// Ends what its time is over for, and forgets what ended a while ago.
  void expire() {
    Instant now = clock.instant();
    if (database.read(tx -> LeaseRows.quiet(tx, now, now.minus(SHOWN)))) {
      return;
    }
    database.write(
        tx -> {
          LeaseRows.endAssumed(tx, EXPIRED, now);
          for (LeaseRow row : LeaseRows.past(tx, now, MANY)) {
            boolean asked = row.state() == LeaseRow.State.DUE && row.attempts() > 0;
            end(tx, row, asked ? "failed" : EXPIRED, now);
          }
          return LeaseRows.forget(tx, now.minus(SHOWN));
        });
    Set<LeaseId> known = database.read(LeaseRows::ids);
    opened.removeIf(value -> !known.contains(value.lease));
  }

  /// Takes what is to be given back now; until its next time no other broker takes it.
  List<Due> take(int atMost) {
    Instant now = clock.instant();
    List<LeaseRows.Sealed> due = database.read(tx -> LeaseRows.due(tx, now, atMost));
    if (due.isEmpty()) {
      return List.of();
    }
    List<LeaseRows.Sealed> mine =
        database.write(
            tx ->
                due.stream()
                    .filter(one -> LeaseRows.claim(tx, one.row(), now.plus(wait(one.row()))))
                    .toList());
    return mine.stream().map(one -> new Due(one.row().tried(), opened(one))).toList();
  }

  private static Duration wait(LeaseRow row) {
    Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(row.attempts(), MOST_DOUBLINGS));
    return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
  }

  /// A lease that was taken is over.
  ///
  /// @param revocation as in [LeaseChange.Ended]
  void ended(LeaseRow taken, String revocation) {
    database.write(tx -> end(tx, taken, revocation, clock.instant()));
  }

  /// A lease that was taken is not given back; it is taken again later.
  void notYet(LeaseRow taken) {
    if (taken.attempts() == 1) {
      database.write(
          tx -> {
            listener.append(tx, new LeaseChange.NotYetRevoked(taken.of(), why(taken)));
            return taken;
          });
    }
  }

  @Override
  public Collection<Secret> held() {
    return opened.stream().map(Opened::value).toList();
  }

  @Override
  public void onChange(Runnable onChange) {
    listeners.add(onChange);
  }

  private LeaseRow end(Tx tx, LeaseRow row, String revocation, Instant now) {
    boolean first =
        revocation.equals(DONE)
            ? LeaseRows.endForGood(tx, row, why(row), revocation, now)
            : LeaseRows.end(tx, row, why(row), revocation);
    if (first) {
      listener.append(tx, ended(row, why(row), revocation));
    }
    return row;
  }

  private static String why(LeaseRow row) {
    return row.why().orElse(EXPIRED);
  }

  private static LeaseChange ended(LeaseRow row, String why, String revocation) {
    Optional<String> fingerprint = Optional.of(row.fingerprint()).filter(text -> !text.isEmpty());
    return new LeaseChange.Ended(row.of(), why, revocation, row.attempts(), fingerprint);
  }

  private void tellDue() {
    onDue.forEach(Runnable::run);
  }

  private String sealed(LeaseRow row, Minted minted) {
    List<Secret> secrets = new ArrayList<>(List.of(minted.receipt().shown(), minted.value()));
    secrets.addAll(minted.parts());
    return seal.seal(bound(row), secrets);
  }

  private Optional<Secret> opened(LeaseRows.Sealed sealed) {
    Optional<List<Secret>> secrets = seal.open(bound(sealed.row()), sealed.value());
    LeaseId lease = sealed.row().lease();
    boolean more =
        secrets.stream()
            .flatMap(List::stream)
            .map(secret -> opened.add(new Opened(lease, secret)))
            .reduce(false, Boolean::logicalOr);
    if (more) {
      listeners.forEach(Runnable::run);
    }
    return secrets.map(List::getFirst);
  }

  private static List<String> bound(LeaseRow row) {
    LeaseChange.Of of = row.of();
    return List.of(
        "lease 1",
        of.lease().value(),
        of.run().value(),
        of.agent().value(),
        of.reference().toString());
  }

  /// Between a run's end and what is made for it one is first, at whichever brokers.
  private static void lock(Tx tx, RunId run) {
    tx.lock("leases " + run.value());
  }
}
