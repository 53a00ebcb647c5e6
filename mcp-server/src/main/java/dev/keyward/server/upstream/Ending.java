package dev.keyward.server.upstream;

import java.time.Duration;
import org.eclipse.jetty.http.HttpFields;

/// How one attempt ended.
sealed interface Ending {
  /// A whole answer; `body` is still encoded, and empty where an error's body was too large.
  record Answer(int status, HttpFields headers, Body body, Duration took) implements Ending {}

  /// No usable answer.
  ///
  /// @param status -1 if none came
  /// @param cause the class of what was thrown, for the operator; its message may quote the request
  record Broke(Failure why, boolean sent, int status, String cause, Duration took)
      implements Ending {}

  /// The gate was shut just before the first byte; nothing left.
  record Shut() implements Ending {}

  /// The gate threw just before the first byte; nothing left.
  record Stopped(Throwable why) implements Ending {}
}
