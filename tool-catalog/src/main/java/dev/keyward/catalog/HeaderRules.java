package dev.keyward.catalog;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Which headers a catalog may set, and as what.
final class HeaderRules {
  /// They frame the message or name the host, or make a server act on another method or address.
  private static final Set<String> FRAMING =
      Set.of(
          "host",
          "content-length",
          "content-type",
          "content-encoding",
          "transfer-encoding",
          "connection",
          "keep-alive",
          "te",
          "trailer",
          "upgrade",
          "expect",
          "accept-encoding",
          "forwarded",
          "x-http-method",
          "x-http-method-override",
          "x-method-override",
          "x-original-url",
          "x-rewrite-url");

  private static final List<String> FRAMING_PREFIXES =
      List.of("proxy-", "x-forwarded-", "sec-", "keyward-");
  private static final Set<String> SECRET_WORDS =
      Set.of(
          "auth",
          "authorization",
          "authentication",
          "token",
          "secret",
          "key",
          "apikey",
          "password",
          "cookie",
          "cookie2",
          "credential",
          "credentials",
          "session");

  private HeaderRules() {}

  /// {@return why a fixed header may not have this name}
  static Optional<String> againstFixed(String name) {
    return framing(name)
        .or(
            () ->
                holdsSecret(name)
                    ? Optional.of("must not carry a credential; use credential instead")
                    : Optional.empty());
  }

  /// {@return why a credential may not go into a header of this name}
  static Optional<String> againstCredential(String name) {
    return framing(name);
  }

  /// {@return why an idempotency key may not go into a header of this name}
  static Optional<String> againstIdempotency(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.equals("authorization") || lower.equals("cookie")
        ? Optional.of("must not be a header that carries a credential")
        : framing(name);
  }

  private static Optional<String> framing(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    boolean framing =
        FRAMING.contains(lower) || FRAMING_PREFIXES.stream().anyMatch(lower::startsWith);
    return framing
        ? Optional.of("must not be a header that the broker sets itself or that changes the target")
        : Optional.empty();
  }

  private static boolean holdsSecret(String name) {
    return Arrays.stream(name.toLowerCase(Locale.ROOT).split("-", -1))
        .anyMatch(SECRET_WORDS::contains);
  }
}
