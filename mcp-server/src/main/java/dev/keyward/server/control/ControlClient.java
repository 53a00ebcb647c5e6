package dev.keyward.server.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// The command's end of the socket.
///
/// @param path the socket in the broker's home folder
public record ControlClient(Path path) implements Operations {
  private static final int MAX_ANSWER_BYTES = 64 << 20;

  /// {@return whether a broker answers there}
  public boolean reachable() {
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public JsonNode operate(String command, JsonNode arguments) {
    var request = JsonNodeFactory.instance.objectNode().put("command", command);
    request.set("arguments", arguments);
    JsonNode answer = exchange(request);
    if (answer.has("error")) {
      throw new OperatorError(answer.get("error").asString());
    }
    return answer.path("result");
  }

  private JsonNode exchange(JsonNode request) {
    try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
        var in = Channels.newInputStream(channel);
        var out = Channels.newOutputStream(channel)) {
      out.write((request + "\n").getBytes(StandardCharsets.UTF_8));
      return ControlSocket.JSON.readTree(Lines.read(in, MAX_ANSWER_BYTES));
    } catch (IOException e) {
      throw new OperatorError(
          "the broker on this home does not answer on its socket; it may be stopping");
    }
  }
}
