package dev.keyward.demo.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What the command line asks for.
///
/// @param connections how many at once, one after another
/// @param rounds of each server at each number of connections
/// @param seconds measured in each round
/// @param warmUp before that
/// @param targets which servers, by a part of their names; none means all
/// @param speaks how brokers are called
/// @param parked how many calls wait at each broker all the time
/// @param beside the launcher of another checkout, to measure its broker too
/// @param database an empty PostgreSQL database, where the broker is not to use SQLite
/// @param folder where the brokers' homes are made; what its disk takes for an fsync matters
/// @param start whether to measure cold starts over stdio instead of load
/// @param json whether to print JSON instead of a table
record BenchOptions(
    List<Integer> connections,
    int rounds,
    Duration seconds,
    Duration warmUp,
    List<String> targets,
    List<Speech> speaks,
    int parked,
    Optional<String> beside,
    Optional<Postgres> database,
    Path folder,
    boolean start,
    boolean json,
    boolean help) {
  private static final int MOST_CONNECTIONS = 4096;

  static final String HELP =
      """
      Usage: keyward bench [--connections 1,16,64] [--rounds 3] [--seconds 5] [--warm-up 3]
                           [--only keyward,jetty] [--beside LAUNCHER]
                           [--speaks 2025-11-25,2026-07-28,sse,stdio] [--parked 2000]
                           [--folder FOLDER] [--database URL --user NAME] [--json]
             keyward bench --start [--rounds 3] [--json]

      Starts a broker with every protection on (durable audit, policy, scrubbing with 100 stored
      secrets, credential from the store), an upstream that answers 2 KB of JSON to whoever has its
      key, and proxies to compare with: nginx if it is installed, and Jetty without MCP. Calls all of
      them in turn, checks every answer, and prints medians. Everything runs on loopback and is
      removed afterwards. The load shares the processors with what it measures: trust the ratios.

        --connections  how many connections at once, each with one call at a time
        --rounds       how often each server gets its turn
        --seconds      measured in each turn
        --warm-up      seconds before that, not counted
        --only         servers whose names hold one of these words
        --speaks       how the broker is called: 2025-11-25 (the default), 2026-07-28, sse, or
                       stdio, a process for each connection
        --parked       how many further calls wait at the broker all the time
        --beside       the launcher of another checkout, whose broker is measured too
        --database     an empty PostgreSQL database for the broker, postgresql://host:port/name, in
                       place of SQLite; its user is --user, the password is taken from
                       KEYWARD_DATABASE_PASSWORD
        --folder       where to make the brokers' home folders; the disk's fsync matters
        --start        measures, in place of load, how long a client waits for its first answer
                       over stdio: as a bridge and carrying everything, with the launcher's class
                       cache and without
        --json         prints JSON

      Exit codes: 0 all answers were right; 1 some were not, or it could not run; 2 wrong usage.
      """;

  /// Reads the command line.
  ///
  /// @throws IllegalArgumentException with a line for the user if it makes no sense
  static BenchOptions parse(List<String> arguments) {
    var read = new Reading(arguments);
    return new BenchOptions(
        read.value("--connections").map(BenchOptions::counts).orElse(List.of(1, 16, 64)),
        read.number("--rounds", 3),
        Duration.ofSeconds(read.number("--seconds", 5)),
        Duration.ofSeconds(read.number("--warm-up", 3)),
        read.value("--only").map(words -> List.of(words.split(",", -1))).orElse(List.of()),
        read.value("--speaks").map(BenchOptions::speeches).orElse(List.of(Speech.SESSIONS)),
        read.number("--parked", 0),
        read.value("--beside"),
        read.value("--database")
            .map(url -> new Postgres(url, read.value("--user").orElse("keyward"))),
        Path.of(read.value("--folder").orElse(System.getProperty("java.io.tmpdir"))),
        read.flag("--start"),
        read.flag("--json"),
        read.flag("--help"));
  }

  /// A PostgreSQL database.
  record Postgres(String url, String user) {}

  /// {@return whether the server of this name is wanted}
  boolean wants(String target) {
    return targets.isEmpty() || targets.stream().anyMatch(target::contains);
  }

  int mostConnections() {
    return connections.stream().mapToInt(Integer::intValue).max().orElse(1);
  }

  private static List<Speech> speeches(String text) {
    return Arrays.stream(text.split(",", -1)).map(Speech::of).toList();
  }

  private static List<Integer> counts(String text) {
    return Arrays.stream(text.split(",", -1)).map(count -> number(count, "--connections")).toList();
  }

  private static int number(String text, String option) {
    try {
      int number = Integer.parseInt(text);
      if (number > 0 && number <= MOST_CONNECTIONS) {
        return number;
      }
    } catch (NumberFormatException _) {
      // said below
    }
    throw new IllegalArgumentException(
        "keyward bench: " + option + " takes whole numbers from 1 to " + MOST_CONNECTIONS);
  }

  /// The arguments, checked to be options that exist.
  private record Reading(List<String> arguments) {
    private static final List<String> VALUES =
        List.of(
            "--connections",
            "--rounds",
            "--seconds",
            "--warm-up",
            "--only",
            "--speaks",
            "--parked",
            "--beside",
            "--folder",
            "--database",
            "--user");
    private static final List<String> FLAGS = List.of("--start", "--json", "--help");

    Reading {
      for (int i = 0; i < arguments.size(); i++) {
        if (VALUES.contains(arguments.get(i)) && i + 1 < arguments.size()) {
          i++;
        } else if (!FLAGS.contains(arguments.get(i))) {
          throw new IllegalArgumentException(
              "keyward bench: option unknown or without a value; see keyward bench --help");
        }
      }
    }

    Optional<String> value(String option) {
      int at = arguments.indexOf(option);
      return at < 0 ? Optional.empty() : Optional.of(arguments.get(at + 1));
    }

    int number(String option, int standard) {
      return value(option).map(text -> BenchOptions.number(text, option)).orElse(standard);
    }

    boolean flag(String option) {
      return arguments.contains(option);
    }
  }
}
