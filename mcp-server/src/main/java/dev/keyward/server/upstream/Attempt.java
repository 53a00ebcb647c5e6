package dev.keyward.server.upstream;

import dev.keyward.call.Cancellation;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.http.HttpException;
import org.jspecify.annotations.Nullable;

/// One request on its way, and the proof whether a byte of it may have left.
///
/// Jetty calls `onHeaders` of a request once it has a connection (its TLS handshake done, see
/// [TlsFirstTransport]) and before it writes; an abort in there keeps it from writing. The stage
/// below leaves WAITING exactly once: either for LEAVING, there, or for OVER by whoever gives up.
/// So an attempt that ends in OVER has written nothing and never will.
@SuppressWarnings("FutureReturnValueIgnored") // the end of an abort comes through onComplete
final class Attempt implements Request.HeadersListener, Response.Listener {
  private static final Duration SLACK = Duration.ofSeconds(5);
  private static final int NO_STATUS = -1;

  /// Asked just before the first byte; false or an exception keeps it back.
  interface Gate {
    boolean opens();
  }

  private enum Stage {
    WAITING,
    LEAVING,
    OVER
  }

  private final Gate gate;
  private final AnswerReader reader;
  private final Body body;
  private final long started = System.nanoTime();
  private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);
  private final CompletableFuture<Ending> ending = new CompletableFuture<>();
  private volatile @Nullable Ending kept;
  private volatile @Nullable Failure unusable;
  private volatile boolean bodyDropped;
  private volatile int status = NO_STATUS;

  Attempt(Gate gate, AnswerReader reader, int mostBytes) {
    this.gate = gate;
    this.reader = reader;
    this.body = new Body(mostBytes);
  }

  /// Sends `request` and waits for the end.
  ///
  /// @param left until the deadline
  /// @param write whether interrupt and cancellation are waited out once a byte may have left
  Ending run(Request request, Duration left, boolean write, Cancellation cancellation) {
    request
        .timeout(Math.max(1, left.toMillis()), TimeUnit.MILLISECONDS)
        .idleTimeout(left.plus(SLACK).toMillis(), TimeUnit.MILLISECONDS)
        .onRequestHeaders(this);
    boolean interrupted = false;
    // Watched before it is sent: what is cancelled in between must not leave.
    try (var _ = cancellation.onCancel(() -> cancel(request, write))) {
      request.send(this);
      while (true) {
        try {
          return await(left.plus(SLACK));
        } catch (InterruptedException e) {
          interrupted = true;
          cancel(request, write);
        } catch (TimeoutException e) {
          giveUp(request, Failure.TIMED_OUT); // Jetty has missed the deadline
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private Ending await(Duration longest) throws InterruptedException, TimeoutException {
    try {
      return ending.get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException("an ending is never exceptional", e);
    }
  }

  /// What may have left of a write runs on; its outcome would be unknown otherwise.
  private void cancel(Request request, boolean write) {
    if (!write || stage.compareAndSet(Stage.WAITING, Stage.OVER)) {
      giveUp(request, Failure.CANCELLED);
    }
  }

  /// Ends a waiting request at once, unsent. One that is leaving ends as if it had left.
  private void giveUp(Request request, Failure why) {
    unusable = why;
    boolean sent = mayHaveLeft();
    request.abort(new Unusable(why));
    ending.complete(new Ending.Broke(why, sent, status, "", took()));
  }

  /// Settles it: if no byte has left yet, none ever will.
  private boolean mayHaveLeft() {
    return !stage.compareAndSet(Stage.WAITING, Stage.OVER) && stage.get() == Stage.LEAVING;
  }

  @Override
  public void onHeaders(Request request) {
    if (!stage.compareAndSet(Stage.WAITING, Stage.LEAVING)) {
      request.abort(new Unusable(Failure.CANCELLED));
      return;
    }
    Optional<Ending> shut = shut();
    if (shut.isPresent()) {
      kept = shut.get();
      request.abort(new Unusable(Failure.CANCELLED));
    }
  }

  private Optional<Ending> shut() {
    try {
      return gate.opens() ? Optional.empty() : Optional.of(new Ending.Shut());
    } catch (Throwable e) { // an Error too: whatever it was, the request must not leave
      return Optional.of(new Ending.Stopped(e));
    }
  }

  @Override
  public void onHeaders(Response response) {
    status = response.getStatus();
    try {
      reader.checkHead(status, response.getHeaders());
    } catch (Unusable e) {
      unusable = e.why();
      response.abort(e);
    }
  }

  @Override
  public void onContent(Response response, ByteBuffer content) {
    if (body.add(content)) {
      return;
    }
    if (AnswerReader.isSuccess(status)) {
      unusable = Failure.TOO_LARGE;
    } else {
      bodyDropped = true;
      body.clear();
    }
    response.abort(new Unusable(Failure.TOO_LARGE));
  }

  @Override
  public void onComplete(Result result) {
    boolean sent = mayHaveLeft();
    Ending shut = kept;
    if (shut != null) {
      ending.complete(shut);
    } else if (result.isSucceeded() || bodyDropped) {
      var headers = result.getResponse().getHeaders();
      ending.complete(new Ending.Answer(status, headers, body, took()));
    } else {
      Throwable cause = result.getFailure();
      String named = cause.getClass().getName();
      ending.complete(new Ending.Broke(why(cause, sent), sent, status, named, took()));
    }
  }

  private Failure why(Throwable thrown, boolean sent) {
    Failure known = unusable;
    if (known != null) {
      return known;
    }
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case AddressRefused _ -> {
          return Failure.ADDRESS_REFUSED;
        }
        case TimeoutException _, SocketTimeoutException _ -> {
          return Failure.TIMED_OUT;
        }
        case HttpException _ when sent -> {
          return Failure.MALFORMED;
        }
        default -> {}
      }
    }
    return sent ? Failure.BROKEN_OFF : Failure.UNREACHABLE;
  }

  private Duration took() {
    return Duration.ofNanos(System.nanoTime() - started);
  }
}
