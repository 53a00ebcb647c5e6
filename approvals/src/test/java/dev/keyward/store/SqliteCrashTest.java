package dev.keyward.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills a process that writes, and looks for what it had acknowledged.
final class SqliteCrashTest {
  private static final int KILLED_AFTER = 300;

  @TempDir private Path folder;

  /// The process that is killed: several threads write numbers and print each once it is durable.
  static final class Victim {
    private Victim() {}

    public static void main(String[] arguments) {
      Database database = SqliteDatabase.open(Path.of(arguments[0]));
      database.write(tx -> tx.sql().execute("CREATE TABLE numbers (n BIGINT PRIMARY KEY)"));
      for (int thread = 0; thread < 4; thread++) {
        int first = thread;
        Thread.ofPlatform().start(() -> countFrom(first, database));
      }
    }

    @SuppressWarnings("SystemOut") // the pipe to the test
    private static void countFrom(int first, Database database) {
      for (long n = first; ; n += 4) {
        long number = n;
        database.write(tx -> tx.sql().execute("INSERT INTO numbers VALUES (?)", number));
        System.out.println("ack " + number);
      }
    }
  }

  @Test
  void whatWasAcknowledgedSurvivesAKill() throws Exception {
    Path file = folder.resolve("killed.db");

    List<Long> acknowledged = acknowledgedUntilKilled(file);

    try (var database = SqliteDatabase.open(file)) {
      Set<Long> there =
          database.read(tx -> tx.sql().select("SELECT n FROM numbers").mapTo(Long.class).set());
      assertTrue(there.containsAll(acknowledged));
      assertEquals(
          "ok",
          database.read(tx -> tx.sql().select("PRAGMA integrity_check").mapTo(String.class).one()));
    }
  }

  private static List<Long> acknowledgedUntilKilled(Path file)
      throws IOException, InterruptedException {
    Process victim =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader lines = victim.inputReader(StandardCharsets.UTF_8)) {
      var acknowledged = new ArrayList<Long>();
      while (acknowledged.size() < KILLED_AFTER) {
        acknowledged.add(number(lines.readLine()));
      }
      victim.destroyForcibly();
      assertTrue(victim.waitFor(1, TimeUnit.MINUTES));
      return acknowledged;
    } finally {
      victim.destroyForcibly();
    }
  }

  private static long number(String line) {
    assertTrue(line != null && line.startsWith("ack "), "the victim ended by itself");
    return Long.parseLong(line.substring("ack ".length()));
  }
}
