package dev.keyward.server.transport;

import dev.keyward.call.AgentId;
import dev.keyward.call.TaskId;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/// The stream of one [ModernSubscription]. It takes a place among its agent's sessions, so that it
/// counts towards their number and ends with them, but its id is told to nobody.
final class ListeningClient implements OpenSession {
  private final String id;
  private final AgentId agent;
  private final ModernSubscription subscription;
  private final TaskNotices tasks;
  private final McpJson json;
  private final EventChannel channel;
  private final Consumer<String> onClose;
  private final AtomicBoolean changeWaits = new AtomicBoolean();

  ListeningClient(
      String id,
      AgentId agent,
      ModernSubscription wanted,
      Function<TaskId, RpcReply> look,
      McpJson json,
      EventChannel channel,
      Consumer<String> onClose) {
    this.id = id;
    this.agent = agent;
    this.tasks = new TaskNotices(wanted, look, this::send);
    this.subscription = tasks.subscription();
    this.json = json;
    this.channel = channel;
    this.onClose = onClose;
  }

  /// Puts the first message onto the stream; to be done before anything else can be.
  void acknowledge() {
    send(subscription.acknowledged());
  }

  /// Writes to the client until the stream ends, on this thread.
  ///
  /// @param live asked while the stream is silent whether it may go on
  /// @throws IOException if the client has left
  void serve(OutputStream out, BooleanSupplier live) throws IOException {
    lookAtTasks();
    channel.serve(out, () -> live.getAsBoolean() && lookAtTasks(), this::close);
  }

  /// What another broker has done is seen here, while the stream is silent. On a thread of its own:
  /// what is told waits for this one to write it.
  private boolean lookAtTasks() {
    Thread.startVirtualThread(
        () -> {
          tasks.tell();
          stopIfOver();
        });
    return true;
  }

  private void stopIfOver() {
    if (!subscription.toolsChanged() && tasks.over()) {
      stop();
    }
  }

  @Override
  public String getId() {
    return id;
  }

  @Override
  public AgentId agent() {
    return agent;
  }

  @Override
  public boolean busy() {
    return true; // it lives as long as its stream
  }

  @Override
  public void toolsChanged() {
    if (subscription.toolsChanged() && changeWaits.compareAndSet(false, true)) {
      send(subscription.toolsHaveChanged());
      changeWaits.set(false);
    }
  }

  @Override
  public boolean hears(TaskId task) {
    return tasks.follow(task);
  }

  @Override
  public void taskChanged(TaskId task) {
    tasks.tell(task);
    stopIfOver();
  }

  @Override
  public void stop() {
    send(subscription.ended());
    channel.finish();
  }

  @Override
  public void close() {
    channel.close();
    onClose.accept(id);
  }

  @Override
  public void end() {}

  private void send(Object message) {
    if (!channel.send("message", json.line(message))) {
      close();
    }
  }
}
