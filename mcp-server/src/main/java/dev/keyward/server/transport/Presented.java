package dev.keyward.server.transport;

import dev.keyward.redaction.Secret;
import dev.keyward.server.pipeline.Interaction;
import tools.jackson.databind.JsonNode;

/// What came with one request.
///
/// @param key the agent's key
/// @param session the connection, to which request ids are local; never an identity
/// @param transport `http`, `sse` or `stdio`, for the audit
/// @param name what the client calls itself; empty if it has not said. Nothing may depend on it but
///   how long the client is kept waiting
/// @param interaction what the client can do for its user, and what it brings back
/// @param back how the client is reached while the request is under way
record Presented(
    Secret key,
    String session,
    String transport,
    String name,
    Interaction interaction,
    WayBack back) {
  private static final int LONGEST_NAME = 64;

  /// Of a client that can do nothing for its user.
  Presented(Secret key, String session, String transport, String name, WayBack back) {
    this(key, session, transport, name, Interaction.NONE, back);
  }

  /// {@return the same, from a client that calls itself so}
  Presented named(String client) {
    return new Presented(key, session, transport, client, interaction, back);
  }

  /// {@return the same, with what one request says of the client and its user}
  Presented with(Interaction said) {
    return new Presented(key, session, transport, name, said, back);
  }

  /// {@return the name in an Implementation object of MCP; empty for none, or a very long one}
  static String nameIn(JsonNode clientInfo) {
    String name = clientInfo.path("name").asString("");
    return name.length() <= LONGEST_NAME ? name : "";
  }
}
