package dev.keyward.server.upstream;

import java.nio.ByteBuffer;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// Reads an upstream's JSON strictly: one value, no key twice, at most 200 levels deep.
///
/// Numbers keep every digit they came with.
final class AnswerJson {
  private static final int MOST_LEVELS = 200;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MOST_LEVELS)
                          .maxStringLength(Integer.MAX_VALUE) // the tool's limit has been applied
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private AnswerJson() {}

  static JsonNode parse(String text) throws Unusable {
    return parse(() -> JSON.readTree(text));
  }

  /// @param bytes ASCII, in an array
  static JsonNode parse(ByteBuffer bytes) throws Unusable {
    int from = bytes.arrayOffset() + bytes.position();
    return parse(() -> JSON.readTree(bytes.array(), from, bytes.remaining()));
  }

  private static JsonNode parse(Supplier<JsonNode> reading) throws Unusable {
    JsonNode read;
    try {
      read = reading.get();
    } catch (JacksonException e) {
      throw new Unusable(Failure.MALFORMED); // without the cause: its message quotes the answer
    }
    if (read.isMissingNode()) {
      throw new Unusable(Failure.MALFORMED);
    }
    return read;
  }

  static JsonNode text(String text) {
    return JsonNodeFactory.instance.stringNode(text);
  }

  /// {@return a file: `type` and its bytes as `data`, of which nothing has been looked at}
  static JsonNode file(String type, ByteBuffer bytes) {
    var data = new byte[bytes.remaining()];
    bytes.duplicate().get(data);
    return JsonNodeFactory.instance.objectNode().put("type", type).put("data", data);
  }

  static JsonNode nothing() {
    return JsonNodeFactory.instance.nullNode();
  }
}
