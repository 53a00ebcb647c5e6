package dev.keyward.approvals;

import dev.keyward.call.ToolName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// How things are before a call, read once for the people who are asked about it. No agent gets any
/// of it.
public sealed interface Preview {
  /// {@return the tool that reads it}
  ToolName tool();

  /// {@return when it was read, to the millisecond}
  Instant at();

  /// What was read, without secrets.
  ///
  /// @param names the arguments of the call on which it depends what is read
  /// @param fields what is shown, in order
  record Read(ToolName tool, Instant at, Set<String> names, List<Field> fields) implements Preview {
    /// Copies both.
    public Read {
      names = Set.copyOf(names);
      fields = List.copyOf(fields);
    }
  }

  /// Nothing that can be shown.
  ///
  /// @param code why, a word: a refusal's code, `http_` and a status, or one of the constants here
  record Unread(ToolName tool, Instant at, String code) implements Preview {
    /// Nobody has read it yet, or what was read came after the first answer.
    public static final String NOT_READ = "not_read";

    /// The call leaves out what it would be read by.
    public static final String LEFT_OUT = "left_out";

    /// A person has changed an argument on which it depends.
    public static final String EDITED = "edited";

    /// It was erased at the end of the run.
    public static final String ERASED = "erased";

    /// It does not open: another key, or somebody has changed it.
    public static final String DAMAGED = "damaged";
  }

  /// One field of what was read.
  ///
  /// @param path its name in the answer, for example `requester.name`
  /// @param becomes the argument of the call that would be its next value
  record Field(String path, Optional<String> becomes, Value value) {}

  /// What a field holds.
  sealed interface Value {
    /// A value.
    ///
    /// @param json without secrets
    record Found(String json) implements Value {}

    /// The answer has no such field.
    record Missing() implements Value {}

    /// More than is kept.
    record TooLong(int bytes) implements Value {}
  }
}
