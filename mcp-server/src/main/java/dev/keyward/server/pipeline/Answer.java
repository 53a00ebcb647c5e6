package dev.keyward.server.pipeline;

import dev.keyward.call.CallId;
import dev.keyward.redaction.Redacted;
import dev.keyward.redaction.RedactedFile;
import java.util.Optional;

/// What the agent gets: every part of it has been scrubbed.
///
/// @param call which call this answers
/// @param error whether the call did not do what was asked; MCP's `isError`
/// @param text what a model reads
/// @param structured the same as data, only where the tool has an output schema and there is no
///   error
/// @param file a file that goes with the text, which then describes it
/// @param meta an object with one key, `keyward/call`: id, code, the approval where there is one,
///   and what people have changed where they have
/// @param next what the client can do so that its user confirms, where the call waits for that
public record Answer(
    CallId call,
    boolean error,
    Redacted text,
    Optional<Redacted> structured,
    Optional<RedactedFile> file,
    Redacted meta,
    Optional<NextRound> next) {
  /// An answer that is the last word.
  public Answer(
      CallId call, boolean error, Redacted text, Optional<Redacted> structured, Redacted meta) {
    this(call, error, text, structured, Optional.empty(), meta, Optional.empty());
  }

  /// {@return the same with a file}
  public Answer with(RedactedFile passed) {
    return new Answer(call, error, text, structured, Optional.of(passed), meta, next);
  }

  /// {@return what a model is to read beside the text, where there is anything}
  public Optional<String> note() {
    return meta.json().path(Answers.META).path("note").stringValueOpt();
  }

  /// {@return the same with other facts}
  Answer with(Redacted facts) {
    return new Answer(call, error, text, structured, file, facts, next);
  }

  /// {@return the same, and what the client is to do next}
  Answer then(Optional<NextRound> round) {
    return new Answer(call, error, text, structured, file, meta, round);
  }
}
