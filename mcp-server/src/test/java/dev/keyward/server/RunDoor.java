package dev.keyward.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// `/v1/runs` of a broker, as an orchestrator uses it.
public final class RunDoor {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final Supplier<URI> broker;

  /// Knows where the broker is.
  public RunDoor(TestBroker broker) {
    this.broker = () -> broker.keyward().agentsUrl().orElseThrow().resolve("/v1/runs");
  }

  /// What came back.
  ///
  /// @param retryAfter in seconds; 0 if nothing is said of it
  public record Reply(int status, JsonNode body, long retryAfter) {
    /// {@return the name of the run}
    public String run() {
      return body.path("run").asString("");
    }

    /// {@return the token of the run}
    public String token() {
      return body.path("token").asString("");
    }

    /// {@return what was wrong}
    public String message() {
      return body.at("/error/message").asString("");
    }
  }

  /// Opens a run with `key`; `grants` is a JSON list.
  public Reply open(String key, String grants) {
    return post(key, "{\"purpose\":\"test\",\"grants\":" + grants + "}");
  }

  /// Asks for a run in these very words.
  public Reply post(String key, String request) {
    return send(key, "", "POST", request);
  }

  /// Asks for an open run.
  public Reply show(String key, String run) {
    return send(key, "/" + run, "GET", "");
  }

  /// Ends a run.
  public Reply end(String key, String run) {
    return send(key, "/" + run, "DELETE", "");
  }

  private Reply send(String key, String path, String method, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(broker.get() + path))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + key)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
      JsonNode json =
          answer.body().isBlank()
              ? JsonNodeFactory.instance.objectNode()
              : JsonMapper.shared().readTree(answer.body());
      long wait = answer.headers().firstValueAsLong("Retry-After").orElse(0);
      return new Reply(answer.statusCode(), json, wait);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
