package dev.keyward.server.token;

import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.config.TrustedAuthorities;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;

/// Asks issuers, at addresses from the settings or under one of theirs: no redirect, no proxy of
/// the environment, no cookie, and an answer that is bounded in size and time.
public final class IssuerHttp implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int MOST_BYTES = 1 << 18;
  private static final int OK = 200;

  private final HttpClient http;

  /// @param ca the only certificate authorities to trust; absent: the JDK's
  /// @throws IllegalArgumentException if that file is of no use
  public IssuerHttp(Optional<Path> ca) {
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .sslContext(TrustedAuthorities.of(ca, "ca_file"))
            .build();
  }

  /// {@return the JSON object at `url`}
  ///
  /// @throws IOException if there is none; the message repeats nothing of an answer
  public JsonNode get(URI url) throws IOException {
    return answer(request(url).GET().build());
  }

  /// Sends a form and gives back the JSON object that is the answer.
  ///
  /// @param form already encoded; it holds what nobody may read
  /// @throws IOException if there is no such answer; the message repeats nothing of it
  @TouchesSecret
  public JsonNode post(URI url, Secret form) throws IOException {
    HttpRequest request =
        form.use(
            text ->
                request(url)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(text))
                    .build());
    return answer(request);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private static HttpRequest.Builder request(URI url) {
    return HttpRequest.newBuilder(url).timeout(PATIENCE).header("Accept", "application/json");
  }

  /// The client's own timeout ends with the headers, so the whole answer is waited for here.
  private JsonNode answer(HttpRequest request) throws IOException {
    CompletableFuture<HttpResponse<byte[]>> coming =
        http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES));
    try {
      HttpResponse<byte[]> answer = coming.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (answer.statusCode() != OK) {
        throw new IOException("status " + answer.statusCode());
      }
      return TokenJson.object(answer.body());
    } catch (TimeoutException e) {
      coming.cancel(true);
      throw new IOException("no whole answer in time", e);
    } catch (InterruptedException e) {
      coming.cancel(true);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IOException("no answer, or too large a one", e);
    }
  }
}
