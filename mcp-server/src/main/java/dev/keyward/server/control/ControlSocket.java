package dev.keyward.server.control;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// The running broker's end of the socket.
///
/// One connection carries one command: a line of JSON `{"command": …, "arguments": {…}}` in, a line
/// `{"result": …}` or `{"error": "sentence"}` out. Lines are at most 1 MiB.
public final class ControlSocket implements AutoCloseable {
  private static final System.Logger log = System.getLogger(ControlSocket.class.getName());
  static final int MAX_LINE_BYTES = 1 << 20;
  static final JsonMapper JSON = JsonMapper.shared();

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Path path;
  private final ServerSocketChannel server;
  private final Operations operations;

  private ControlSocket(Path path, ServerSocketChannel server, Operations operations) {
    this.path = path;
    this.server = server;
    this.operations = operations;
  }

  /// Listens at `path`, replacing the socket of a broker that has died; the caller holds the lock.
  public static ControlSocket open(Path path, Operations operations) throws IOException {
    Files.deleteIfExists(path);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    var socket = new ControlSocket(path, server, operations);
    Thread.ofPlatform().daemon().name("keyward-control").start(socket::accept);
    return socket;
  }

  @Override
  public void close() {
    try {
      server.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      log.log(DEBUG, "the control socket did not close cleanly", e);
    }
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel client = server.accept();
        Thread.ofPlatform().daemon().name("keyward-control-call").start(() -> serve(client));
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        log.log(ERROR, "a command could not be taken; is the limit of open files reached?", e);
        pause();
      }
    }
  }

  /// What is in the way may pass, and without commands nobody could be revoked.
  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(SocketChannel channel) {
    try (channel;
        var in = Channels.newInputStream(channel);
        var out = Channels.newOutputStream(channel)) {
      byte[] line = Lines.read(in, MAX_LINE_BYTES);
      out.write((answer(line) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      log.log(DEBUG, "a command's connection broke", e);
    }
  }

  private JsonNode answer(byte[] line) {
    var answer = JsonNodeFactory.instance.objectNode();
    try {
      JsonNode request = JSON.readTree(line);
      String command = request.path("command").asString("");
      answer.set("result", operations.operate(command, request.path("arguments")));
    } catch (JacksonException e) {
      answer.put("error", "the command was not JSON");
    } catch (OperatorError e) {
      answer.put("error", e.getMessage());
    } catch (RuntimeException e) {
      log.log(ERROR, "a command failed", e);
      answer.put("error", "the command failed; the broker's log says why");
    }
    return answer;
  }
}
