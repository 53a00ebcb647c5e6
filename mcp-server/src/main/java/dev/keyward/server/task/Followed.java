package dev.keyward.server.task;

import dev.keyward.server.pipeline.Answer;

/// What a client that follows its call gets at first.
public sealed interface Followed {
  /// The call has ended.
  record Ended(Answer answer) implements Followed {}

  /// The call goes on; the task is durable.
  record Begun(TaskView task) implements Followed {}
}
