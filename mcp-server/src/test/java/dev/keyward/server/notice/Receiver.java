package dev.keyward.server.notice;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The other end of a webhook: keeps what it gets, and answers what it is told to.
final class Receiver implements AutoCloseable {
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Received> unread = new LinkedBlockingQueue<>();
  private final HttpServer server;
  private volatile int status = 204;
  private volatile Optional<String> retryAfter = Optional.empty();

  Receiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::take);
    server.start();
  }

  /// One message as it came over the wire.
  record Received(String id, String timestamp, String signature, String body) {
    JsonNode json() {
      return JsonMapper.shared().readTree(body);
    }

    List<String> approvals() {
      return json()
          .path("data")
          .path("requests")
          .valueStream()
          .map(request -> request.path("approval").stringValue())
          .toList();
    }
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook");
  }

  void answer(int with) {
    status = with;
    retryAfter = Optional.empty();
  }

  void answer(int with, String seconds) {
    status = with;
    retryAfter = Optional.of(seconds);
  }

  List<Received> received() {
    return List.copyOf(received);
  }

  /// {@return the next message, which may be yet to come}
  Received next() throws InterruptedException {
    return Optional.ofNullable(unread.poll(30, TimeUnit.SECONDS))
        .orElseThrow(() -> new AssertionError("no message came"));
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void take(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    var message =
        new Received(
            header(exchange, "webhook-id"),
            header(exchange, "webhook-timestamp"),
            header(exchange, "webhook-signature"),
            body);
    received.add(message);
    unread.add(message);
    if (status / 100 == 3) {
      exchange.getResponseHeaders().set("Location", url() + "/elsewhere");
    }
    retryAfter.ifPresent(after -> exchange.getResponseHeaders().set("Retry-After", after));
    exchange.sendResponseHeaders(status, -1);
    exchange.close();
  }

  private static String header(HttpExchange exchange, String name) {
    return String.valueOf(exchange.getRequestHeaders().getFirst(name));
  }
}
