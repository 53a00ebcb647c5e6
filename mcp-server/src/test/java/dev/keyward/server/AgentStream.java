package dev.keyward.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// An agent's session over HTTP+SSE: posts messages and finds their answers on the stream. For many
/// threads.
public final class AgentStream {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final String DATA = "data: ";

  private final String key;
  private final URI endpoint;
  private final Map<Integer, CompletableFuture<String>> answers = new ConcurrentHashMap<>();
  private final CountDownLatch ended = new CountDownLatch(1);

  private AgentStream(String key, URI endpoint) {
    this.key = key;
    this.endpoint = endpoint;
  }

  /// Opens the stream and reads it from then on.
  ///
  /// @param mcp the broker's Streamable HTTP endpoint, beside which `/sse` lies
  static AgentStream open(URI mcp, String key) {
    HttpRequest request =
        HttpRequest.newBuilder(mcp.resolve("/sse"))
            .header("Authorization", "Bearer " + key)
            .build();
    Stream<String> lines =
        HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofLines()).join().body();
    Iterator<String> each = lines.filter(line -> line.startsWith(DATA)).iterator();
    var stream = new AgentStream(key, mcp.resolve(each.next().substring(DATA.length())));
    Thread.startVirtualThread(() -> stream.read(each));
    return stream;
  }

  /// Waits until the broker has ended the stream.
  public void awaitEnd() throws InterruptedException {
    ended.await();
  }

  /// Sends these very characters, and waits for the answer where one is to come.
  Called post(String body) {
    JsonNode id = JsonMapper.shared().readTree(body).path("id");
    HttpRequest request =
        HttpRequest.newBuilder(endpoint)
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> taken =
        HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofString()).join();
    String raw = taken.headers().map() + "\n" + taken.body();
    if (taken.statusCode() != 202) {
      return new Called(taken.statusCode(), raw, JsonMapper.shared().readTree(taken.body()));
    }
    if (id.isMissingNode()) {
      return new Called(202, raw, JsonNodeFactory.instance.objectNode());
    }
    String answer = answerTo(id.asInt()).join();
    return new Called(200, raw + answer, JsonMapper.shared().readTree(answer));
  }

  private CompletableFuture<String> answerTo(int id) {
    return answers.computeIfAbsent(id, _ -> new CompletableFuture<>());
  }

  private void read(Iterator<String> events) {
    try {
      while (events.hasNext()) {
        String data = events.next().substring(DATA.length());
        answerTo(JsonMapper.shared().readTree(data).path("id").asInt()).complete(data);
      }
    } catch (UncheckedIOException e) {
      // the stream broke off; that is an end too
    } finally {
      ended.countDown();
      var gone = new IOException("the stream has ended");
      answers.values().forEach(answer -> answer.completeExceptionally(gone));
    }
  }
}
