package dev.keyward.server.notice;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Messages as workflows of Microsoft Teams take them: one Adaptive Card.
///
/// Words stand in text runs, which know no Markdown, so no title becomes a link.
final class TeamsJson {
  private TeamsJson() {}

  /// {@return the payload}
  static String of(Told told) {
    ObjectNode message = JsonNodeFactory.instance.objectNode().put("type", "message");
    ObjectNode card =
        message
            .putArray("attachments")
            .addObject()
            .put("contentType", "application/vnd.microsoft.card.adaptive")
            .putObject("content")
            .put("$schema", "http://adaptivecards.io/schemas/adaptive-card.json")
            .put("type", "AdaptiveCard")
            .put("version", "1.2");
    ArrayNode body = card.putArray("body");
    text(told.headline(), body).put("weight", "Bolder");
    for (Told.Item item : told.items()) {
      text(item.title(), body);
      text(item.facts(), body).put("isSubtle", true);
      body.addObject()
          .put("type", "ActionSet")
          .putArray("actions")
          .addObject()
          .put("type", "Action.OpenUrl")
          .put("title", "Read and decide")
          .put("url", item.link());
    }
    text(told.foot(), body).put("isSubtle", true);
    return message.toString();
  }

  private static ObjectNode text(String words, ArrayNode body) {
    return body.addObject()
        .put("type", "RichTextBlock")
        .putArray("inlines")
        .addObject()
        .put("type", "TextRun")
        .put("text", words);
  }
}
