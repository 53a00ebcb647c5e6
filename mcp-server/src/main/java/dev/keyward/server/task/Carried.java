package dev.keyward.server.task;

import dev.keyward.server.pipeline.Answer;
import dev.keyward.server.pipeline.IncomingCall;
import dev.keyward.server.pipeline.Waiting;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/// A call that this broker carries on a thread of its own, whoever still waits for it.
final class Carried {
  private final IncomingCall call;
  private final CompletableFuture<Waiting> waiting = new CompletableFuture<>();
  private final CompletableFuture<Answer> answer = new CompletableFuture<>();

  Carried(IncomingCall call) {
    this.call = call.telling(waiting::complete);
  }

  IncomingCall call() {
    return call;
  }

  /// Completes when the call begins to wait for people, if it does.
  CompletableFuture<Waiting> waiting() {
    return waiting;
  }

  CompletableFuture<Answer> answer() {
    return answer;
  }

  Carried start(Function<IncomingCall, Answer> pipeline) {
    Thread.ofVirtual()
        .name("task-", 0)
        .start(
            () -> {
              try {
                answer.complete(pipeline.apply(call));
              } catch (Throwable broken) { // whoever waits hears of it
                answer.completeExceptionally(broken);
                throw broken;
              }
            });
    return this;
  }

  /// Waits until the call has ended, waits for people, or has taken `atMost`.
  ///
  /// @return what it waits for, if it waits for people
  Optional<Waiting> first(Duration atMost) throws InterruptedException {
    try {
      var _ = CompletableFuture.anyOf(answer, waiting).get(atMost.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException lasting) {
      return Optional.empty();
    }
    return Optional.ofNullable(waiting.getNow(null));
  }
}
