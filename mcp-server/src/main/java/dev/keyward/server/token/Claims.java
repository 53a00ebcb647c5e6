package dev.keyward.server.token;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;

/// What a token says that has been found good.
///
/// @param issuer who says so, as the settings name it
/// @param subject of whom
/// @param expires until when
/// @param json all of it
public record Claims(String issuer, String subject, Instant expires, JsonNode json) {

  /// {@return what a claim says: one text, or as many as its list has; none if it is something
  /// else}
  ///
  /// @param claim a name, or a JSON Pointer (RFC 6901) such as `/realm_access/roles`
  public List<String> texts(String claim) {
    JsonNode value = claim.startsWith("/") ? json.at(JsonPointer.compile(claim)) : json.path(claim);
    return value.isArray()
        ? StreamSupport.stream(value.spliterator(), false)
            .filter(Claims::plain)
            .map(Claims::text)
            .toList()
        : plain(value) ? List.of(text(value)) : List.of();
  }

  /// {@return what a claim says, if that is one text}
  public Optional<String> text(String claim) {
    List<String> texts = texts(claim);
    return texts.size() == 1 ? Optional.of(texts.getFirst()) : Optional.empty();
  }

  private static boolean plain(JsonNode value) {
    return value.isString() || value.isBoolean() || value.isIntegralNumber();
  }

  private static String text(JsonNode value) {
    return value.asString();
  }
}
