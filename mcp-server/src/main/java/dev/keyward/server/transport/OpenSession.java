package dev.keyward.server.transport;

import dev.keyward.call.AgentId;
import dev.keyward.call.TaskId;

/// One client's session or listening stream over HTTP, as [AgentSessions] keeps it.
sealed interface OpenSession permits BoundSession, SseSession, ListeningClient {
  /// {@return its name, which opens nothing by itself}
  String getId();

  /// {@return whose it is}
  AgentId agent();

  /// {@return whether a request or a stream is open, so that it cannot make room for another}
  boolean busy();

  /// Tells the client, if it listens, that the tools have changed. May wait for the client.
  void toolsChanged();

  /// {@return whether the client listens for this task}
  default boolean hears(TaskId task) {
    return false;
  }

  /// Tells the client how a task stands that it listens for. May wait for the client.
  default void taskChanged(TaskId task) {}

  /// Ends what only listens, because the broker is stopping; calls in flight may still be answered.
  void stop();

  /// Ends it. May wait for the client.
  void close();

  /// Its id names nothing any more.
  void end();
}
