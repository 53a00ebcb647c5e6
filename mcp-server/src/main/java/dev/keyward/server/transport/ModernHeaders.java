package dev.keyward.server.transport;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// The headers that repeat parts of a request's body, so that what stands between can route by them
/// (MCP 2026-07-28, "Request Metadata"). Here they must say exactly what the body says: else two
/// would act on two different requests.
final class ModernHeaders {
  static final String METHOD = "Mcp-Method";
  static final String NAME = "Mcp-Name";

  private static final String WRAPPED = "=?base64?";
  private static final String WRAPPED_END = "?=";

  private ModernHeaders() {}

  /// {@return whether the request names a revision of this era}
  static boolean nameModern(HttpServletRequest http) {
    return Collections.list(http.getHeaders(AgentGate.VERSION)).stream()
        .anyMatch(named -> ModernRequest.isModern(named.strip()));
  }

  /// Compares the headers with the body.
  ///
  /// @throws ModernFault naming the header that is missing or says something else
  static void check(HttpServletRequest http, ModernRequest request) throws ModernFault {
    Optional<String> revision = only(http, AgentGate.VERSION);
    if (revision.isPresent() && !revision.get().equals(request.revision())) {
      throw ModernFault.header(AgentGate.VERSION, "must name the revision that params._meta names");
    }
    request.requireSpoken();
    if (revision.isEmpty()) {
      throw ModernFault.header(AgentGate.VERSION, "is required");
    }
    same(http, METHOD, Optional.of(request.method()));
    same(http, NAME, request.name());
  }

  /// {@return `value` as it stands in `Mcp-Name`: wrapped, unless every character may stand there}
  static String wrapped(String value) {
    boolean plain =
        value.equals(value.strip())
            && value.chars().allMatch(c -> c >= ' ' && c < 0x7f)
            && !(value.startsWith(WRAPPED) && value.endsWith(WRAPPED_END));
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return plain ? value : WRAPPED + Base64.getEncoder().encodeToString(bytes) + WRAPPED_END;
  }

  private static void same(HttpServletRequest http, String header, Optional<String> body)
      throws ModernFault {
    Optional<String> sent = only(http, header);
    if (body.isEmpty()) {
      return; // nothing to repeat: a parameter that is missing is the method's to refuse
    }
    if (sent.isEmpty()) {
      throw ModernFault.header(header, "is required");
    }
    boolean wraps = header.equals(NAME);
    String said = wraps ? unwrapped(sent.get()) : sent.get();
    if (!said.equals(body.get())) {
      throw ModernFault.header(header, "does not say what the body says");
    }
  }

  private static Optional<String> only(HttpServletRequest http, String header) throws ModernFault {
    List<String> sent = Collections.list(http.getHeaders(header));
    if (sent.size() > 1) {
      throw ModernFault.header(header, "must be there once");
    }
    if (sent.isEmpty()) {
      return Optional.empty();
    }
    String value = sent.getFirst().strip();
    if (!value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 0x7f))) {
      throw ModernFault.header(header, "must be visible ASCII characters");
    }
    return Optional.of(value);
  }

  private static String unwrapped(String value) throws ModernFault {
    if (!(value.startsWith(WRAPPED) && value.endsWith(WRAPPED_END))
        || value.length() < WRAPPED.length() + WRAPPED_END.length()) {
      return value;
    }
    String inner = value.substring(WRAPPED.length(), value.length() - WRAPPED_END.length());
    try {
      byte[] bytes = Base64.getDecoder().decode(inner);
      if (!Base64.getEncoder().encodeToString(bytes).equals(inner)) {
        throw ModernFault.header(NAME, "must be whole base64 of UTF-8"); // one value, one spelling
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw ModernFault.header(NAME, "must be whole base64 of UTF-8");
    }
  }
}
