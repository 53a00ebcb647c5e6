package dev.keyward.server.pipeline;

import dev.keyward.call.CallId;
import dev.keyward.call.Cancellation;
import dev.keyward.redaction.Secret;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/// A call as a transport hands it over: nothing about it has been checked yet.
///
/// @param id the name that the transport has given it
/// @param key what the caller presented with this very request
/// @param toolName as the client wrote it
/// @param arguments as parsed, duplicate keys refused; an absent object is an empty one
/// @param metadata what else the request says, such as `_meta`: an object; nothing of it is used
///   but the [AgentReason]
/// @param transport `http`, `sse`, `stdio` or `console`, for the audit
/// @param client the name that the client gives itself; nothing but how long it is kept waiting may
///   depend on it
/// @param interaction what the client can do for its user, and what it brings back
/// @param cancellation ended by the transport when the caller goes away or takes the call back
/// @param waiting told what the call waits for when that takes longer
public record IncomingCall(
    CallId id,
    Secret key,
    String toolName,
    JsonNode arguments,
    JsonNode metadata,
    String transport,
    String client,
    Interaction interaction,
    Cancellation cancellation,
    Consumer<Waiting> waiting) {

  /// {@return the same call, which tells another what it waits for}
  public IncomingCall telling(Consumer<Waiting> told) {
    return new IncomingCall(
        id, key, toolName, arguments, metadata, transport, client, interaction, cancellation, told);
  }

  /// {@return the same call, of a client that wants its answer now}
  public IncomingCall unfollowed() {
    return new IncomingCall(
        id,
        key,
        toolName,
        arguments,
        metadata,
        transport,
        client,
        interaction.unfollowed(),
        cancellation,
        waiting);
  }
}
