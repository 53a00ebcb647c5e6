package dev.keyward.server.transport;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Reads and writes the messages of MCP; every transport, and the SDK within them, goes through it.
///
/// Reading is strict: a repeated key, trailing text or a message of another shape is a
/// [BadMessage], and numbers stay exact. Request parameters become an [Inbound]. Text of the client
/// or of a library is never part of an exception or of an error that is written.
final class McpJson implements McpJsonMapper {
  /// What a notification that nobody handles is turned into; the SDK would log it whole.
  static final String IGNORED = "notifications/ignored";

  private static final Set<String> NOTIFICATIONS =
      Set.of("notifications/initialized", "notifications/cancelled");
  private static final int MAX_ID_LENGTH = 128;

  /// A message of a mebibyte could else become a tree of a hundred.
  private static final long MAX_TOKENS = 20_000;

  private final JsonMapper json =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxTokenCount(MAX_TOKENS).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .addModule(new SimpleModule().addSerializer(McpError.class, new ErrorBody()))
          .build();

  /// {@return the message that `text` holds; a request's or notification's params are an [Inbound]}
  JSONRPCMessage message(String text) throws BadMessage {
    try {
      return McpSchema.deserializeJsonRpcMessage(this, text);
    } catch (BadMessage e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw BadMessage.notAMessage();
    }
  }

  /// {@return `message` on one line}
  String line(Object message) {
    return json.writeValueAsString(message);
  }

  /// {@return any JSON, read strictly}
  JsonNode tree(String text) throws BadMessage {
    JsonNode tree;
    try {
      tree = json.readTree(text);
    } catch (JacksonException e) {
      throw BadMessage.notJson();
    }
    if (tree.isMissingNode()) {
      throw BadMessage.notJson();
    }
    return tree;
  }

  @Override
  public <T> T readValue(String content, Class<T> type) throws IOException {
    return convert(tree(content), type);
  }

  @Override
  public <T> T readValue(byte[] content, Class<T> type) throws IOException {
    return readValue(new String(content, StandardCharsets.UTF_8), type);
  }

  /// The SDK reads each message as a map and looks at its keys; values stay trees until converted.
  @Override
  @SuppressWarnings("unchecked")
  public <T> T readValue(String content, TypeRef<T> type) throws IOException {
    if (type.getType() instanceof ParameterizedType map && map.getRawType() == HashMap.class) {
      return (T) keys(tree(content));
    }
    return convert(tree(content), type);
  }

  @Override
  public <T> T readValue(byte[] content, TypeRef<T> type) throws IOException {
    return readValue(new String(content, StandardCharsets.UTF_8), type);
  }

  @Override
  public <T> T convertValue(Object value, Class<T> type) {
    if (value instanceof Map<?, ?> map && JSONRPCMessage.class.isAssignableFrom(type)) {
      return type.cast(converted(map, type));
    }
    return convert(value, type);
  }

  @Override
  public <T> T convertValue(Object value, TypeRef<T> type) {
    return convert(value, type);
  }

  @Override
  public String writeValueAsString(Object value) throws IOException {
    try {
      return line(value);
    } catch (JacksonException e) {
      throw new IOException("a message could not be written");
    }
  }

  @Override
  public byte[] writeValueAsBytes(Object value) throws IOException {
    try {
      return json.writeValueAsBytes(value);
    } catch (JacksonException e) {
      throw new IOException("a message could not be written");
    }
  }

  private static Map<String, Object> keys(JsonNode message) throws BadMessage {
    boolean shaped =
        message.isObject()
            && message.path("jsonrpc").asString("").equals("2.0")
            && (message.path("method").isString() || message.has("result") || message.has("error"))
            && (!message.has("id") || namesRequest(message.get("id")))
            && (message.path("params").isMissingNode()
                || message.get("params").isNull()
                || message.get("params").isObject());
    if (!shaped) {
      throw BadMessage.notAMessage();
    }
    Map<String, Object> keys = new HashMap<>(); // the SDK asks for this very type
    message.properties().forEach(field -> keys.put(field.getKey(), field.getValue()));
    return keys;
  }

  /// Ids are logged by the SDK, so they are short and hold nothing that could forge a line.
  private static boolean namesRequest(JsonNode id) {
    if (id.isString()) {
      String text = id.stringValue();
      return text.length() <= MAX_ID_LENGTH && isPrintable(text);
    }
    return id.isIntegralNumber() && id.canConvertToLong();
  }

  private static boolean isPrintable(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) >= 0x7f) {
        return false;
      }
    }
    return true;
  }

  private JSONRPCMessage converted(Map<?, ?> message, Class<?> type) {
    if (type == JSONRPCRequest.class) {
      return new JSONRPCRequest("2.0", method(message), id(message), inbound(message));
    }
    if (type == JSONRPCNotification.class) {
      String method = method(message);
      return new JSONRPCNotification(
          "2.0", NOTIFICATIONS.contains(method) ? method : IGNORED, inbound(message));
    }
    if (!message.containsKey("id")
        || message.containsKey("result") == message.containsKey("error")) {
      throw new IllegalArgumentException(RpcReply.NOT_A_MESSAGE);
    }
    return convert(message, JSONRPCResponse.class);
  }

  private static String method(Map<?, ?> message) {
    return message.get("method") instanceof JsonNode method ? method.asString("") : "";
  }

  private static Object id(Map<?, ?> message) {
    if (!(message.get("id") instanceof JsonNode id)) {
      throw new IllegalArgumentException(RpcReply.NOT_A_MESSAGE);
    }
    return id.isString() ? id.stringValue() : (Object) id.longValue();
  }

  private static Inbound inbound(Map<?, ?> message) {
    String id = message.get("id") instanceof JsonNode node ? node.toString() : "";
    JsonNode params =
        message.get("params") instanceof ObjectNode node
            ? node
            : JsonNodeFactory.instance.objectNode();
    return new Inbound(id, params);
  }

  private <T> T convert(@Nullable Object value, Class<T> type) {
    try {
      return json.convertValue(plain(value), type);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(RpcReply.NOT_A_MESSAGE);
    }
  }

  private <T> T convert(@Nullable Object value, TypeRef<T> type) {
    try {
      return json.convertValue(plain(value), json.getTypeFactory().constructType(type.getType()));
    } catch (JacksonException e) {
      throw new IllegalArgumentException(RpcReply.NOT_A_MESSAGE);
    }
  }

  private static @Nullable Object plain(@Nullable Object value) {
    return value instanceof Inbound inbound ? inbound.params() : value;
  }

  /// An error of the SDK itself as a JSON-RPC error; by default it is a Throwable with its stack.
  private static final class ErrorBody extends ValueSerializer<McpError> {
    private static final String SESSION_MISSING = "Session ID required";

    @Override
    public void serialize(McpError error, JsonGenerator out, SerializationContext context) {
      boolean unread = String.valueOf(error.getMessage()).endsWith(RpcReply.NOT_JSON);
      int code = error.getJsonRpcError().code();
      if (unread) {
        out.writePOJO(HttpProblem.body(RpcReply.PARSE_ERROR, RpcReply.NOT_JSON));
      } else if (String.valueOf(error.getMessage()).contains(SESSION_MISSING)) {
        out.writePOJO(HttpProblem.body(RpcReply.INVALID_REQUEST, RpcReply.NO_SESSION));
      } else if (code == RpcReply.INVALID_REQUEST) {
        out.writePOJO(HttpProblem.body(code, RpcReply.NOT_A_MESSAGE));
      } else {
        out.writePOJO(HttpProblem.body(code, "The broker could not serve this request."));
      }
    }
  }
}
