package dev.keyward.approvals.web;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Tier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/// What many waiting requests cost: prints figures, checks nothing. Its one argument is how many.
final class QueueBenchmark {
  private static final int LOOKS = 40;

  private QueueBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    int many = Integer.parseInt(arguments[0]);
    Path folder = Files.createTempDirectory("queue");
    try (Site site = Site.open(folder)) {
      long began = System.nanoTime();
      ask(site, many);
      say("asked, s", (System.nanoTime() - began) / 1e9);
      say("database, bytes for each", (double) size(folder) / many);
      System.gc();
      var runtime = Runtime.getRuntime();
      say("heap after collection, MB", (runtime.totalMemory() - runtime.freeMemory()) / 1e6);
      Browser alice = site.signedIn(Site.ALICE);
      look(alice, "/approvals");
      look(alice, "/approvals?page=" + Math.ceilDiv(many, 100));
      look(alice, "/together?agent=triage-1");
    }
  }

  private static void ask(Site site, int many) throws Exception {
    List<Callable<ApprovalRequest>> asking = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      String arguments = "{\"text\":\"Note number " + i + " " + "x".repeat(400) + "\"}";
      asking.add(() -> site.ask(ApprovalKind.REVIEW, Tier.WRITE, arguments, Optional.empty()));
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var asked : threads.invokeAll(asking)) {
        asked.get();
      }
    }
  }

  private static void look(Browser browser, String path) {
    List<Double> millis = new ArrayList<>();
    int bytes = 0;
    for (int i = 0; i < LOOKS; i++) {
      long began = System.nanoTime();
      bytes = browser.open(path).body().length();
      millis.add((System.nanoTime() - began) / 1e6);
    }
    List<Double> warm = millis.subList(LOOKS / 2, LOOKS).stream().sorted().toList();
    say(path + ", ms at the median", warm.get(warm.size() / 2));
    say(path + ", characters", bytes);
  }

  private static long size(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static void say(String what, double figure) {
    System.out.printf("%-45s %,.1f%n", what, figure);
  }
}
