package dev.keyward.demo.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// One server's turn: so many connections, each with one call at a time, for some seconds.
final class Turn {
  private static final double MICROS = 1_000_000.0;
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);

  private final Target target;
  private final int connections;
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.WARMING);

  private enum Phase {
    WARMING,
    MEASURING,
    OVER
  }

  Turn(Target target, int connections) {
    this.target = target;
    this.connections = connections;
  }

  /// What a turn showed. Times in microseconds.
  ///
  /// @param processor time of the server's process for each call
  /// @param residentMib its memory at the end; 0 if unknown
  /// @param wrong answers that were not right, and calls without an answer
  record Seen(
      double callsPerSecond,
      double p50,
      double p99,
      double processor,
      long residentMib,
      int wrong) {}

  /// Calls until a JIT compiler has seen enough: so many calls, or so long at most.
  void warmUp(int calls, Duration atMost) throws IOException, InterruptedException {
    List<Worker> workers = new ArrayList<>();
    long end = System.nanoTime() + atMost.toNanos();
    try {
      List<Thread> threads = begin(workers);
      while (System.nanoTime() < end
          && made(workers) < calls
          && threads.stream().anyMatch(Thread::isAlive)) {
        Thread.sleep(LOOK_EVERY);
      }
      end(threads);
    } finally {
      close(workers);
    }
  }

  /// Runs it.
  Seen run(Duration warmUp, Duration measured) throws IOException, InterruptedException {
    List<Worker> workers = new ArrayList<>();
    try {
      List<Thread> threads = begin(workers);
      Thread.sleep(warmUp);
      Duration processorBefore = target.process().processorTime();
      long begun = System.nanoTime();
      phase.set(Phase.MEASURING);
      Thread.sleep(measured);
      double seconds = (System.nanoTime() - begun) / 1e9;
      Duration processor = target.process().processorTime().minus(processorBefore);
      end(threads);
      return seen(workers, seconds, processor);
    } finally {
      close(workers);
    }
  }

  private List<Thread> begin(List<Worker> workers) throws IOException {
    for (int i = 0; i < connections; i++) {
      workers.add(new Worker(target.open(i)));
    }
    return workers.stream().map(Thread.ofPlatform()::start).toList();
  }

  private void end(List<Thread> threads) throws InterruptedException {
    phase.set(Phase.OVER);
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static void close(List<Worker> workers) throws IOException {
    for (Worker worker : workers) {
      worker.line.close();
    }
  }

  private static int made(List<Worker> workers) {
    return workers.stream().mapToInt(worker -> worker.made.get()).sum();
  }

  private Seen seen(List<Worker> workers, double seconds, Duration processor) {
    int[] nanos =
        workers.stream()
            .flatMapToInt(worker -> Arrays.stream(worker.took, 0, worker.calls))
            .toArray();
    Arrays.sort(nanos);
    int wrong = workers.stream().mapToInt(worker -> worker.wrong).sum();
    if (nanos.length == 0) {
      return new Seen(0, 0, 0, 0, target.process().residentMib(), Math.max(1, wrong));
    }
    return new Seen(
        nanos.length / seconds,
        nanos[nanos.length / 2] / 1e3,
        nanos[(int) (nanos.length * 0.99)] / 1e3,
        processor.toNanos() / 1e9 * MICROS / nanos.length,
        target.process().residentMib(),
        wrong);
  }

  /// One connection's calls, and how long those within the measured time took.
  private final class Worker implements Runnable {
    private final Target.Line line;
    private int[] took = new int[1 << 12];
    private final AtomicInteger made = new AtomicInteger();
    private int calls;
    private int wrong;

    Worker(Target.Line line) {
      this.line = line;
    }

    @Override
    public void run() {
      try {
        while (phase.get() != Phase.OVER) {
          long begun = System.nanoTime();
          boolean right = line.call();
          note(System.nanoTime() - begun, right);
        }
      } catch (IOException broken) {
        wrong++;
      }
    }

    private void note(long nanos, boolean right) {
      made.incrementAndGet();
      if (!right) {
        wrong++;
      }
      if (phase.get() == Phase.MEASURING) {
        if (calls == took.length) {
          took = Arrays.copyOf(took, 2 * calls);
        }
        took[calls++] = (int) Math.min(nanos, Integer.MAX_VALUE);
      }
    }
  }
}
