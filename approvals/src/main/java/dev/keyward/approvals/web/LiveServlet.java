package dev.keyward.approvals.web;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// `GET /live`: server-sent events that say *something has changed*, and nothing else; the page
/// fetches what it may see again.
///
/// A stream ends with its session, which it does not keep alive, and after some minutes; browsers
/// come back by themselves. 503 where there are too many.
@SuppressWarnings("serial") // servlets are not serialized
final class LiveServlet extends HttpServlet {
  private static final int STREAMS = 200;
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration BEAT = Duration.ofSeconds(15);
  private static final byte[] CHANGED = bytes("event: changed\ndata: 1\n\n");
  private static final byte[] ALIVE = bytes(": alive\n\n");

  private final Sessions sessions;
  private final Pages pages;
  private final Semaphore free = new Semaphore(STREAMS);
  private final Set<Semaphore> listening = ConcurrentHashMap.newKeySet();

  LiveServlet(Sessions sessions, Pages pages) {
    this.sessions = sessions;
    this.pages = pages;
  }

  /// Tells every open page that something has changed.
  void changed() {
    listening.forEach(Semaphore::release);
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<Session> session = sessions.at(request);
    if (session.isEmpty()) {
      pages.problem(response, new Visitor.Stranger(), Problem.STRANGER);
      return;
    }
    if (!free.tryAcquire()) {
      pages.problem(response, new Visitor.Stranger(), Problem.UNAVAILABLE);
      return;
    }
    response.setContentType("text/event-stream;charset=utf-8");
    AsyncContext async = request.startAsync();
    async.setTimeout(0);
    Thread.ofVirtual().name("live").start(() -> stream(async, session.get()));
  }

  private void stream(AsyncContext async, Session session) {
    var signal = new Semaphore(0);
    listening.add(signal);
    try {
      tell(async, signal, session);
    } catch (IOException e) {
      // the page was closed
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      listening.remove(signal);
      free.release();
      async.complete();
    }
  }

  private void tell(AsyncContext async, Semaphore signal, Session session)
      throws IOException, InterruptedException {
    ServletOutputStream out = async.getResponse().getOutputStream();
    long end = System.nanoTime() + LONGEST.toNanos();
    byte[] next = ALIVE;
    while (System.nanoTime() < end && sessions.lives(session)) {
      out.write(next);
      out.flush();
      boolean changed = signal.tryAcquire(BEAT.toSeconds(), TimeUnit.SECONDS);
      signal.drainPermits();
      next = changed ? CHANGED : ALIVE;
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
