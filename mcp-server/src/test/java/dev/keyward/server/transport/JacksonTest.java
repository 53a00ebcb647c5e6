package dev.keyward.server.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema.ElicitFormRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitUrlRequest;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Why Jackson is held at 3.1: from 3.2 on it refuses the SDK's two questions to a user, whose kind
/// (`mode`) is a property of them too (jackson-databind 5757). Once this passes with a newer one,
/// the pin in the parent POM can go.
final class JacksonTest {
  private final JacksonMcpJsonMapper json = new JacksonMcpJsonMapper(JsonMapper.shared());

  @Test
  void theSdksQuestionsCanBeWrittenAndRead() throws IOException {
    String url =
        json.writeValueAsString(
            ElicitUrlRequest.builder("Open it.", "https://a.example", "e-1").build());
    String form =
        json.writeValueAsString(
            ElicitFormRequest.builder("Say it.", Map.of("type", "object")).build());

    assertEquals("url", tree(url).path("mode").asString());
    assertEquals("form", tree(form).path("mode").asString());
    assertInstanceOf(ElicitUrlRequest.class, json.readValue(url, new TypeRef<ElicitRequest>() {}));
    assertInstanceOf(
        ElicitFormRequest.class, json.readValue(form, new TypeRef<ElicitRequest>() {}));
  }

  private static JsonNode tree(String text) {
    return JsonMapper.shared().readTree(text);
  }
}
