package dev.keyward.server.transport;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A client's end of two pipes that stand for a process's standard streams.
final class StdioPair {
  private final Pipe inbound = Pipe.open();
  private final Pipe outbound = Pipe.open();
  private final OutputStream toServer = Channels.newOutputStream(inbound.sink());
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  StdioPair() throws IOException {
    var fromServer = Channels.newInputStream(outbound.source());
    Thread.ofPlatform().daemon().start(() -> collect(fromServer));
  }

  InputStream in() {
    return Channels.newInputStream(inbound.source());
  }

  OutputStream out() {
    return Channels.newOutputStream(outbound.sink());
  }

  void send(String line) throws IOException {
    sendRaw((line.replace("\n", " ") + "\n").getBytes(StandardCharsets.UTF_8));
  }

  void sendRaw(byte[] bytes) throws IOException {
    toServer.write(bytes);
    toServer.flush();
  }

  /// {@return the next message}
  JsonNode receive() throws InterruptedException {
    return JsonMapper.shared().readTree(lines.take());
  }

  /// {@return what has come and not been received}
  List<String> rest() {
    return List.copyOf(lines);
  }

  /// Ends the input.
  void end() throws IOException {
    toServer.close();
  }

  private void collect(InputStream from) {
    try (var reader = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
      reader.lines().forEach(lines::add);
    } catch (IOException | UncheckedIOException e) {
      lines.add("{\"broken\":true}");
    }
  }
}
