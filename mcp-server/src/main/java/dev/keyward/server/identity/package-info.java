/// Stage 1: from a presented key or token to the agent that holds it.
///
/// Transports ask it on every request, and the pipeline again for every call. It never keeps a key:
/// only its SHA-256 is stored, and a wrong, expired or revoked key all get the same answer.
@NullMarked
package dev.keyward.server.identity;

import org.jspecify.annotations.NullMarked;
