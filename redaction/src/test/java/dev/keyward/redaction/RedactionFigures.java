package dev.keyward.redaction;

import dev.keyward.redaction.hostile.Cues;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.lang.ref.Reference;
import java.util.Locale;
import java.util.function.Supplier;

/// All figures of the module in one run of about two minutes: processor time of one thread, the
/// best of several turns, so that a busy machine changes them little.
///
/// [RedactionBenchmark] measures the same with JMH, more slowly.
public final class RedactionFigures {
  private static final long TURN = 250_000_000;
  private static final int TURNS = 8;
  private static final int MANY = 10_000;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final String wanted;

  private RedactionFigures(String wanted) {
    this.wanted = wanted;
  }

  /// Prints the figures, or only those whose name contains the first argument.
  public static void main(String[] arguments) {
    var figures = new RedactionFigures(arguments.length > 0 ? arguments[0] : "");
    for (int size : new int[] {1_000_000, 64_000, 2000, 1000}) {
      figures.texts(size);
    }
    figures.slow();
    figures.rebuild();
    figures.memory();
  }

  private void texts(int size) {
    String of = " of " + size / 1000 + " KB, ";
    for (int held : new int[] {0, 100, MANY}) {
      print("json" + of + held + " held", size, () -> benchmark(held, size)::json);
    }
    print("json" + of + "no rules", size, () -> benchmark(100, size)::jsonWithoutRules);
    print("html" + of + "100 held", size, () -> benchmark(100, size)::html);
    print(
        "cues" + of.stripTrailing(),
        size,
        () -> {
          String text = benchmark(0, size).json().json().toString();
          return () -> Cues.in(text);
        });
  }

  private void slow() {
    RedactionBenchmark hundred = benchmark(100, 1000);
    SlowTexts.ALL.forEach((name, piece) -> slow(name, SlowTexts.sized(piece, 1_000_000), hundred));
    slow("base64, nested", SlowTexts.nested(1_000_000), hundred);
  }

  private void slow(String name, String text, RedactionBenchmark benchmark) {
    print("dos " + name, text.length(), () -> () -> scrubOrWithhold(benchmark, text));
  }

  private static void scrubOrWithhold(RedactionBenchmark benchmark, String text) {
    try {
      benchmark.scrub(text);
    } catch (Redactor.Uncertain limit) {
      // takes its time too
    }
  }

  private static RedactionBenchmark benchmark(int held, int size) {
    var benchmark = new RedactionBenchmark();
    benchmark.held = held;
    benchmark.size = size;
    benchmark.values();
    return benchmark;
  }

  private void print(String name, int characters, Supplier<Runnable> work) {
    if (name.contains(wanted)) {
      double best = nanos(work.get());
      System.out.printf(
          Locale.ROOT,
          "%-36s %10.1f us %8.1f MB/s %7.1f ms/MB%n",
          name,
          best / 1e3,
          characters * 1e3 / best,
          best / characters);
    }
  }

  private static double nanos(Runnable work) {
    double best = Double.MAX_VALUE;
    for (int turn = 0; turn < TURNS; turn++) {
      long began = THREADS.getCurrentThreadCpuTime();
      long took = 0;
      int count = 0;
      while (took < TURN) {
        work.run();
        count++;
        took = THREADS.getCurrentThreadCpuTime() - began;
      }
      best = Math.min(best, (double) took / count);
    }
    return best;
  }

  private void rebuild() {
    if ("rebuild".contains(wanted)) {
      double nanos = nanos(benchmark(MANY, 1000)::rebuild);
      System.out.printf(Locale.ROOT, "%-36s %10.1f ms%n", "rebuild of 10,000", nanos / 1e6);
    }
  }

  private void memory() {
    if ("memory".contains(wanted)) {
      RedactionBenchmark benchmark = benchmark(MANY, 1000);
      benchmark.rebuild();
      long before = used();
      KnownSecrets known = benchmark.rebuild();
      try {
        double megabytes = (used() - before) / 1e6;
        System.out.printf(
            Locale.ROOT, "%-36s %10.1f MB%n", "memory per 1,000 of 10,000", megabytes / 10);
      } finally {
        Reference.reachabilityFence(known);
      }
    }
  }

  private static long used() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
