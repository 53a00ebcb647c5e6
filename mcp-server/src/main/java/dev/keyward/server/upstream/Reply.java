package dev.keyward.server.upstream;

import tools.jackson.databind.JsonNode;

/// How a call to an upstream ended. Only [NotSent] proves that nothing was done there.
public sealed interface Reply {
  /// {@return what was really sent where}
  Trace trace();

  /// The upstream answered.
  ///
  /// @param status 200 to 299, or 400 to 599
  /// @param body the answer as it came, unscrubbed; a text or HTML answer is one JSON string, a
  ///   file an object with its media `type` and its bytes, `data`; JSON null for an empty body, and
  ///   for a body of an error status that is of another type, too large or malformed
  record Answered(int status, JsonNode body, Trace trace) implements Reply {
    @Override
    public String toString() {
      return "Answered[status=" + status + ", trace=" + trace + "]";
    }
  }

  /// There is no usable answer.
  ///
  /// @param sent whether a byte of the request may have left
  record Failed(Failure why, boolean sent, Trace trace) implements Reply {}

  /// It is proven that no byte of the request was written.
  record NotSent(Failure why, Trace trace) implements Reply {}
}
