package dev.keyward.server.notice;

import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The operator's own address for messages, each signed with a key that both ends have (Standard
/// Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature: v1,…`).
///
/// No redirect is followed, no proxy of the environment used, and nothing of an answer is read but
/// its status.
final class Webhook implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String PREFIX = "whsec_";
  private static final int LEAST_KEY_BYTES = 24;
  private static final int MOST_KEY_BYTES = 64;

  private final URI url;
  private final Secret secret;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(PATIENCE)
          .followRedirects(HttpClient.Redirect.NEVER)
          .proxy(HttpClient.Builder.NO_PROXY)
          .build();

  private Webhook(URI url, Secret secret) {
    this.url = url;
    this.secret = secret;
  }

  /// Reads the signing key; sends nothing yet.
  ///
  /// @param secretFile its first line is `whsec_` and 24 to 64 bytes in base64
  /// @throws IOException if it cannot be read
  /// @throws IllegalArgumentException if it has another shape
  static Webhook open(URI url, Path secretFile) throws IOException {
    try (var lines = Files.lines(secretFile, StandardCharsets.UTF_8)) {
      Secret secret = Secret.of(lines.findFirst().orElse("").strip());
      var webhook = new Webhook(url, secret);
      webhook.key();
      return webhook;
    }
  }

  Secret secret() {
    return secret;
  }

  /// Sends, and waits for the answer.
  ///
  /// @throws IOException unless the other end says that it has the message
  void send(Message message, Instant now) throws IOException {
    String timestamp = Long.toString(now.getEpochSecond());
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .header("webhook-id", message.id())
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", "v1," + signature(message, timestamp))
            .POST(HttpRequest.BodyPublishers.ofString(message.body()))
            .build();
    int status = status(http.sendAsync(request, HttpResponse.BodyHandlers.discarding()));
    if (status / 100 != 2) {
      throw new IOException("status " + status);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  /// The client's own timeout ends with the headers, so the whole answer is waited for here.
  private static int status(CompletableFuture<HttpResponse<Void>> coming) throws IOException {
    try {
      return coming.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).statusCode();
    } catch (TimeoutException e) {
      coming.cancel(true);
      throw new IOException("no whole answer in time", e);
    } catch (InterruptedException e) {
      coming.cancel(true);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IOException("no answer", e);
    }
  }

  private String signature(Message message, String timestamp) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key());
      String signed = message.id() + "." + timestamp + "." + message.body();
      byte[] tag = mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(tag);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  @TouchesSecret
  private SecretKeySpec key() {
    return secret.use(
        text -> {
          byte[] bytes = text.startsWith(PREFIX) ? decoded(text) : new byte[0];
          if (bytes.length < LEAST_KEY_BYTES || bytes.length > MOST_KEY_BYTES) {
            throw new IllegalArgumentException(
                "approvals.webhook.secret_file must begin with whsec_ and "
                    + LEAST_KEY_BYTES
                    + " to "
                    + MOST_KEY_BYTES
                    + " bytes in base64");
          }
          return new SecretKeySpec(bytes, "HmacSHA256");
        });
  }

  private static byte[] decoded(String text) {
    try {
      return Base64.getDecoder().decode(text.substring(PREFIX.length()));
    } catch (IllegalArgumentException e) {
      return new byte[0]; // said by the caller, without the text
    }
  }
}
