package dev.keyward.server.notice;

import dev.keyward.server.config.TrustedAuthorities;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/// Posts messages over HTTP.
///
/// No redirect is followed, no proxy of the environment used, and nothing of an answer is read but
/// its status and for how long the other end wants to be left alone.
final class HookClient implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int TOO_MANY = 429;
  private static final int BUSY = 503;
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,4}"); // under three hours
  private static final Duration BREATH = Duration.ofSeconds(30);

  private final HttpClient http;

  /// @param authorities whose word on the other end's certificate counts; absent: the JDK's
  /// @param setting what names that file, for messages
  /// @throws IllegalArgumentException if the file cannot be used
  HookClient(Optional<Path> authorities, String setting) {
    http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(HttpClient.Builder.NO_PROXY)
            .sslContext(TrustedAuthorities.of(authorities, setting))
            .build();
  }

  /// Posts JSON, and waits for the answer.
  ///
  /// @throws Undelivered unless the other end says that it has the message
  void post(URI url, String json, Map<String, String> headers) throws Undelivered {
    var request =
        HttpRequest.newBuilder(url)
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json));
    headers.forEach(request::header);
    HttpResponse<Void> answer =
        answer(http.sendAsync(request.build(), HttpResponse.BodyHandlers.discarding()));
    int status = answer.statusCode();
    if (status / 100 == 2) {
      return;
    }
    throw refused(status, answer.headers().firstValue("Retry-After"));
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private static Undelivered refused(int status, Optional<String> retryAfter) {
    String why = "status " + status;
    Optional<Duration> wanted =
        retryAfter
            .filter(text -> SECONDS.matcher(text).matches())
            .map(text -> Duration.ofSeconds(Integer.parseInt(text)));
    if (status == TOO_MANY) {
      return Undelivered.before(wanted.orElse(BREATH), why);
    }
    return status == BUSY && wanted.isPresent()
        ? Undelivered.before(wanted.get(), why)
        : Undelivered.yet(why);
  }

  /// The client's own timeout ends with the headers, so the whole answer is waited for here.
  private static HttpResponse<Void> answer(CompletableFuture<HttpResponse<Void>> coming)
      throws Undelivered {
    try {
      return coming.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      coming.cancel(true);
      throw Undelivered.yet("no whole answer in time");
    } catch (InterruptedException e) {
      coming.cancel(true);
      Thread.currentThread().interrupt();
      throw Undelivered.yet("interrupted");
    } catch (ExecutionException e) {
      throw Undelivered.yet("no answer");
    }
  }
}
