package dev.keyward.server.transport;

import dev.keyward.call.CallId;
import dev.keyward.redaction.RedactedFile;
import io.modelcontextprotocol.spec.McpSchema.BlobResourceContents;
import io.modelcontextprotocol.spec.McpSchema.Content;
import io.modelcontextprotocol.spec.McpSchema.EmbeddedResource;
import io.modelcontextprotocol.spec.McpSchema.ImageContent;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A file as a content block: an image as such, a sound where the revision knows sounds, all else
/// as an embedded resource that has no other address.
final class FileBlock {
  private static final String IMAGE = "image/";
  private static final String AUDIO = "audio/";

  private FileBlock() {}

  /// {@return the block of the revisions up to 2025-11-25; the oldest of them know no sounds}
  static Content legacy(CallId call, RedactedFile file) {
    return file.type().startsWith(IMAGE)
        ? ImageContent.builder(file.base64(), file.type()).build()
        : EmbeddedResource.builder(
                BlobResourceContents.builder(address(call), file.base64())
                    .mimeType(file.type())
                    .build())
            .build();
  }

  /// {@return the block of revision 2026-07-28}
  static ObjectNode modern(CallId call, RedactedFile file) {
    ObjectNode block = JsonNodeFactory.instance.objectNode();
    if (file.type().startsWith(IMAGE) || file.type().startsWith(AUDIO)) {
      return block
          .put("type", file.type().substring(0, file.type().indexOf('/')))
          .put("data", file.base64())
          .put("mimeType", file.type());
    }
    block
        .put("type", "resource")
        .putObject("resource")
        .put("uri", address(call))
        .put("mimeType", file.type())
        .put("blob", file.base64());
    return block;
  }

  private static String address(CallId call) {
    return "keyward:file/" + call;
  }
}
