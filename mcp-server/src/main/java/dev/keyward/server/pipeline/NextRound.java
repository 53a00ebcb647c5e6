package dev.keyward.server.pipeline;

import java.net.URI;

/// What a client is asked to do before it sends a pending call again.
///
/// @param requestState to be brought back; sealed, it tells nobody anything
/// @param page where its user can decide; the address opens nothing for who is not signed in
public record NextRound(String requestState, URI page) {}
