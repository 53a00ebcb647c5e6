package dev.keyward.server.transport;

import dev.keyward.call.CallId;
import dev.keyward.redaction.Redacted;
import java.net.URI;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Asks a client to show its user the page of an approval (MCP 2025-11-25, "URL Mode Elicitation
/// Requests"). Whatever it answers decides nothing: the page does, for who is signed in there.
///
/// @param approval the name of the approval, and so of the question
record PageQuestion(CallId call, String approval, Redacted words, URI page) {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /// {@return the question}
  ObjectNode params() {
    return JSON.objectNode()
        .put("mode", "url")
        .put("elicitationId", approval)
        .put("url", page.toString())
        .put("message", words.text());
  }

  /// {@return the request that asks it; its id is the call's name, which no other request has}
  ObjectNode request() {
    ObjectNode request = JSON.objectNode().put("jsonrpc", "2.0").put("id", call.value());
    request.put("method", "elicitation/create").set("params", params());
    return request;
  }

  /// {@return the notification that it need not be answered any more}
  ObjectNode complete() {
    ObjectNode notification = JSON.objectNode().put("jsonrpc", "2.0");
    notification
        .put("method", "notifications/elicitation/complete")
        .putObject("params")
        .put("elicitationId", approval);
    return notification;
  }
}
