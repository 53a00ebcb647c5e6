package dev.keyward.server.cli;

import dev.keyward.redaction.Secret;
import dev.keyward.server.CannotStart;
import dev.keyward.server.Keyward;
import dev.keyward.server.Mode;
import dev.keyward.server.control.ControlClient;
import dev.keyward.server.control.OperatorError;
import dev.keyward.server.transport.BrokerAddress;
import dev.keyward.server.transport.StdioBridge;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.JsonNodeFactory;

/// `stdio`: an MCP server on standard input and output, for clients that start a process.
@Command(
    name = "stdio",
    mixinStandardHelpOptions = true,
    description = {
      "Serves MCP on standard input and output. Joins the broker that runs on this home folder,",
      "or the one named by --connect; with none running it carries everything itself.",
      "The agent's key comes from the environment variable KEYWARD_AGENT_KEY."
    })
final class StdioCommand implements Callable<Integer> {
  private static final Duration DRAIN = Duration.ofSeconds(10);

  @Mixin private HomeOption home = new HomeOption();

  @Option(
      names = "--connect",
      paramLabel = "URL",
      description = "The broker to join, for example https://keyward.example.com")
  private @Nullable URI connect;

  @Override
  public Integer call() throws CannotStart, IOException {
    Secret key =
        Optional.ofNullable(System.getenv("KEYWARD_AGENT_KEY"))
            .map(String::strip)
            .filter(text -> !text.isEmpty())
            .map(Secret::of)
            .orElseThrow(
                () ->
                    new CannotStart(
                        "KEYWARD_AGENT_KEY is not set; it holds the key that 'keyward agent add'"
                            + " printed"));
    Optional<URI> broker = Optional.ofNullable(connect).or(this::running);
    return broker.isPresent() ? join(broker.get(), key) : alone(key);
  }

  private Optional<URI> running() {
    return home.running().map(StdioCommand::status).map(URI::create);
  }

  private static String status(ControlClient client) {
    var status = client.operate("status", JsonNodeFactory.instance.objectNode());
    if (!status.has("agents")) {
      throw new OperatorError("the broker on this home folder is still starting; try again");
    }
    return status.get("agents").stringValue();
  }

  private static int join(URI broker, Secret key) throws CannotStart, IOException {
    try {
      BrokerAddress address = BrokerAddress.of(broker, false);
      return new StdioBridge(address, key, System.in, System.out, System.err, DRAIN)
          .run()
          .exitStatus();
    } catch (IllegalArgumentException e) {
      throw new CannotStart(String.valueOf(e.getMessage()), e);
    }
  }

  private int alone(Secret key) throws CannotStart, IOException {
    try (var keyward = Keyward.open(home.home(), Mode.STDIO, InstantSource.system())) {
      keyward.serveStdio(key, System.in, System.out, DRAIN);
      return 0;
    }
  }
}
