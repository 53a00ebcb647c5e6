package dev.keyward.demo.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/// The launcher's `bench`: starts the servers, gives each its turns, and prints what was seen.
public final class Bench {
  /// A JIT compiler wants tens of thousands of calls before a server is what it is.
  private static final int FIRST_CALLS = 50_000;

  private static final Duration FIRST_AT_MOST = Duration.ofSeconds(45);

  private static final int FIRST_CONNECTIONS = 16;
  private static final Logger LOGS =
      Logger.getLogger(""); // kept: a logger that nobody holds is forgotten
  private static final String LAUNCHER = "keyward.launcher";

  /// The launcher's, but for its cache.
  private static final List<String> PLAIN =
      List.of(
          "-Xlog:disable",
          "--enable-native-access=ALL-UNNAMED",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1");

  private final BenchOptions options;
  private final PrintStream out;
  private final Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();

  private Bench(BenchOptions options, PrintStream out, Path folder) {
    this.options = options;
    this.out = out;
    this.folder = folder;
  }

  /// Runs the benchmark and exits; the options' help says with which code.
  public static void main(String[] arguments) throws Exception {
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    BenchOptions options;
    try {
      options = BenchOptions.parse(List.of(arguments));
    } catch (IllegalArgumentException wrong) {
      System.err.println(wrong.getMessage());
      System.exit(2);
      return;
    }
    if (options.help()) {
      out.print(BenchOptions.HELP);
      return;
    }
    LOGS.setLevel(Level.WARNING);
    Path folder = Files.createTempDirectory(options.folder(), "keyward-bench-");
    var bench = new Bench(options, out, folder);
    var cleaning = new Thread(bench::close);
    Runtime.getRuntime().addShutdownHook(cleaning); // Ctrl-C too
    System.exit(bench.run() ? 0 : 1);
  }

  private boolean run() throws IOException, InterruptedException {
    if (options.start()) {
      return starts();
    }
    List<Target> targets = start();
    for (Target target : targets) {
      say("warming up " + target.name());
      new Turn(target, FIRST_CONNECTIONS).warmUp(FIRST_CALLS, FIRST_AT_MOST);
    }
    var report = new Report();
    for (int connections : options.connections()) {
      for (int round = 1; round <= options.rounds(); round++) {
        say(connections + " connections, round " + round + " of " + options.rounds());
        for (Target target : targets) {
          var turn = new Turn(target, connections);
          report.add(target.name(), connections, turn.run(options.warmUp(), options.seconds()));
        }
      }
    }
    out.print(options.json() ? report.json() : report.table());
    return report.allRight();
  }

  /// A client waits for its server: how long until a first call is answered over stdio.
  private boolean starts() throws IOException {
    String key = BenchBroker.randomKey();
    Started upstream = keep(Started.java(Upstream.class, key));
    List<String> launched = List.of(launcher());
    List<String> plain = ColdStart.java(PLAIN);
    Path home = folder.resolve("home");
    BenchBroker broker =
        BenchBroker.start("broker", launched, home, Optional.empty(), upstream.port(), key, 1, 0);
    var report = new StartReport(options.rounds());
    try (broker) {
      report.measure("as a bridge", new ColdStart(launched, home, broker.key()));
      report.measure("as a bridge, without a cache", new ColdStart(plain, home, broker.key()));
    }
    report.measure("carrying everything", new ColdStart(launched, home, broker.key()));
    report.measure(
        "carrying everything, without a cache", new ColdStart(plain, home, broker.key()));
    out.print(options.json() ? report.json() : report.table());
    return true;
  }

  private List<Target> start() throws IOException {
    String key = BenchBroker.randomKey();
    Started upstream = keep(Started.java(Upstream.class, key));
    int port = upstream.port();
    List<Target> targets = new ArrayList<>();
    if (options.wants("upstream")) {
      targets.add(
          new Target.Plain(
              "upstream, directly", upstream, "Authorization: Bearer " + key + "\r\n"));
    }
    if (options.wants("nginx")) {
      nginx(port, key).ifPresent(targets::add);
    }
    for (String kind : List.of("async", "blocking")) {
      if (options.wants("jetty " + kind)) {
        String url = "http://127.0.0.1:" + port + "/items/item-0007";
        Started proxy = keep(Started.java(JettyProxy.class, key, kind, url));
        targets.add(new Target.Plain("jetty " + kind + ", no MCP", proxy, ""));
      }
    }
    int most = Math.max(FIRST_CONNECTIONS, options.mostConnections());
    if (options.wants("keyward")) {
      targets.addAll(broker("keyward", launcher(), options.database(), port, key, most));
    }
    Optional<String> other = options.beside();
    if (other.isPresent()) {
      targets.addAll(broker("keyward beside", other.get(), Optional.empty(), port, key, most));
    }
    return targets;
  }

  private List<Target> broker(
      String name,
      String launcher,
      Optional<BenchOptions.Postgres> database,
      int port,
      String key,
      int connections)
      throws IOException {
    say("starting " + name);
    Path home = folder.resolve(name.replace(' ', '-'));
    BenchBroker broker =
        BenchBroker.start(
            name, List.of(launcher), home, database, port, key, connections, options.parked());
    open.add(broker);
    open.add(Parked.open(broker, options.parked()));
    return options.speaks().stream()
        .<Target>map(speech -> new Spoken(broker, List.of(launcher), speech))
        .toList();
  }

  private Optional<Target> nginx(int port, String key) throws IOException {
    Optional<Path> program = Nginx.program();
    if (program.isEmpty()) {
      say("nginx is not installed, so it is not measured");
      return Optional.empty();
    }
    Started nginx = keep(Nginx.start(program.get(), folder.resolve("nginx"), port, key));
    return Optional.of(new Target.Plain("nginx, key added", nginx, ""));
  }

  private Started keep(Started started) {
    open.add(started);
    return started;
  }

  private static String launcher() {
    return Optional.ofNullable(System.getProperty(LAUNCHER))
        .orElseThrow(() -> new IllegalStateException("start it with: keyward bench"));
  }

  private static void say(String line) {
    System.err.println(line);
  }

  private void close() {
    for (AutoCloseable one : open.reversed()) {
      try {
        one.close();
      } catch (Exception e) {
        System.err.println("keyward bench: a server did not end: " + e.getClass().getName());
      }
    }
    remove(folder);
  }

  /// Removes a folder with all that is in it.
  static void remove(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      System.err.println("keyward bench: could not remove " + folder);
    }
  }
}
