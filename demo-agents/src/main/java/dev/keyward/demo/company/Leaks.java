package dev.keyward.demo.company;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;

/// The ways in which careless systems give away the key that they were called with.
final class Leaks {
  private final String key;

  Leaks(CompanyKey key) {
    this.key = key.reveal();
  }

  /// {@return the header as it came}
  String authorization() {
    return "Bearer " + key;
  }

  /// {@return the header in base64, as debug output likes it}
  String authorizationBase64() {
    return base64(authorization());
  }

  /// {@return the key as hex digits}
  String keyHex() {
    return HexFormat.of().formatHex(key.getBytes(StandardCharsets.UTF_8));
  }

  /// {@return the key alone}
  String key() {
    return key;
  }

  /// {@return a failed request, written down in full by a well-meaning integration}
  String requestDump() {
    return """
    > POST /connector/sync?access_token=%s HTTP/1.1
    > authorization: %s
    > x-debug-auth: %s
    > x-basic: Basic %s
    < HTTP/1.1 502 Bad Gateway
    """
        .formatted(
            URLEncoder.encode(key, StandardCharsets.UTF_8),
            authorization(),
            authorizationBase64(),
            base64("crm-sync:" + key));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
