package dev.keyward.server;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.keyward.store.TestPorts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A real HTTP server that answers as it is told and writes down what it was asked.
public final class StandIn implements AutoCloseable {
  private final List<Seen> journal = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final int port;
  private HttpServer server;
  private Socket down = new Socket(); // keeps the port where it does
  private volatile Script script = json("{\"id\": \"1\"}");

  /// One request as it came.
  ///
  /// @param path with the query
  public record Seen(
      String method,
      String path,
      Optional<String> authorization,
      Optional<String> idempotency,
      String body) {}

  /// How a request is answered; its body has been read.
  @FunctionalInterface
  public interface Script {
    /// Answers, or does not.
    void answer(HttpExchange exchange) throws IOException;
  }

  /// Listens on a free port of this machine.
  public StandIn() {
    server = listen(0);
    port = server.getAddress().getPort();
  }

  /// {@return where it listens, without a path}
  public URI origin() {
    return URI.create("http://127.0.0.1:" + port);
  }

  /// {@return every request so far}
  public List<Seen> journal() {
    return List.copyOf(journal);
  }

  /// {@return the requests that were no GET}
  public List<Seen> writes() {
    return journal.stream().filter(seen -> !seen.method().equals("GET")).toList();
  }

  /// From now on every request is answered so.
  public void answers(Script how) {
    script = how;
  }

  /// From now on every request gets this JSON.
  public void answers(String json) {
    script = json(json);
  }

  /// {@return an answer of status 200}
  public static Script json(String json) {
    return of(200, "application/json", json);
  }

  /// {@return an answer of this status, type and body; `headers` are names and values in turn}
  public static Script of(int status, String type, String body, String... headers) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return exchange -> {
      exchange.getResponseHeaders().set("Content-Type", type);
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
      }
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
      exchange.close();
    };
  }

  /// {@return an answer that waits for `go`; `arrived` tells that it is waited for}
  public static Script held(CountDownLatch arrived, CountDownLatch go, Script answer) {
    return exchange -> {
      arrived.countDown();
      try {
        assertTrue(go.await(30, SECONDS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      answer.answer(exchange);
    };
  }

  /// {@return an end of the connection in place of an answer}
  public static Script cut() {
    return HttpExchange::close;
  }

  /// Nobody listens any more; the port stays known.
  public void goDown() {
    server.stop(0);
    down = TestPorts.keep(port);
  }

  /// Listens again at the same port.
  public void comeBack() {
    server = listen(port);
    TestPorts.letGo(down);
  }

  @Override
  public void close() {
    server.stop(0);
    TestPorts.letGo(down);
    threads.shutdownNow();
  }

  private HttpServer listen(int wanted) {
    try {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted);
      HttpServer listening = HttpServer.create(address, 0);
      listening.setExecutor(threads);
      listening.createContext("/", this::serve);
      listening.start();
      return listening;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    byte[] bytes = exchange.getRequestBody().readAllBytes();
    exchange.setStreams(new ByteArrayInputStream(bytes), null); // for the script
    String body = new String(bytes, StandardCharsets.UTF_8);
    journal.add(
        new Seen(
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            header(exchange, "Authorization"),
            header(exchange, "Idempotency-Key"),
            body));
    script.answer(exchange);
  }

  private static Optional<String> header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
  }
}
