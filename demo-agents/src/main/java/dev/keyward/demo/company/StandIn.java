package dev.keyward.demo.company;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The front door of a stand-in company: an HTTP server on loopback, on a port the system picks,
/// with a thread per request, that checks the key and writes the journal.
///
/// The key comes as `Authorization: Bearer KEY`, or as the user of HTTP Basic as Stripe takes it.
final class StandIn implements AutoCloseable {
  static final int MAX_BODY_BYTES = 64 * 1024;

  private final HttpServer server;
  private final ExecutorService threads;
  private final CompanyKey key;
  private final Endpoints endpoints;
  private final Journal journal = new Journal();

  private StandIn(HttpServer server, CompanyKey key, Endpoints endpoints) {
    this.server = server;
    this.threads = Executors.newVirtualThreadPerTaskExecutor();
    this.key = key;
    this.endpoints = endpoints;
  }

  static StandIn open(CompanyKey key, Endpoints endpoints) throws IOException {
    // Else answers wait 40 ms for the client's delayed acknowledgement. The JDK's server has no
    // other switch, and reads this one when the first server is made.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    var standIn = new StandIn(HttpServer.create(address, 0), key, endpoints);
    standIn.server.setExecutor(standIn.threads);
    standIn.server.createContext("/", standIn::handle);
    standIn.server.start();
    return standIn;
  }

  URI origin() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  Journal journal() {
    return journal;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Optional<String> presented = presentedKey(exchange);
      Reply reply =
          presented.filter(key::matches).isPresent()
              ? read(exchange)
              : endpoints.unauthorized(presented.isPresent());
      // Before the answer leaves, so that whoever has the answer finds the entry.
      journal.add(
          new JournalEntry(
              exchange.getRequestMethod(),
              exchange.getRequestURI().getRawPath(),
              reply.status(),
              presented.map(Fingerprint::of).orElse(Fingerprint.NONE)));
      write(exchange, reply);
    }
  }

  private Reply read(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
    if (body.length > MAX_BODY_BYTES) {
      return endpoints.unreadable(413, "The request's body is too large.");
    }
    Request request;
    try {
      request = parse(exchange, new String(body, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException broken) {
      return endpoints.unreadable(400, "The request's URL is not well-formed.");
    }
    return endpoints.answer(request);
  }

  private static Request parse(HttpExchange exchange, String body) {
    URI uri = exchange.getRequestURI();
    String query = Optional.ofNullable(uri.getRawQuery()).orElse("");
    Map<String, String> headers = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
    return new Request(
        exchange.getRequestMethod(),
        Request.segments(uri.getRawPath()),
        Request.parameters(query),
        Map.copyOf(headers),
        body);
  }

  private static void write(HttpExchange exchange, Reply reply) throws IOException {
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", reply.contentType());
    reply.headers().forEach(exchange.getResponseHeaders()::set);
    exchange.sendResponseHeaders(reply.status(), body.length);
    exchange.getResponseBody().write(body);
  }

  private static Optional<String> presentedKey(HttpExchange exchange) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
        .flatMap(StandIn::keyIn);
  }

  private static Optional<String> keyIn(String authorization) {
    String[] parts = authorization.split(" ", 2);
    if (parts.length < 2) {
      return Optional.empty();
    }
    return switch (parts[0].toLowerCase(Locale.ROOT)) {
      case "bearer" -> Optional.of(parts[1].strip());
      case "basic" -> basicUser(parts[1].strip());
      default -> Optional.empty();
    };
  }

  private static Optional<String> basicUser(String encoded) {
    try {
      String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
      return Optional.of(pair.split(":", 2)[0]);
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }
}
