package dev.keyward.server.identity;

import java.time.Instant;

/// An agent that has shown a live key, for the length of one request.
///
/// @param agent who it is
/// @param keyId the SHA-256 of the key, in hexadecimal: names it, and cannot be turned back
/// @param expires when the key ends by itself
public record AgentSession(Agent agent, String keyId, Instant expires) {}
