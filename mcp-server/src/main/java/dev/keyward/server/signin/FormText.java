package dev.keyward.server.signin;

import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// Fields in `application/x-www-form-urlencoded`, in the order in which they are given.
final class FormText {
  private final StringBuilder text = new StringBuilder();

  FormText with(String name, String value) {
    text.append(text.isEmpty() ? "" : "&").append(name).append('=');
    text.append(URLEncoder.encode(value, StandardCharsets.UTF_8));
    return this;
  }

  @TouchesSecret
  FormText with(String name, Secret value) {
    return value.use(characters -> with(name, characters));
  }

  /// {@return the whole, as what nobody may read}
  Secret secret() {
    return Secret.of(text.toString());
  }

  /// {@return the whole, where no secret is in it}
  @Override
  public String toString() {
    return text.toString();
  }
}
