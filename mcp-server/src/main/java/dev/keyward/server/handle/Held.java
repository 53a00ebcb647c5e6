package dev.keyward.server.handle;

import dev.keyward.redaction.Secret;

/// What a handle stands for.
///
/// @param value the secret as it stood in the result
/// @param shown the text that the agent got: the handle alone, or a URL with it and others in it
record Held(Secret value, String shown) {}
