package dev.keyward.server.credential.mint;

import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.server.upstream.Enquiry;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// A form that holds what nobody may read. Used by one thread.
final class Form {
  private final StringBuilder text = new StringBuilder();

  Form add(String name, String value) {
    text.append(text.isEmpty() ? "" : "&").append(name).append('=').append(encoded(value));
    return this;
  }

  Form add(String name, Optional<String> value) {
    value.ifPresent(there -> add(name, there));
    return this;
  }

  @TouchesSecret
  Form add(String name, Secret value) {
    return value.use(there -> add(name, there));
  }

  Enquiry.Content content() {
    return new Enquiry.Content("application/x-www-form-urlencoded", Secret.of(text.toString()));
  }

  /// {@return the fields of a form that holds nothing secret, for a query}
  String open() {
    return text.toString();
  }

  static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "[form]";
  }
}
