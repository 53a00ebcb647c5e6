package dev.keyward.server.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.server.config.Home;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Kills a broker that is hard at work, over and over, and holds what its clients were told against
/// what is on disk. The claims are the same for each engine.
///
/// `-Dkeyward.crash.rounds` says how often (5 by default), `-Dkeyward.crash.seed` which moments.
@Timeout(1200)
abstract class KillContract {
  private static final int ROUNDS = Integer.getInteger("keyward.crash.rounds", 5);
  private static final long SEED = Long.getLong("keyward.crash.seed", System.nanoTime());

  /// Every so many rounds a start is killed first, and with it recovery.
  private static final int START_KILLED_EVERY = 4;

  /// And a database server, if there is one, while the broker lives.
  private static final int SERVER_KILLED_EVERY = 5;

  private static final int PATIENCE_SECONDS = 60;

  @TempDir Path folder;
  private final Random random = new Random(SEED);
  private final Ledger ledger = new Ledger();
  private final Crew crew = new Crew(ledger, SEED);
  private final Company company = new Company(SEED);
  private final List<BrokerProcess> started = new ArrayList<>();
  private Home home;
  private Engine engine;
  private long startMillis = 1_000;
  private int serverKills;

  /// {@return the engine of this run}
  ///
  /// @param folder an empty folder of its own
  abstract Engine engine(Path folder, Home home) throws Exception;

  @BeforeEach
  void prepare() throws Exception {
    home = new Home(folder.resolve("home"));
    engine = engine(Files.createDirectory(folder.resolve("engine")), home);
    CrashHome.make(home.folder(), company.origin(), engine.settings());
  }

  @AfterEach
  void endAll() {
    started.forEach(BrokerProcess::end);
    if (engine != null) {
      engine.close();
    }
    company.close();
  }

  @Test
  void whateverTheMomentOfTheKillNothingToldIsLostAndNothingIsDoneTwice() throws Exception {
    long begun = System.nanoTime();
    BrokerProcess broker = start().listening();
    broker.operate("secret.set", Map.of("name", "desk#token", "value", "desk-key-0"));
    crew.enlist(broker);
    int kills = 0;
    Aftermath before = check(0);
    for (int round = 1; round <= ROUNDS; round++) {
      workUntilKilled(broker, round);
      kills++;
      assertEquals(List.of(), Aftermath.findings(engine), at(round));
      if (round % START_KILLED_EVERY == 0) {
        killAStart();
        kills++;
      }
      broker = startTimed();
      Aftermath after = check(round);
      assertEquals(List.of(), after.lostSince(before), at(round));
      before = after;
    }
    assertEquals(0, broker.stop(), "exit code");
    assertEquals(List.of(), Aftermath.findings(engine), at(ROUNDS));
    assertEquals(0, engine.verify().unsigned(), "records that no checkpoint has signed");
    assertEquals(engine.isServer(), ledger.timesUnavailable() > 0, "told that it cannot write");
    report(kills, before.events(), Duration.ofNanos(System.nanoTime() - begun));
  }

  /// Kills at a moment that a count decides: so many things told, or so many requests arrived.
  private void workUntilKilled(BrokerProcess broker, int round) throws Exception {
    var moment = new CountDownLatch(1 + random.nextInt(150));
    if (random.nextBoolean()) {
      ledger.onEntry(moment::countDown);
    } else {
      company.onArrival(moment::countDown);
    }
    crew.work(broker);
    boolean came = moment.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (engine.isServer() && round % SERVER_KILLED_EVERY == 1) {
      killTheServer();
    }
    LockSupport.parkNanos(random.nextInt(5_000_000));
    broker.kill();
    ledger.onEntry(() -> {});
    company.onArrival(() -> {});
    crew.rest();
    assertEquals(true, came, "the crew got nothing done; " + BrokerProcess.log(home));
  }

  /// The broker lives through it, and works again once the server does.
  private void killTheServer() throws Exception {
    engine.kill();
    serverKills++;
    int refused = ledger.timesUnavailable();
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(500)));
    engine.comeBack();
    var again = new CountDownLatch(20 + random.nextInt(50));
    ledger.onEntry(again::countDown);
    assertTrue(
        again.await(PATIENCE_SECONDS, TimeUnit.SECONDS),
        () -> "the broker does not get over it: " + refused + " " + started.getLast().endOfLog());
  }

  private void killAStart() {
    BrokerProcess broken = start();
    LockSupport.parkNanos(
        TimeUnit.MILLISECONDS.toNanos(startMillis / 3 + random.nextLong(startMillis)));
    broken.kill();
  }

  private BrokerProcess startTimed() {
    long begun = System.nanoTime();
    BrokerProcess broker = start().listening();
    startMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    return broker;
  }

  private BrokerProcess start() {
    BrokerProcess broker = BrokerProcess.start(home);
    started.add(broker);
    return broker;
  }

  private Aftermath check(int round) throws Exception {
    crew.greet(started.getLast());
    Aftermath aftermath = Aftermath.read(engine);
    var broken = new ArrayList<>(aftermath.broken(ledger, crew.jobs(), company.journal()));
    broken.addAll(crew.signedOut());
    broken.addAll(secretsLost());
    broken.addAll(Aftermath.findings(engine));
    assertEquals(List.of(), broken, at(round));
    return aftermath;
  }

  private List<String> secretsLost() {
    int newest = 0;
    for (var secret : started.getLast().operate("secret.list", Map.of())) {
      newest = Math.max(newest, secret.path("version").intValue());
    }
    return newest >= ledger.secretVersion()
        ? List.of()
        : List.of("the secret's version " + ledger.secretVersion() + " is lost");
  }

  private static String at(int round) {
    return "round " + round + " of -Dkeyward.crash.seed=" + SEED;
  }

  private void report(int kills, long events, Duration took) throws IOException {
    long writes =
        company.journal().stream().filter(request -> !request.method().equals("GET")).count();
    String line =
        String.format(
            Locale.ROOT,
            "%s: %d rounds, %d kills of the broker, %d of the server, %s; %d audit events, %d"
                + " requests sent of which %d writes; nothing lost, nothing twice; %d s; seed %d",
            engine.name(),
            ROUNDS,
            kills,
            serverKills,
            ledger.count(),
            events,
            company.journal().size(),
            writes,
            took.toSeconds(),
            SEED);
    CrashReport.write("kill-" + engine.name(), line);
  }
}
