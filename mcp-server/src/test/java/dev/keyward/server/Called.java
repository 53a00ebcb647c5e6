package dev.keyward.server;

import tools.jackson.databind.JsonNode;

/// What came back for one message of an agent.
///
/// @param status the HTTP status
/// @param raw the body as it came
/// @param message the JSON-RPC message in it
public record Called(int status, String raw, JsonNode message) {
  /// {@return whether it is an error, of the protocol or of the tool}
  public boolean failed() {
    return message.has("error") || message.at("/result/isError").asBoolean(false);
  }

  /// {@return the text for the agent}
  public String text() {
    return message.has("error")
        ? message.at("/error/message").asString("")
        : message.at("/result/content/0/text").asString("");
  }

  /// {@return the word for machines, for example `ok` or `pending`}
  public String code() {
    return facts().path("code").asString("");
  }

  /// {@return the call's name}
  public String call() {
    return facts().path("id").asString("");
  }

  /// {@return the approval that was named}
  public String approval() {
    return facts().path("approval").asString("");
  }

  private JsonNode facts() {
    String at = message.has("error") ? "/error/data" : "/result/_meta";
    return message.at(at).path("keyward/call");
  }
}
