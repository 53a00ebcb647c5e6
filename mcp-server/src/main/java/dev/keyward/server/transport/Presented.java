package dev.keyward.server.transport;

import dev.keyward.redaction.Secret;

/// What came with one request.
///
/// @param key the agent's key
/// @param session the connection, to which request ids are local; never an identity
/// @param transport `http`, `sse` or `stdio`, for the audit
/// @param back how the client is reached while the request is under way
record Presented(Secret key, String session, String transport, WayBack back) {}
