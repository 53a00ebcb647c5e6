package dev.keyward.server.cli;

import dev.keyward.server.CannotStart;
import dev.keyward.server.control.OperatorError;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `connect`: a person agrees, once, that the broker acts with their account.
@Command(
    name = "connect",
    mixinStandardHelpOptions = true,
    description = {
      "Connects an account: prints the page on which its owner agrees, and waits for the browser",
      "to come back to this machine. What is given then, a refresh token, is kept sealed.",
      "Where the browser runs on another machine: --paste."
    })
final class ConnectCommand extends HomeCommand {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final int MOST_PORT = 65_535;

  @Parameters(
      paramLabel = "NAME",
      description = "The credential in config.yaml, of kind oauth_refresh_token")
  private String name = "";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Where the browser comes back; default: a free one")
  private int port;

  @Option(
      names = "--paste",
      description =
          "Wait for no browser: read the address to which it was sent from standard input")
  private boolean paste;

  @Override
  public Integer call() throws CannotStart {
    if (port < 0 || port > MOST_PORT) {
      throw new OperatorError("--port must be from 1 to " + MOST_PORT);
    }
    try (LoopbackPage page = LoopbackPage.open(port)) {
      String back = page.address().toString();
      JsonNode begun =
          home.operate(
              "connection.begin", new Arguments().with("name", name).with("back", back).json());
      System.err.println(
          "Open this page and agree there:\n\n  " + begun.get("page").stringValue() + "\n");
      String state = begun.get("state").stringValue();
      CameBack came = paste ? pasted(state) : page.await(state, PATIENCE);
      var arguments =
          new Arguments().with("back", back).with("state", state).with("code", came.code());
      output.print(home.operate("connection.finish", arguments.json()), "");
      return 0;
    } catch (IOException e) {
      throw new OperatorError("the address for the browser cannot be listened on; is it taken?");
    }
  }

  private static CameBack pasted(String state) throws IOException {
    System.err.println(
        "The browser ends at an address that begins with http://127.0.0.1 and cannot be opened;"
            + " paste it here:");
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String line = input.readLine();
    try {
      URI address = URI.create(line == null ? "" : line.strip());
      return CameBack.of(String.valueOf(address.getRawQuery()), state);
    } catch (IllegalArgumentException e) {
      throw new OperatorError("that is no address; nothing was connected");
    }
  }
}
