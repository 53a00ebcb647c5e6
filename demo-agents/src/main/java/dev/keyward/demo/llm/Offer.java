package dev.keyward.demo.llm;

import tools.jackson.databind.JsonNode;

/// A tool that the model may call.
///
/// @param tool its name at the broker, for example `crm.read_ticket`
/// @param schema of its arguments, JSON Schema
public record Offer(String tool, String description, JsonNode schema) {
  /// {@return the name under which models know it: many take only letters, digits, `_` and `-`}
  public String function() {
    return tool.replaceAll("[^A-Za-z0-9_-]", "_");
  }
}
