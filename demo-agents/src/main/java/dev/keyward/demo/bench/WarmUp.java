package dev.keyward.demo.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Lets a `keyward stdio` that joins a broker start once, and keeps what the JVM learned about its
/// classes: `WarmUp FILE` writes the cache.
///
/// A bridge uses a quarter of the classes that a broker does, and a JVM takes in all that its cache
/// has before it does anything. A cache holds for the flags of the JVM that made it, so this one's
/// own are handed on.
public final class WarmUp {
  private WarmUp() {}

  /// Writes the cache, or ends with an exception.
  public static void main(String[] arguments) throws IOException {
    List<String> flags =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(flag -> !flag.startsWith("-XX:AOT"))
            .toList();
    Path folder = Files.createTempDirectory("keyward-warm-up-");
    try {
      String key = BenchBroker.randomKey();
      try (Started upstream = Started.java(Upstream.class, key);
          BenchBroker broker =
              BenchBroker.start(
                  "warm-up",
                  ColdStart.java(flags),
                  folder.resolve("home"),
                  Optional.empty(),
                  upstream.port(),
                  key,
                  1,
                  0)) {
        var training = Stream.concat(flags.stream(), Stream.of(recordTo(arguments[0]))).toList();
        new ColdStart(ColdStart.java(training), broker.home(), broker.key()).firstAnswer();
      }
    } finally {
      Bench.remove(folder);
    }
  }

  private static String recordTo(String file) {
    return "-XX:AOTCacheOutput=" + file;
  }
}
