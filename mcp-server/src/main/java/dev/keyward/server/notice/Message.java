package dev.keyward.server.notice;

/// One message to a webhook, the same at every attempt.
///
/// @param id unguessable; whoever receives it twice knows by it
/// @param attempts how many have been begun, this one included
record Message(String id, String body, int attempts) {}
