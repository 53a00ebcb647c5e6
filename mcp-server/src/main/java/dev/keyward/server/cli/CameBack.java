package dev.keyward.server.cli;

import dev.keyward.server.control.OperatorError;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// What a browser brought back from a page of consent (RFC 6749, section 4.1.2).
///
/// @param code good for one use, by whoever knows the verifier
record CameBack(String code) {
  /// Words that a page may give for its no; others are not repeated.
  private static final Set<String> KNOWN =
      Set.of(
          "access_denied",
          "invalid_request",
          "invalid_scope",
          "server_error",
          "temporarily_unavailable",
          "unauthorized_client",
          "unsupported_response_type");

  @Override
  public String toString() {
    return "CameBack";
  }

  /// Reads the query of the address to which the browser was sent.
  ///
  /// @throws OperatorError if it belongs to another attempt, or says no
  static CameBack of(String query, String state) {
    Map<String, String> fields = new HashMap<>();
    for (String field : query.split("&", -1)) {
      int equals = field.indexOf('=');
      if (equals > 0) {
        fields.putIfAbsent(field.substring(0, equals), decoded(field.substring(equals + 1)));
      }
    }
    if (!MessageDigest.isEqual(bytes(fields.getOrDefault("state", "")), bytes(state))) {
      throw new OperatorError("what came back belongs to another attempt; nothing was connected");
    }
    String error = fields.getOrDefault("error", "");
    String code = fields.getOrDefault("code", "");
    if (!error.isEmpty() || code.isEmpty()) {
      throw new OperatorError(
          "the page says no"
              + (KNOWN.contains(error) ? ": " + error : "")
              + "; nothing was connected");
    }
    return new CameBack(code);
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new OperatorError("what came back cannot be read; nothing was connected");
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
