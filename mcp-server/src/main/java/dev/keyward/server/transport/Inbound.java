package dev.keyward.server.transport;

import tools.jackson.databind.JsonNode;

/// The parameters of one message from a client, with the name that the client gave the request.
///
/// It travels through the SDK in place of the parameters, because the SDK does not show handlers
/// the request's id, without which nothing can be cancelled. Prints nothing: the SDK logs
/// parameters.
///
/// @param id the request's id as JSON, so that `1` and `"1"` differ; empty for a notification
/// @param params an object
record Inbound(String id, JsonNode params) {
  @Override
  public String toString() {
    return "[params]";
  }
}
