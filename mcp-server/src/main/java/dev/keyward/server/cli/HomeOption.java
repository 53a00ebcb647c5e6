package dev.keyward.server.cli;

import dev.keyward.server.CannotStart;
import dev.keyward.server.Keyward;
import dev.keyward.server.Mode;
import dev.keyward.server.config.Home;
import dev.keyward.server.control.ControlClient;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The home folder that a command works on, and the way to its data.
final class HomeOption {
  @Option(
      names = "--home",
      paramLabel = "FOLDER",
      description = "The broker's home folder; default: KEYWARD_HOME, else ~/.keyward")
  private @Nullable Path folder;

  Home home() {
    return new Home(
        Optional.ofNullable(folder)
            .or(() -> Optional.ofNullable(System.getenv("KEYWARD_HOME")).map(Path::of))
            .orElseGet(() -> Path.of(System.getProperty("user.home"), ".keyward")));
  }

  /// {@return the broker that runs on the home folder, if one does}
  Optional<ControlClient> running() {
    var client = new ControlClient(home().socket());
    return client.reachable() ? Optional.of(client) : Optional.empty();
  }

  /// Does a command in the running broker, or opens the home folder for it.
  JsonNode operate(String command, ObjectNode arguments) throws CannotStart {
    Optional<ControlClient> running = running();
    if (running.isPresent()) {
      return running.get().operate(command, arguments);
    }
    try (var keyward = Keyward.open(home(), Mode.COMMAND, InstantSource.system())) {
      return keyward.operations().operate(command, arguments);
    }
  }
}
