package dev.keyward.server.cli;

import dev.keyward.redaction.Secret;
import dev.keyward.server.CannotStart;
import dev.keyward.server.Mode;
import dev.keyward.server.control.Operations;
import dev.keyward.server.control.OperatorError;
import dev.keyward.server.transport.BrokerAddress;
import dev.keyward.server.transport.StdioBridge;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
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
      "Serves MCP on standard input and output.",
      "Joins the broker that runs on this home folder, or the one named by --connect; with none"
          + " running it carries everything itself.",
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
    return connect == null ? here(key) : join(connect, key);
  }

  /// Joins the broker of this home folder, or carries everything itself.
  private int here(Secret key) throws CannotStart, IOException {
    try (HomeOption.Reached reached = home.reach(Mode.STDIO)) {
      if (reached.opened().isEmpty()) {
        return join(address(reached.operations()), key);
      }
      reached.opened().get().serveStdio(key, System.in, System.out, DRAIN);
      return 0;
    }
  }

  private static URI address(Operations broker) {
    var status = broker.operate("status", JsonNodeFactory.instance.objectNode());
    if (!status.has("agents")) {
      throw new OperatorError("the broker on this home folder is still starting; try again");
    }
    return URI.create(status.get("agents").stringValue());
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
}
