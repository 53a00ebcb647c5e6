package dev.keyward.server.token;

import java.io.IOException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads JSON of issuers strictly: an object, no name twice, nothing behind it.
final class TokenJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private TokenJson() {}

  static JsonNode object(byte[] utf8) throws IOException {
    try {
      JsonNode json = MAPPER.readTree(utf8);
      if (json != null && json.isObject()) {
        return json;
      }
    } catch (JacksonException e) {
      // said below; the library's words may repeat the text
    }
    throw new IOException("no JSON object");
  }
}
