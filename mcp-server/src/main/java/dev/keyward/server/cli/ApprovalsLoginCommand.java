package dev.keyward.server.cli;

import dev.keyward.redaction.Secret;
import dev.keyward.server.Keyward;
import dev.keyward.server.terminal.PeoplePages;
import dev.keyward.server.terminal.SignedIn;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// `approvals login`: shows a code, and waits until a person who is signed in on the page lets this
/// terminal in.
@Command(
    name = "login",
    mixinStandardHelpOptions = true,
    description = "Signs in at a broker's page, to decide at this terminal")
final class ApprovalsLoginCommand extends TerminalCommand {
  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Where people reach the broker's pages; default: ${DEFAULT-VALUE}")
  private URI url = URI.create("http://127.0.0.1:7411");

  @Override
  public Integer call() throws IOException {
    try (PeoplePages pages = PeoplePages.at(url)) {
      JsonNode begun =
          pages.post("login", Map.of("client", "keyward " + Keyward.VERSION, "host", host()));
      System.err.println(
          "Open "
              + Output.visible(begun.path("verification_uri").asString(""))
              + " where you are signed in, and type this code:");
      System.err.println();
      System.err.println("    " + Output.visible(begun.path("user_code").asString("")));
      System.err.println();
      System.err.println("It is good for ten minutes, and for nobody else.");
      JsonNode in = waited(pages, begun);
      String person = in.path("person").asString("");
      terminal
          .file()
          .write(new SignedIn(url, person, Secret.of(in.path("access_token").asString(""))));
      output.print(
          JsonNodeFactory.instance
              .objectNode()
              .put("signed_in_as", person)
              .put("roles", in.path("roles").asString(""))
              .put("kept_in", terminal.file().path().toString()),
          "");
      return 0;
    }
  }

  private static JsonNode waited(PeoplePages pages, JsonNode begun) throws IOException {
    Duration pause = Duration.ofSeconds(Math.max(1, begun.path("interval").asInt(2)));
    Map<String, String> form = Map.of("device_code", begun.path("device_code").asString(""));
    while (true) {
      LockSupport.parkNanos(pause.toNanos());
      try {
        return pages.post("token", form);
      } catch (PeoplePages.Refused e) {
        if (!e.code().equals("authorization_pending") || Thread.currentThread().isInterrupted()) {
          throw e;
        }
      }
    }
  }

  private static String host() {
    String user = System.getProperty("user.name", "somebody");
    try {
      return user + "@" + InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return user + "@a machine without a name";
    }
  }
}
