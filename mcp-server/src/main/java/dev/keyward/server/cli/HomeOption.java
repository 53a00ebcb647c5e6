package dev.keyward.server.cli;

import dev.keyward.server.CannotStart;
import dev.keyward.server.Keyward;
import dev.keyward.server.Mode;
import dev.keyward.server.config.Home;
import dev.keyward.server.control.ControlClient;
import dev.keyward.server.control.Operations;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The home folder that a command works on, and the way to its data.
final class HomeOption {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

  @Option(
      names = "--home",
      paramLabel = "FOLDER",
      description = "The broker's home folder; default: KEYWARD_HOME, else ~/.keyward")
  private @Nullable Path folder;

  /// {@return whether the command line names it}
  boolean named() {
    return folder != null;
  }

  Home home() {
    return new Home(
        Optional.ofNullable(folder)
            .or(() -> Optional.ofNullable(System.getenv("KEYWARD_HOME")).map(Path::of))
            .orElseGet(() -> Path.of(System.getProperty("user.home"), ".keyward")));
  }

  /// {@return whether a broker runs on the home folder}
  boolean brokerRuns() {
    return new ControlClient(home().socket()).reachable();
  }

  /// Does a command in the running broker, or opens the home folder for it.
  JsonNode operate(String command, ObjectNode arguments) throws CannotStart {
    try (Reached reached = reach(Mode.COMMAND)) {
      return reached.operations().operate(command, arguments);
    }
  }

  /// A broker to work with: one that runs, or one opened here, which is closed with this.
  ///
  /// @param opened empty where the broker runs elsewhere
  record Reached(Operations operations, Optional<Keyward> opened) implements AutoCloseable {
    @Override
    public void close() {
      opened.ifPresent(Keyward::close);
    }
  }

  /// Finds the broker that runs on the home folder, or opens the folder.
  ///
  /// A broker that starts or ends has the folder but does not answer; that is waited for, since it
  /// takes a moment only.
  ///
  /// @throws CannotStart if it is not over after some seconds, or the folder cannot be used
  Reached reach(Mode mode) throws CannotStart {
    long giveUp = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      var client = new ControlClient(home().socket());
      if (client.reachable()) {
        return new Reached(client, Optional.empty());
      }
      try {
        Keyward keyward = Keyward.open(home(), mode, InstantSource.system());
        Logs.through(keyward::scrubbed);
        return new Reached(keyward.operations(), Optional.of(keyward));
      } catch (CannotStart.HomeTaken taken) {
        if (System.nanoTime() > giveUp) {
          throw taken;
        }
        LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
      }
    }
  }
}
