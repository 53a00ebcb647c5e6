package dev.keyward.server.transport;

import dev.keyward.redaction.Redacted;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// What a client is told of one call while it waits, if it has given a token for that (MCP
/// 2025-11-25, "Progress"). Thread-safe.
///
/// Words come from the pipeline only, scrubbed.
final class Progress {
  private static final int LONGEST_TOKEN = 256;

  private final Optional<JsonNode> token;
  private final AtomicInteger steps = new AtomicInteger();
  private volatile @Nullable Redacted stage;

  private Progress(Optional<JsonNode> token) {
    this.token = token;
  }

  /// {@return the progress of a request with these parameters}
  static Progress of(JsonNode params) {
    JsonNode token = params.path("_meta").path("progressToken");
    boolean usable =
        token.isIntegralNumber()
            || (token.isString() && token.stringValue().length() <= LONGEST_TOKEN);
    return new Progress(usable ? Optional.of(token) : Optional.empty());
  }

  /// Notes what the call waits for.
  void at(Redacted words) {
    stage = words;
  }

  /// {@return the next notification; each says more than the one before}
  Optional<JSONRPCNotification> next() {
    return token.map(this::notification);
  }

  private JSONRPCNotification notification(JsonNode named) {
    var params = JsonNodeFactory.instance.objectNode();
    params.set("progressToken", named);
    params.put("progress", steps.incrementAndGet());
    Redacted words = stage;
    if (words != null) {
      params.put("message", words.text());
    }
    return new JSONRPCNotification("2.0", "notifications/progress", params);
  }
}
