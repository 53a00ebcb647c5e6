package dev.keyward.server.task;

import dev.keyward.call.AgentId;
import dev.keyward.call.RunId;
import dev.keyward.call.Seal;
import dev.keyward.call.TaskId;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.SecretKey;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Seals what a task was asked and what came of it, with whose task it is bound in. Thread-safe.
final class TaskSeal {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Seal seal;

  /// Which of the two texts of a task.
  enum Part {
    REQUEST,
    RESULT
  }

  /// Whose text it is.
  record Of(TaskId task, AgentId agent, RunId run, Part part) {
    Of(Task task, Part part) {
      this(task.id(), task.agent(), task.run(), part);
    }

    private List<String> names() {
      return List.of("task 1", task.value(), agent.value(), run.value(), part.name());
    }
  }

  TaskSeal(SecretKey key, RandomGenerator random) {
    this.seal = new Seal(key, random);
  }

  /// {@return `plain` as a text}
  String seal(Of of, JsonNode plain) {
    return seal.seal(of.names(), JSON.writeValueAsBytes(plain));
  }

  /// {@return what was sealed; empty if it is not as it was stored}
  Optional<JsonNode> open(Of of, String sealed) {
    return seal.open(of.names(), sealed).map(JSON::readTree);
  }
}
