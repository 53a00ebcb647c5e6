package dev.keyward.redaction;

import com.google.errorprone.annotations.RestrictedApi;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.function.Function;

/// A value that must not reach an agent, a log, a trace, an audit line or a page.
///
/// It prints nothing, compares in constant time, and has one marked door. Not serializable.
public final class Secret {
  private final String value;

  private Secret(String value) {
    this.value = value;
  }

  /// Wraps `value`; whoever read it keeps no copy.
  ///
  /// @throws IllegalArgumentException if `value` is empty
  public static Secret of(String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("a secret must not be empty");
    }
    return new Secret(value);
  }

  /// Lends the characters to `body`, which must not keep, log or return them.
  @RestrictedApi(
      explanation = "annotate the caller @TouchesSecret",
      link = "",
      allowlistAnnotations = TouchesSecret.class)
  public <T> T use(Function<? super String, ? extends T> body) {
    return body.apply(value);
  }

  /// {@return how many UTF-16 units it has}
  public int length() {
    return value.length();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret
        && MessageDigest.isEqual(
            value.getBytes(StandardCharsets.UTF_8), secret.value.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public int hashCode() {
    return Secret.class.hashCode();
  }

  @Override
  public String toString() {
    return "[secret]";
  }
}
