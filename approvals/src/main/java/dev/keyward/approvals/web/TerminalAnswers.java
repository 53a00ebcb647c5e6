package dev.keyward.approvals.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Writes what terminals get: JSON, of which each text is searched once more for secrets that the
/// broker holds.
///
/// What that takes out of a document no longer fits the document's digest, so a terminal that
/// checks it approves nothing that it was not shown.
final class TerminalAnswers {
  private static final System.Logger LOG = System.getLogger(TerminalAnswers.class.getName());
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String WITHHELD = "[withheld]";

  private final UnaryOperator<String> scrubHeld;

  /// @param scrubHeld takes out of a text what the broker holds, and throws where it is not sure
  TerminalAnswers(UnaryOperator<String> scrubHeld) {
    this.scrubHeld = scrubHeld;
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
      return JSON.stringNode(searched(node.stringValue()));
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

  private String searched(String text) {
    try {
      return scrubHeld.apply(text);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "a text could not be shown to be free of secrets", e);
      return WITHHELD;
    }
  }
}
