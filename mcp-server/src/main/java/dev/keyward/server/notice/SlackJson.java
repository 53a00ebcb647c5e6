package dev.keyward.server.notice;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Messages as Slack's incoming webhooks take them: `text` for notifications, `blocks` to read.
///
/// Slack finds mentions and links between `<` and `>` only, and those are escaped as its
/// documentation says, so no title calls a channel together or hides where a link goes.
final class SlackJson {
  private SlackJson() {}

  /// {@return the payload}
  static String of(Told told) {
    ObjectNode message = JsonNodeFactory.instance.objectNode();
    message.put("text", escaped(told.headline()));
    message.put("unfurl_links", false);
    ArrayNode blocks = message.putArray("blocks");
    section("*" + escaped(told.headline()) + "*", blocks);
    for (Told.Item item : told.items()) {
      String words = escaped(item.title()) + "\n" + escaped(item.facts());
      section(words + "\n<" + escaped(item.link()) + "|Read and decide>", blocks);
    }
    section("_" + escaped(told.foot()) + "_", blocks);
    return message.toString();
  }

  private static void section(String words, ArrayNode blocks) {
    blocks
        .addObject()
        .put("type", "section")
        .putObject("text")
        .put("type", "mrkdwn")
        .put("text", words)
        .put("verbatim", true);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
