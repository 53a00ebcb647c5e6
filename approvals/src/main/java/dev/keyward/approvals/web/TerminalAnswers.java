package dev.keyward.approvals.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Writes what terminals and the page's own script get: JSON, of which each text is searched once
/// more for secrets that the broker holds.
///
/// What that takes out of a document no longer fits the document's digest, so a terminal that
/// checks it approves nothing that it was not shown.
final class TerminalAnswers {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final LastSearch search;

  TerminalAnswers(LastSearch search) {
    this.search = search;
  }

  void send(HttpServletResponse response, int status, JsonNode answer) throws IOException {
    sendAsItIs(response, status, searched(answer));
  }

  /// A new token, for its holder.
  void sendAsItIs(HttpServletResponse response, int status, JsonNode answer) throws IOException {
    byte[] bytes = answer.toString().getBytes(UTF_8);
    response.setStatus(status);
    response.setContentType("application/json");
    response.setContentLength(bytes.length);
    response.getOutputStream().write(bytes);
  }

  /// Says why nothing was done.
  ///
  /// @param code a word for programs
  /// @param message a sentence for people
  void refuse(HttpServletResponse response, int status, String code, String message)
      throws IOException {
    send(response, status, JSON.objectNode().put("error", code).put("message", message));
  }

  private JsonNode searched(JsonNode node) {
    if (node.isString()) {
      return JSON.stringNode(search.of(node.stringValue()));
    }
    if (node.isArray()) {
      ArrayNode list = JSON.arrayNode();
      node.forEach(item -> list.add(searched(item)));
      return list;
    }
    if (node.isObject()) {
      ObjectNode object = JSON.objectNode();
      node.properties().forEach(field -> object.set(field.getKey(), searched(field.getValue())));
      return object;
    }
    return node;
  }
}
