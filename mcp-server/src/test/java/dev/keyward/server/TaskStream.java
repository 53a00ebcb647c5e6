package dev.keyward.server;

import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What an agent that listens for its tasks is told. For one thread.
final class TaskStream {
  private final Stream<String> body;
  private final Iterator<JsonNode> messages;

  private TaskStream(Stream<String> body, Iterator<JsonNode> messages) {
    this.body = body;
    this.messages = messages;
  }

  static TaskStream of(HttpResponse<Stream<String>> answer) {
    Iterator<JsonNode> messages =
        answer
            .body()
            .filter(line -> line.startsWith("data:") || line.startsWith("{"))
            .map(line -> JsonMapper.shared().readTree(line.substring(line.indexOf('{'))))
            .iterator();
    return new TaskStream(answer.body(), messages);
  }

  /// {@return the next message, as soon as it comes; empty at the end}
  Optional<JsonNode> next() {
    try {
      return messages.hasNext() ? Optional.of(messages.next()) : Optional.empty();
    } catch (UncheckedIOException cut) {
      return Optional.empty();
    }
  }

  /// {@return what the next notice says of a task}
  JsonNode task() {
    JsonNode told = next().orElseThrow();
    if (!told.path("method").asString("").equals("notifications/tasks")) {
      throw new AssertionError("no notice: " + told);
    }
    return told.path("params");
  }

  /// {@return the tasks of which the broker has agreed to tell}
  JsonNode agreed() {
    return next().orElseThrow().at("/params/notifications/taskIds");
  }

  void leave() {
    body.close();
  }
}
