package dev.keyward.approvals.web;

import dev.keyward.store.StoreUnavailable;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// `GET /live`: server-sent events that say *something has changed*, and nothing else; the page
/// fetches what it may see again.
///
/// `seen` is the number of changes that the page shows, and `Last-Event-ID` the one that the
/// browser heard of last, which goes before: what changed since is told at once, so that nothing is
/// missed between a page and its stream, or between two streams. A stream ends with its session,
/// which it does not keep alive, and after some minutes; browsers come back by themselves. 503
/// where there are too many.
@SuppressWarnings("serial") // servlets are not serialized
final class LiveServlet extends HttpServlet {
  private static final int STREAMS = 200;
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration BEAT = Duration.ofSeconds(15);
  private static final String ALIVE = ": alive\n\n";

  private final Visitors visitors;
  private final Pages pages;
  private final QueueChanges changes;
  private final Semaphore free = new Semaphore(STREAMS);

  LiveServlet(Visitors visitors, Pages pages, QueueChanges changes) {
    this.visitors = visitors;
    this.pages = pages;
    this.changes = changes;
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Optional<Session> session = visitors.at(request);
    if (session.isEmpty()) {
      pages.problem(response, new Visitor.Stranger(), Problem.STRANGER);
      return;
    }
    if (!free.tryAcquire()) {
      pages.problem(response, new Visitor.Stranger(), Problem.UNAVAILABLE);
      return;
    }
    long seen = seen(request);
    response.setContentType("text/event-stream;charset=utf-8");
    AsyncContext async = request.startAsync();
    async.setTimeout(0);
    Thread.ofVirtual().name("live").start(() -> stream(async, session.get(), seen));
  }

  private void stream(AsyncContext async, Session session, long seen) {
    try {
      tell(async, session, seen);
    } catch (IOException | StoreUnavailable e) {
      // the page was closed, or nobody can say whether its session lives
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      free.release();
      async.complete();
    }
  }

  private void tell(AsyncContext async, Session session, long seen)
      throws IOException, InterruptedException {
    ServletOutputStream out = async.getResponse().getOutputStream();
    long end = System.nanoTime() + LONGEST.toNanos();
    long told = seen;
    String next = ALIVE;
    while (!changes.over() && System.nanoTime() < end && visitors.lives(session)) {
      out.write(next.getBytes(StandardCharsets.UTF_8));
      out.flush();
      long newest = changes.after(told, BEAT);
      next = newest == told ? ALIVE : "event: changed\nid: " + newest + "\ndata: 1\n\n";
      told = newest;
    }
  }

  /// Who does not say what was seen hears of what comes.
  private long seen(HttpServletRequest request) {
    String last = request.getHeader("Last-Event-ID");
    try {
      return Long.parseLong(last == null ? request.getParameter("seen") : last);
    } catch (NumberFormatException e) {
      return changes.newest();
    }
  }
}
