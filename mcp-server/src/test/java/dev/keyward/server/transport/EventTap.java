package dev.keyward.server.transport;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/// A listening stream.
///
/// @param status the HTTP status
/// @param body the data of each event
/// @param ended opens when the server ends the stream
record EventTap(int status, BlockingQueue<String> body, CountDownLatch ended) {
  /// Listens; returns once the headers are there.
  static EventTap open(RawClient client, String session) throws IOException, InterruptedException {
    var response =
        client
            .http()
            .send(
                client.request("Mcp-Session-Id", session).GET().build(),
                HttpResponse.BodyHandlers.ofLines());
    var tap =
        new EventTap(response.statusCode(), new LinkedBlockingQueue<>(), new CountDownLatch(1));
    Thread.startVirtualThread(
        () -> {
          try (var lines = response.body()) {
            lines.filter(line -> line.startsWith("data:")).forEach(tap.body::add);
          } catch (java.io.UncheckedIOException e) {
            // the stream broke; that is an end too
          } finally {
            tap.ended.countDown();
          }
        });
    return tap;
  }
}
