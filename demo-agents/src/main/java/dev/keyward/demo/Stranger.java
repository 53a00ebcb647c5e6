package dev.keyward.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

/// Plain HTTP requests to doors at which the hijacked agent has no business, made with whatever it
/// holds. Each comes on a connection of its own: a door that is shut may shut that, too.
final class Stranger {
  private final Wiretap tap;

  /// @param tap hears everything that comes back
  Stranger(Wiretap tap) {
    this.tap = tap;
  }

  /// {@return the status of the answer to a GET}
  ///
  /// @param headers names and values in turn
  int get(URI address, String... headers) {
    return send(request(address, headers).GET());
  }

  /// {@return the status of the answer to a form that is posted}
  int postForm(URI address, String form, String... headers) {
    return send(
        request(address, headers)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form)));
  }

  /// {@return the status of the answer to an MCP request that is posted}
  int postMcp(URI address, String body, String... headers) {
    return send(
        request(address, headers)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .POST(BodyPublishers.ofString(body)));
  }

  /// {@return whether every status says no: 401, 403, 404, 405 or 410}
  static boolean allShut(List<Integer> statuses) {
    return List.of(401, 403, 404, 405, 410).containsAll(statuses);
  }

  private static HttpRequest.Builder request(URI address, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(address);
    return headers.length == 0 ? request : request.headers(headers);
  }

  private int send(HttpRequest.Builder request) {
    try (HttpClient http = tap.clients().build()) {
      return http.send(request.build(), BodyHandlers.ofString()).statusCode();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", stopped);
    }
  }
}
