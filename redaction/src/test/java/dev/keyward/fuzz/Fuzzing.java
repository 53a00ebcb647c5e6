package dev.keyward.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Jazzer in a process of its own: it changes our classes there so that they tell which ways an
/// input takes, and looks for inputs that take new ones.
///
/// `-Dkeyward.fuzz.seconds=N` says for how long; without it nothing is fuzzed, since the start
/// alone takes as long as all other tests of a module.
public final class Fuzzing {
  private static final int LONGEST_INPUT = 4096;
  private static final int SECONDS_FOR_ONE_INPUT = 120;
  private static final int LEAST_RUNS = 100;
  private static final int LAST_LINES = 60;
  private static final Pattern DONE = Pattern.compile("Done (\\d+) runs in");

  private Fuzzing() {}

  /// Fails if an input makes `target` throw, or takes it two minutes.
  ///
  /// @param target has `public static void fuzzerTestOneInput(byte[])`
  /// @param seeds to begin with
  /// @param folder for what is found; empty
  public static void run(Class<?> target, List<byte[]> seeds, Path folder)
      throws IOException, InterruptedException {
    Long seconds = Long.getLong("keyward.fuzz.seconds");
    assumeTrue(seconds != null, "-Dkeyward.fuzz.seconds=N must say for how long");
    Path corpus = Files.createDirectory(folder.resolve("corpus"));
    for (int i = 0; i < seeds.size(); i++) {
      Files.write(corpus.resolve("seed-" + i), seeds.get(i));
    }
    Path log = folder.resolve("log");
    Process jazzer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+EnableDynamicAgentLoading",
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target.getName(),
                "--instrumentation_includes=dev.keyward.**",
                "--custom_hook_includes=dev.keyward.**",
                "-max_total_time=" + seconds,
                "-max_len=" + LONGEST_INPUT,
                "-timeout=" + SECONDS_FOR_ONE_INPUT,
                "-artifact_prefix=" + folder + "/",
                corpus.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    int exit;
    try {
      exit = jazzer.waitFor();
    } finally {
      jazzer.destroyForcibly();
    }
    List<String> said = Files.readAllLines(log);
    String last =
        String.join("\n", said.subList(Math.max(0, said.size() - LAST_LINES), said.size()));
    assertEquals(0, exit, last);
    Matcher done = DONE.matcher(last);
    assertTrue(done.find() && Integer.parseInt(done.group(1)) >= LEAST_RUNS, last);
  }
}
