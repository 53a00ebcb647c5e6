package dev.keyward.server.task;

import dev.keyward.redaction.Secret;

/// What a client asks about one of its tasks: nothing about it has been checked yet.
///
/// @param key what the caller presented with this very request
/// @param task as the client wrote it
/// @param transport `http` or `stdio`, for the audit
/// @param client the name that the client gives itself
public record TaskAsked(Secret key, String task, What what, String transport, String client) {
  /// {@return whether the client gets to know how the task stands}
  boolean looks() {
    return what == What.LOOK || what == What.TELL;
  }

  /// What is to be done.
  public enum What {
    /// Tell how it stands.
    LOOK,
    /// As [#LOOK], where it is not the client that asks: the broker tells a client that listens. It
    /// does not count as a request.
    TELL,
    /// Nothing, if it is there.
    NOTHING,
    /// Note that the client has asked its user, whatever that came to.
    ANSWER,
    /// Go no further with it, as far as that is possible.
    TAKE_BACK
  }
}
