package dev.keyward.server.pipeline;

import dev.keyward.call.Refusal;
import dev.keyward.redaction.Redacted;
import java.net.URI;
import java.util.Optional;

/// What a call that is held waits for.
///
/// @param pending the request to people
/// @param words the same for the caller
/// @param page where the client's own user can decide, if the client can show it and that user is
///   the one to ask; the address opens nothing for who is not signed in
public record Waiting(Refusal.Pending pending, Redacted words, Optional<URI> page) {}
