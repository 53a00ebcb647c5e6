package dev.keyward.server.upstream;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import dev.keyward.call.Cancellation;
import dev.keyward.catalog.ResponseKind;
import dev.keyward.server.credential.Lease;
import dev.keyward.server.handle.Restored;
import dev.keyward.server.policy.PermittedCall;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.net.ssl.X509TrustManager;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import tools.jackson.databind.JsonNode;

/// Calls upstreams over HTTP/1.1 with connections that are kept for a few seconds.
///
/// Callers block and are meant to be virtual threads. Jetty never sends a request a second time by
/// itself; the one repetition there is stands in [#send]. Safe for all threads.
public final class HttpUpstream implements Upstream, Enquiries, AutoCloseable {
  private static final System.Logger log = System.getLogger(HttpUpstream.class.getName());

  /// Shorter than what common servers allow, so that they seldom close one that is being used.
  private static final Duration KEPT_IDLE = Duration.ofSeconds(4);

  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final int MOST_CONNECTIONS = 256;
  private static final int MOST_QUEUED = 10_000;
  private static final int MOST_HEADER_BYTES = 64 << 10;
  private static final int UNAUTHORIZED = 401;

  private static final Duration ENQUIRY = Duration.ofSeconds(10);
  private static final int MOST_ENQUIRY_BYTES = 256 << 10;

  private static final Pattern INVALID_TOKEN =
      Pattern.compile("error\\s*=\\s*\"?invalid_token", Pattern.CASE_INSENSITIVE);

  /// Jetty's loggers that write requests out at debug level, credentials included.
  private static final List<String> TELLTALES =
      List.of(
          "org.eclipse.jetty.client.HttpClient",
          "org.eclipse.jetty.client.transport.HttpDestination",
          "org.eclipse.jetty.client.transport.HttpSender",
          "org.eclipse.jetty.client.transport.internal.HttpSenderOverHTTP",
          "org.eclipse.jetty.http.HttpGenerator",
          "org.eclipse.jetty.io.SocketChannelEndPoint",
          "org.eclipse.jetty.io.WriteFlusher",
          "org.eclipse.jetty.io.ssl.SslConnection");

  private final Clients clients;
  private final RequestMaker requests;

  private HttpUpstream(Clients clients, InstantSource clock) {
    this.clients = clients;
    this.requests = new RequestMaker(clock);
  }

  /// Starts a client that trusts the JDK's certificate authorities.
  ///
  /// @throws IllegalStateException if a logger of the HTTP client is at debug level: it would write
  ///   credentials to the log
  /// @param allowedPrivateOrigins origins of the operator's config whose host may have a private or
  ///   loopback address; everything else must be public
  public static HttpUpstream start(Resolution resolution, Set<URI> allowedPrivateOrigins) {
    return start(resolution, allowedPrivateOrigins, Map.of(), InstantSource.system());
  }

  /// The same.
  ///
  /// @param authorities whose certificates count at an origin, in place of the JDK's; the host's
  ///   name is checked beside them
  /// @param clock what signatures of requests say of the time
  public static HttpUpstream start(
      Resolution resolution,
      Set<URI> allowedPrivateOrigins,
      Map<URI, X509TrustManager> authorities,
      InstantSource clock) {
    checkLoggers();
    var clients = new Clients(tls -> started(resolution, allowedPrivateOrigins, tls), authorities);
    return new HttpUpstream(clients, clock);
  }

  private static HttpClient started(
      Resolution resolution, Set<URI> allowedPrivateOrigins, SslContextFactory.Client tls) {
    tls.setEndpointIdentificationAlgorithm("HTTPS");
    var threads = new VirtualThreadPool();
    threads.setName("upstream");
    var connector = new ClientConnector();
    connector.setSelectors(1);
    connector.setExecutor(threads);
    connector.setScheduler(new ScheduledExecutorScheduler("upstream-timer", true));
    connector.setSslContextFactory(tls);
    connector.setConnectTimeout(CONNECT);
    connector.setIdleTimeout(KEPT_IDLE);
    var client = new HttpClient(new TlsFirstTransport(connector));
    client.setSocketAddressResolver(new PinnedResolver(resolution, allowedPrivateOrigins, threads));
    client.setFollowRedirects(false);
    client.setHttpCookieStore(new HttpCookieStore.Empty());
    client.setUserAgentField(new HttpField(HttpHeader.USER_AGENT, "keyward"));
    client.setMaxConnectionsPerDestination(MOST_CONNECTIONS);
    client.setMaxRequestsQueuedPerDestination(MOST_QUEUED);
    client.setMaxRequestHeadersSize(MOST_HEADER_BYTES);
    client.setMaxResponseHeadersSize(MOST_HEADER_BYTES);
    begin(client);
    return client;
  }

  private static void checkLoggers() {
    for (String name : TELLTALES) {
      if (System.getLogger(name).isLoggable(DEBUG)) {
        throw new IllegalStateException(
            "logger "
                + name
                + " must not be at debug level: it would write credentials to the log");
      }
    }
  }

  private static void begin(HttpClient client) {
    try {
      client.start();
    } catch (Exception e) {
      throw new IllegalStateException("the HTTP client does not start", e);
    }
    // These handlers act on an answer by themselves; what is left skips 1xx answers.
    for (String handler :
        List.of("redirect", "www-authenticate", "proxy-authenticate", "upgrade")) {
      client.getProtocolHandlers().remove(handler);
    }
    client.getContentDecoderFactories().clear(); // AnswerReader unpacks, and counts
  }

  @Override
  public Reply send(
      PermittedCall permitted,
      Restored restored,
      Lease lease,
      Optional<String> idempotencyKey,
      Sending sending) {
    checkLease(permitted, lease);
    if (restored.call() != permitted) {
      throw new IllegalArgumentException("arguments must be of this very call");
    }
    return send(Outgoing.of(restored, idempotencyKey), lease, sending);
  }

  Reply send(Outgoing outgoing, Lease lease, Sending sending) {
    var run = new Run(outgoing, System.nanoTime());
    Ending first = run.attempt(lease, () -> passes(sending), sending);
    if (first instanceof Ending.Answer answer && answer.status() == UNAUTHORIZED) {
      lease.rejected();
    }
    if (!mayBeRepeated(outgoing, first) || !sending.stillPermitted()) {
      return run.reply(first);
    }
    return fresher(outgoing, lease)
        .map(fresh -> again(run, first, fresh, sending))
        .orElseGet(() -> run.reply(first));
  }

  @Override
  public Enquiry.Answer ask(Enquiry enquiry) {
    var reader = new AnswerReader(ResponseKind.JSON, MOST_ENQUIRY_BYTES, enquiry.reads());
    try {
      Request request = requests.make(clients.of(enquiry.url()), enquiry);
      var attempt = new Attempt(() -> true, reader, MOST_ENQUIRY_BYTES);
      return switch (attempt.run(request, ENQUIRY, true, new Cancellation())) {
        case Ending.Answer came ->
            new Enquiry.Answer.Answered(
                came.status(), reader.read(came.status(), came.headers(), came.body()));
        case Ending.Broke broke -> new Enquiry.Answer.Failed(broke.why());
        case Ending.Shut _, Ending.Stopped _ -> new Enquiry.Answer.Failed(Failure.CANCELLED);
      };
    } catch (Unusable e) {
      return new Enquiry.Answer.Failed(e.why());
    }
  }

  private static boolean passes(Sending sending) {
    sending.firstByte();
    return true;
  }

  private static boolean mayBeRepeated(Outgoing outgoing, Ending first) {
    return first instanceof Ending.Answer answer
        && outgoing.mayBeRepeated(
            answer.status(),
            answer.headers().getValuesList(HttpHeader.WWW_AUTHENTICATE).stream()
                .anyMatch(challenge -> INVALID_TOKEN.matcher(challenge).find()));
  }

  /// The first answer stands if there is no fresher credential to be had.
  private static Optional<Lease> fresher(Outgoing outgoing, Lease lease) {
    try {
      return lease.fresher();
    } catch (RuntimeException e) {
      log.log(
          WARNING,
          "call " + outgoing.call() + ": no fresher credential: " + e.getClass().getName());
      return Optional.empty();
    }
  }

  private static Reply again(Run run, Ending first, Lease fresh, Sending sending) {
    try (fresh) {
      Ending second = run.attempt(fresh, sending::stillPermitted, sending);
      return switch (second) {
        case Ending.Answer _ -> run.reply(first, second);
        case Ending.Broke broke -> broke.sent() ? run.reply(first, second) : run.reply(first);
        case Ending.Shut _, Ending.Stopped _ -> run.reply(first);
      };
    }
  }

  /// Another tool's credential must not go to this tool's origin.
  private static void checkLease(PermittedCall permitted, Lease lease) {
    if (!lease.ref().equals(permitted.call().tool().credential().map(use -> use.ref()))) {
      throw new IllegalArgumentException("lease must be of the tool's own credential");
    }
  }

  /// Ends every call that is under way and releases all threads and connections.
  @Override
  public void close() {
    clients.close();
  }

  /// One call with its deadline: an attempt, and what to make of its end.
  private final class Run {
    private final Outgoing outgoing;
    private final long started;
    private final AnswerReader reader;

    Run(Outgoing outgoing, long started) {
      this.outgoing = outgoing;
      this.started = started;
      this.reader = new AnswerReader(outgoing.kind(), outgoing.limits().maxResponseBytes());
    }

    Ending attempt(Lease lease, Attempt.Gate gate, Sending sending) {
      try (Clients.Use use = clients.use(outgoing, lease)) {
        return attempt(requests.make(use.client(), outgoing, lease.secret()), gate, sending);
      } catch (Unusable e) {
        return new Ending.Broke(e.why(), false, -1, "", Duration.ZERO);
      }
    }

    private Ending attempt(Request request, Attempt.Gate gate, Sending sending) {
      Duration passed = Duration.ofNanos(System.nanoTime() - started);
      var attempt = new Attempt(gate, reader, outgoing.limits().maxResponseBytes());
      return attempt.run(
          request,
          outgoing.limits().timeout().minus(passed),
          outgoing.tier().changes(),
          sending.cancellation());
    }

    /// {@return the reply that the last of `endings` makes, with all of them in its trace}
    Reply reply(Ending... endings) {
      return switch (endings[endings.length - 1]) {
        case Ending.Answer answer -> answered(answer, trace(endings));
        case Ending.Broke broke -> {
          warn(broke.why(), broke.cause());
          yield broke.sent()
              ? new Reply.Failed(broke.why(), true, trace(endings))
              : new Reply.NotSent(broke.why(), trace());
        }
        case Ending.Shut _ -> new Reply.NotSent(Failure.CANCELLED, trace());
        case Ending.Stopped(RuntimeException why) -> throw why;
        case Ending.Stopped(Error why) -> throw why;
        case Ending.Stopped(Throwable why) -> throw new IllegalStateException(why);
      };
    }

    private Reply answered(Ending.Answer answer, Trace trace) {
      try {
        JsonNode body = reader.read(answer.status(), answer.headers(), answer.body());
        return new Reply.Answered(answer.status(), body, trace);
      } catch (Unusable e) {
        warn(e.why(), "");
        return new Reply.Failed(e.why(), true, trace);
      }
    }

    private Trace trace(Ending... endings) {
      List<Trace.Attempt> attempts = new ArrayList<>();
      for (Ending ending : endings) {
        switch (ending) {
          case Ending.Answer answer ->
              attempts.add(new Trace.Attempt(answer.status(), answer.took()));
          case Ending.Broke broke -> attempts.add(new Trace.Attempt(broke.status(), broke.took()));
          case Ending.Shut _, Ending.Stopped _ -> {}
        }
      }
      return outgoing.trace(attempts);
    }

    private void warn(Failure why, String cause) {
      log.log(
          WARNING,
          "call {0} of {1} at {2}: the answer {3}{4}",
          outgoing.call(),
          outgoing.tool(),
          outgoing.origin(),
          why.words(),
          cause.isEmpty() ? "" : " (" + cause + ")");
    }
  }
}
