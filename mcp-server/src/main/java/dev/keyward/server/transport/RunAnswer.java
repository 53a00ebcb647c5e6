package dev.keyward.server.transport;

import dev.keyward.redaction.Redacted;
import dev.keyward.redaction.Secret;
import java.util.Optional;

/// What an agent is told about runs.
///
/// @param status an HTTP status; with 204 the body is not sent
/// @param body an object
/// @param token of a run that has just been opened
/// @param retryAfter in how many seconds to ask again, where there was too much; else 0
public record RunAnswer(int status, Redacted body, Optional<Secret> token, int retryAfter) {}
