package dev.keyward.server.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.server.config.Home;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Kills `init` while it makes a home, and a broker while it makes its tables for the first time.
@Tag("crash")
@Timeout(900)
final class FirstStartKillTest {
  private static final int TRIES = Math.max(2, Integer.getInteger("keyward.crash.rounds", 5) / 5);
  private static final long SEED = Long.getLong("keyward.crash.seed", System.nanoTime());
  private static final int WINDOW_MILLIS = 600;

  @TempDir Path folder;
  private final Random random = new Random(SEED);
  private final List<BrokerProcess> started = new ArrayList<>();

  @AfterEach
  void end() {
    started.forEach(BrokerProcess::end);
  }

  @Test
  void whateverTheMomentOfTheKillTheNextStartMakesAWholeBroker() throws Exception {
    for (int i = 0; i < TRIES; i++) {
      Home home = CrashHome.make(folder.resolve("home-" + i), URI.create("http://127.0.0.1:9"), "");
      killDuringMigration(home);
      killDuringMigration(home);

      BrokerProcess broker = start(home).listening();

      assertEquals(0, broker.stop(), "seed " + SEED);
      assertEquals(List.of(), Aftermath.findings(new SqliteEngine(home)), "seed " + SEED);
    }
  }

  @Test
  void whateverTheMomentOfTheKillTheNextInitMakesAWholeHome() throws Exception {
    int interrupted = 0;
    for (String last :
        List.of("", "config.yaml.unfinished", "master.key", "audit.key", "catalog/stripe.yaml")) {
      var home = new Home(folder.resolve("init-" + last.length()));
      killOnce(home.folder().resolve(last), init(home));
      boolean finished = Files.exists(home.config());
      interrupted += finished ? 0 : 1;

      int code = init(home).waitFor();

      assertEquals(finished ? 1 : 0, code, "after " + last);
      onFreePorts(home);
      assertEquals(0, start(home).listening().stop());
    }
    assertTrue(interrupted > 0, "every kill came too late");
  }

  private static Process init(Home home) throws IOException {
    return new ProcessBuilder(
            BrokerProcess.command(List.of(), "init", "--home", home.folder().toString()))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static void killOnce(Path there, Process process) throws InterruptedException {
    while (process.isAlive() && !Files.exists(there)) {
      Thread.onSpinWait();
    }
    process.destroyForcibly().waitFor();
  }

  private static void onFreePorts(Home home) throws IOException {
    String settings = Files.readString(home.config());
    Files.writeString(home.config(), settings.replaceAll("(listen: [0-9.]+):[0-9]+", "$1:0"));
  }

  private void killDuringMigration(Home home) {
    BrokerProcess broker = start(home);
    while (broker.lives() && !Files.exists(home.database())) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(WINDOW_MILLIS)));
    broker.kill();
  }

  private BrokerProcess start(Home home) {
    BrokerProcess broker = BrokerProcess.start(home);
    started.add(broker);
    return broker;
  }
}
