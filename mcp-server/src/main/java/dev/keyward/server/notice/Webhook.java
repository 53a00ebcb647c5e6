package dev.keyward.server.notice;

import dev.keyward.call.Hashes;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.config.NoticeSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import javax.crypto.spec.SecretKeySpec;

/// The operator's own address for messages, each signed with a key that both ends have (Standard
/// Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature: v1,…`).
final class Webhook implements Channel {
  private static final String PREFIX = "whsec_";
  private static final int LEAST_KEY_BYTES = 24;
  private static final int MOST_KEY_BYTES = 64;

  private final URI url;
  private final Secret secret;
  private final HookClient http;

  private Webhook(URI url, Secret secret, HookClient http) {
    this.url = url;
    this.secret = secret;
    this.http = http;
    key();
  }

  /// Reads the signing key; sends nothing yet.
  ///
  /// @throws IOException if it cannot be read
  /// @throws IllegalArgumentException if its first line is not `whsec_` and 24 to 64 bytes in
  ///   base64, or the authorities cannot be used
  static Webhook open(NoticeSettings.Webhook settings) throws IOException {
    try (var lines = Files.lines(settings.secretFile(), StandardCharsets.UTF_8)) {
      Secret secret = Secret.of(lines.findFirst().orElse("").strip());
      var http = new HookClient(settings.authorities(), "approvals.webhook.ca_file");
      return new Webhook(settings.url(), secret, http);
    }
  }

  @Override
  public String name() {
    return "webhook";
  }

  @Override
  public Optional<Secret> secret() {
    return Optional.of(secret);
  }

  @Override
  public void send(Message message, Instant now) throws Undelivered {
    String timestamp = Long.toString(now.getEpochSecond());
    http.post(
        url,
        message.body(),
        Map.of(
            "webhook-id",
            message.id(),
            "webhook-timestamp",
            timestamp,
            "webhook-signature",
            "v1," + signature(message, timestamp)));
  }

  /// Nothing can be said of it without telling it something.
  @Override
  public void examine() {}

  @Override
  public void close() {
    http.close();
  }

  private String signature(Message message, String timestamp) {
    String signed = message.id() + "." + timestamp + "." + message.body();
    return Base64.getEncoder().encodeToString(Hashes.hmac(key(), signed));
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
