package dev.keyward.server.crash;

import dev.keyward.server.config.Home;
import dev.keyward.server.control.ControlClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `keyward serve` as a process of its own, which can be killed.
final class BrokerProcess {
  private static final String AGENTS = "agents connect to ";
  private static final String PEOPLE = "people sign in at ";
  private static final int PATIENCE_SECONDS = 180;

  private final Home home;
  private final Path log;
  private final Process process;
  private final CompletableFuture<URI> agents = new CompletableFuture<>();
  private final CompletableFuture<URI> people = new CompletableFuture<>();
  private volatile boolean doomed;

  private BrokerProcess(Home home, Path log, Process process) {
    this.home = home;
    this.log = log;
    this.process = process;
  }

  /// Starts a broker on `home` and returns at once. What it says on standard error is added to a
  /// file beside the home folder.
  static BrokerProcess start(Home home) {
    return start(home, home, log(home), List.of());
  }

  /// The same, run by another program.
  ///
  /// @param home as the broker's process sees it
  /// @param seen the same home as this process sees it
  /// @param log takes its standard error, as this process sees the file
  /// @param runner a program and its arguments, which runs the command line that follows it
  static BrokerProcess start(Home home, Home seen, Path log, List<String> runner) {
    try {
      Process process =
          new ProcessBuilder(command(runner, "serve", "--home", home.folder().toString()))
              .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      var broker = new BrokerProcess(seen, log, process);
      Thread.ofVirtual().start(broker::listen);
      return broker;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// {@return the file that takes what brokers on `home` say on standard error}
  static Path log(Home home) {
    return home.folder().resolveSibling(home.folder().getFileName() + ".log");
  }

  /// {@return the command line of `keyward`, for a start that is quick rather than fast later}
  static List<String> command(List<String> runner, String... arguments) {
    var command = new ArrayList<>(runner);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.keyward.server.cli.Main"));
    command.addAll(List.of(arguments));
    return command;
  }

  /// Waits until both listeners are up.
  ///
  /// @throws IllegalStateException if it ends instead; the message has the end of its log
  BrokerProcess listening() {
    agents();
    people();
    return this;
  }

  /// {@return whether both listeners are up in the end, and the process has not ended instead}
  boolean comesUp() {
    return CompletableFuture.allOf(agents, people).handle((_, ended) -> ended == null).join();
  }

  URI agents() {
    return heard(agents);
  }

  URI people() {
    return heard(people);
  }

  /// {@return whether it should answer: it has not ended, and nobody has begun to end it}
  boolean lives() {
    return !doomed && process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /// Does an operator's command over the broker's socket.
  JsonNode operate(String command, Map<String, Object> arguments) {
    return new ControlClient(home.socket())
        .operate(command, JsonMapper.shared().valueToTree(arguments));
  }

  /// Kills it as `kill -9` does, and waits until it is gone.
  void kill() {
    doomed = true;
    process.destroyForcibly();
    gone();
  }

  /// Asks it to end, and returns its exit code.
  int stop() {
    doomed = true;
    process.destroy();
    return gone();
  }

  /// Waits until it has ended by itself, and returns its exit code.
  int ended() {
    return gone();
  }

  /// Ends it if it still runs; for clean-up.
  void end() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    kill();
  }

  private int gone() {
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the broker does not end");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void listen() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(AGENTS)) {
          agents.complete(URI.create(line.substring(AGENTS.length())));
        } else if (line.startsWith(PEOPLE)) {
          people.complete(URI.create(line.substring(PEOPLE.length())));
        }
      }
    } catch (IOException e) {
      agents.completeExceptionally(e);
    }
    var ended = new IOException("the broker ended");
    agents.completeExceptionally(ended);
    people.completeExceptionally(ended);
  }

  private URI heard(CompletableFuture<URI> url) {
    try {
      return url.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the broker did not start:\n" + endOfLog(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// {@return the last lines that it wrote to standard error}
  String endOfLog() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
    } catch (IOException e) {
      return "(no log: " + e + ")";
    }
  }
}
