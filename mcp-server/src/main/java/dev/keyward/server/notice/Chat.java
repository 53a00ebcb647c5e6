package dev.keyward.server.notice;

import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.config.NoticeSettings;
import dev.keyward.server.config.SafeUrl;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// A channel of a chat, by an incoming webhook whose URL is itself the secret.
final class Chat implements Channel {
  private final String name;
  private final NoticeSettings.Chat settings;
  private final Keys keys;
  private final Function<Told, String> card;
  private final HookClient http;

  /// @param card the chat's own form of a message
  /// @throws IllegalArgumentException if the authorities cannot be used
  Chat(String name, NoticeSettings.Chat settings, Keys keys, Function<Told, String> card) {
    this.name = name;
    this.settings = settings;
    this.keys = keys;
    this.card = card;
    this.http = new HookClient(settings.authorities(), "approvals." + name + ".ca_file");
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void send(Message message, Instant now) throws Undelivered {
    http.post(url(), card.apply(Told.of(message)), Map.of());
  }

  @Override
  public void examine() throws Undelivered {
    url();
  }

  @Override
  public void close() {
    http.close();
  }

  private URI url() throws Undelivered {
    return safe(keys.of(settings.url()))
        .orElseThrow(
            () ->
                Undelivered.yet(
                    "secret "
                        + settings.url()
                        + " must be an https URL (http only on this machine)"));
  }

  @TouchesSecret
  private static Optional<URI> safe(Secret secret) {
    return secret.use(
        text -> {
          try {
            return Optional.of(URI.create(text.strip())).filter(SafeUrl::isPrivate);
          } catch (IllegalArgumentException e) {
            return Optional.empty(); // whose message would hold it
          }
        });
  }
}
