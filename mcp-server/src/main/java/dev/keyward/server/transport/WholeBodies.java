package dev.keyward.server.transport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.QuietException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/// Calls what serves a request once its whole body is here, so that no thread waits for somebody
/// who sends it slowly or not to its end.
///
/// A body that takes longer than the deadline closes its connection. Of one that is too large as
/// much is handed on as shows that it is, and reading further fails. While all that wait hold too
/// much, those that would go on waiting are answered 503; what is complete is always served.
/// Thread-safe.
final class WholeBodies extends Handler.Wrapper {
  private final Limits limits;
  private final AtomicLong held = new AtomicLong();

  /// How long a body may take, and how much is kept of bodies that are not whole yet.
  ///
  /// @param deadline from a request's head to the end of its body
  /// @param bodyBytes how large one may be, in bytes
  /// @param heldBytes how large all that are waited for may be together
  record Limits(Duration deadline, int bodyBytes, long heldBytes) {}

  WholeBodies(Handler next, Limits limits) {
    super(next);
    this.limits = limits;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (!mayHaveBody(request.getHeaders())) {
      return super.handle(request, response, callback);
    }
    new Intake(request, response, callback).read();
    return true;
  }

  /// In HTTP/1.1 a request has a body only if one of these says so (RFC 9112, 6.3).
  private static boolean mayHaveBody(HttpFields headers) {
    return headers.contains(HttpHeader.CONTENT_LENGTH)
        || headers.contains(HttpHeader.TRANSFER_ENCODING);
  }

  private boolean serve(Request request, Response response, Callback callback) throws Exception {
    return super.handle(request, response, callback);
  }

  /// One body that is being read; Jetty lets one thread at a time do so.
  private final class Intake {
    private final Request request;
    private final Response response;
    private final Callback callback;

    /// A copy: a piece of one byte would keep a whole buffer of the network's.
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    private int counted;
    private Scheduler.@Nullable Task deadline;

    Intake(Request request, Response response, Callback callback) {
      this.request = request;
      this.response = response;
      this.callback = callback;
    }

    void read() {
      while (true) {
        Content.Chunk chunk = request.read();
        if (chunk == null) {
          await();
          return;
        }
        if (Content.Chunk.isFailure(chunk)) {
          end();
          callback.failed(chunk.getFailure());
          return;
        }
        boolean last = chunk.isLast();
        boolean tooLarge = !keep(chunk);
        if (last || tooLarge) {
          pass(tooLarge);
          return;
        }
      }
    }

    /// {@return whether the body is not too large so far}
    private boolean keep(Content.Chunk chunk) {
      byte[] bytes = new byte[Math.min(chunk.remaining(), limits.bodyBytes() + 1 - body.size())];
      chunk.get(bytes, 0, bytes.length);
      chunk.release();
      body.writeBytes(bytes);
      return body.size() <= limits.bodyBytes();
    }

    private void await() {
      int more = body.size() - counted;
      counted += more;
      if (held.addAndGet(more) > limits.heldBytes() && counted > 0) {
        end();
        Response.writeError(request, response, callback, HttpStatus.SERVICE_UNAVAILABLE_503);
        return;
      }
      if (deadline == null) {
        deadline = request.getComponents().getScheduler().schedule(this::close, limits.deadline());
      }
      request.demand(Invocable.from(InvocationType.NON_BLOCKING, this::read));
    }

    /// Fails the read that is waited for.
    private void close() {
      request.getConnectionMetaData().getConnection().getEndPoint().close(tooLate());
    }

    /// Quiet: strangers are not to fill the log.
    private static Throwable tooLate() {
      return new QuietException.Exception("the body came too late");
    }

    private void pass(boolean tooLarge) {
      boolean waited = deadline != null;
      if (!end()) {
        callback.failed(tooLate());
        return;
      }
      var whole = new Whole(request, body.toByteArray(), tooLarge);
      if (waited) {
        request.getContext().execute(() -> pass(whole)); // here nothing may block
      } else {
        pass(whole);
      }
    }

    private void pass(Request whole) {
      try {
        if (!serve(whole, response, callback)) {
          Response.writeError(whole, response, callback, HttpStatus.NOT_FOUND_404);
        }
      } catch (Exception e) {
        Response.writeError(whole, response, callback, e);
      }
    }

    /// {@return whether the deadline had not come}
    private boolean end() {
      held.addAndGet(-counted);
      return deadline == null || deadline.cancel();
    }
  }

  /// A request whose body is here.
  private static final class Whole extends Request.Wrapper {
    private final Content.Chunk end;
    private Content.Chunk next;

    Whole(Request request, byte[] body, boolean tooLarge) {
      super(request);
      end =
          tooLarge
              ? Content.Chunk.from(new IOException("the body is too large"))
              : Content.Chunk.EOF;
      next = body.length == 0 ? end : Content.Chunk.from(ByteBuffer.wrap(body), false);
    }

    @Override
    public Content.Chunk read() {
      Content.Chunk now = next;
      next = end;
      return now;
    }
  }
}
