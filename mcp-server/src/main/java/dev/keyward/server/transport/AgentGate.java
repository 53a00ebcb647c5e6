package dev.keyward.server.transport;

import static java.lang.System.Logger.Level.ERROR;

import dev.keyward.call.AgentId;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Refusal;
import dev.keyward.redaction.Secret;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What every request on the agents' listener passes before it reaches the SDK, in this order:
/// size, host and origin, the agent's key, its load, form, session, revision.
///
/// A session's id never stands for a key: each request is authenticated by itself.
final class AgentGate implements Filter {
  private static final System.Logger log = System.getLogger(AgentGate.class.getName());

  /// Where the handlers find what this request presented.
  static final String PRESENTED = "dev.keyward.presented";

  private static final String AGENT = "dev.keyward.agent";
  private static final String SHARE = "dev.keyward.share";

  static final String SESSION = "Mcp-Session-Id";
  static final String VERSION = "MCP-Protocol-Version";
  private static final String BEARER = "bearer ";
  private static final Set<String> METHODS = Set.of("GET", "POST", "DELETE");

  /// What needs no key.
  private static final Set<String> OPEN = Set.of(AgentListener.HEALTH, ProtectedResource.PATH);

  private final Broker broker;
  private final HostRule hosts;
  private final AgentSessions sessions;
  private final AgentLoad load;
  private final List<String> versions;
  private final int maxBodyBytes;
  private final DirectAnswers direct;
  private final ModernEndpoint modern;
  private final Optional<ProtectedResource> resource;
  private volatile boolean stopping;

  AgentGate(
      Broker broker,
      HostRule hosts,
      AgentSessions sessions,
      AgentLoad load,
      List<String> versions,
      int maxBodyBytes,
      DirectAnswers direct,
      ModernEndpoint modern,
      Optional<ProtectedResource> resource) {
    this.broker = broker;
    this.hosts = hosts;
    this.sessions = sessions;
    this.load = load;
    this.versions = List.copyOf(versions);
    this.maxBodyBytes = maxBodyBytes;
    this.direct = direct;
    this.modern = modern;
    this.resource = resource;
  }

  /// Turns away whatever comes from now on.
  void stop() {
    stopping = true;
  }

  /// {@return the key that an admitted request presented}
  static Secret key(ServletRequest admitted) {
    return (Secret) admitted.getAttribute(PRESENTED);
  }

  /// {@return the agent that sends an admitted request}
  static AgentId agent(ServletRequest admitted) {
    return (AgentId) admitted.getAttribute(AGENT);
  }

  /// {@return what an admitted POST takes of its agent's load}
  static AgentLoad.Share share(ServletRequest admitted) {
    return (AgentLoad.Share) admitted.getAttribute(SHARE);
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    admit((HttpServletRequest) request, (HttpServletResponse) response, chain);
  }

  private void admit(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Content-Type-Options", "nosniff");
    Optional<HttpProblem> early = early(request);
    if (early.isPresent()) {
      early.get().write(response);
      return;
    }
    if (OPEN.contains(request.getServletPath())) {
      chain.doFilter(request, response);
      return;
    }
    Optional<Secret> key = presented(request);
    Optional<AgentId> agent;
    try {
      agent = key.map(broker::authenticate);
    } catch (CallRefused refused) {
      boolean scope = refused.refusal() instanceof Refusal.InsufficientScope;
      refuse(
          response,
          scope ? HttpProblem.SCOPE : HttpProblem.UNAUTHENTICATED,
          scope ? "insufficient_scope" : "invalid_token");
      return;
    } catch (RuntimeException broken) {
      log.log(ERROR, "an agent could not be authenticated: {0}", Faults.describe(broken));
      HttpProblem.UNAVAILABLE.write(response);
      return;
    }
    if (key.isEmpty() || agent.isEmpty()) {
      refuse(response, HttpProblem.UNAUTHENTICATED, "");
      return;
    }
    request.setAttribute(PRESENTED, key.get());
    request.setAttribute(AGENT, agent.get());
    if (request.getMethod().equals("POST")) {
      carry(request, response, agent.get(), chain);
    } else {
      route(request, response, agent.get(), chain);
    }
  }

  /// A body without a length may become as large as one may be.
  private void carry(
      HttpServletRequest request, HttpServletResponse response, AgentId agent, FilterChain chain)
      throws IOException, ServletException {
    int length = request.getContentLength();
    Optional<AgentLoad.Share> room = load.take(agent, length < 0 ? maxBodyBytes : length);
    if (room.isEmpty()) {
      request.getInputStream().skip(maxBodyBytes); // else the client writes on and hears nothing
      HttpProblem.REQUESTS.write(response);
      return;
    }
    try (var share = room.get()) {
      request.setAttribute(SHARE, share);
      route(request, response, agent, chain);
    }
  }

  /// The servlets of HTTP+SSE check form and session by themselves.
  private void route(
      HttpServletRequest request, HttpServletResponse response, AgentId agent, FilterChain chain)
      throws IOException, ServletException {
    if (!request.getServletPath().equals(AgentListener.MCP)) {
      chain.doFilter(request, response);
      return;
    }
    if (ModernHeaders.nameModern(request)) {
      modern.serve(request, response);
      return;
    }
    Optional<HttpProblem> problem = form(request).or(() -> session(request, agent));
    if (problem.isPresent()) {
      problem.get().write(response);
    } else if (request.getMethod().equals("POST") && request.getHeader(SESSION) == null) {
      passWithoutSession(request, response, agent, chain);
    } else {
      pass(request, response, agent, chain);
    }
  }

  /// Only its body tells whether a request that names no session and no revision begins one.
  private void passWithoutSession(
      HttpServletRequest request, HttpServletResponse response, AgentId agent, FilterChain chain)
      throws IOException, ServletException {
    Optional<ReadRequest> read = ReadRequest.of(request, maxBodyBytes);
    if (read.isEmpty()) {
      HttpProblem.TOO_LARGE.write(response);
    } else if (!modern.serveIfClaimed(read.get(), response)) {
      pass(read.get(), response, agent, chain);
    }
  }

  private Optional<HttpProblem> early(HttpServletRequest request) {
    if (stopping) {
      return Optional.of(HttpProblem.UNAVAILABLE);
    }
    if (request.getContentLengthLong() > maxBodyBytes) {
      return Optional.of(HttpProblem.TOO_LARGE);
    }
    if (!hosts.hostAllowed(request)) {
      return Optional.of(HttpProblem.HOST);
    }
    return hosts.originAllowed(request) ? Optional.empty() : Optional.of(HttpProblem.ORIGIN);
  }

  /// A key is one `Authorization: Bearer` header; it becomes a [Secret] before anything else sees
  /// it.
  private static Optional<Secret> presented(HttpServletRequest request) {
    List<String> headers = Collections.list(request.getHeaders("Authorization"));
    if (headers.size() != 1 || !headers.getFirst().toLowerCase(Locale.ROOT).startsWith(BEARER)) {
      return Optional.empty();
    }
    String key = headers.getFirst().substring(BEARER.length()).strip();
    return key.isEmpty() ? Optional.empty() : Optional.of(Secret.of(key));
  }

  /// Says how to get a token, where there is anybody to get one from.
  private void refuse(HttpServletResponse response, HttpProblem problem, String error)
      throws IOException {
    resource.ifPresent(known -> response.setHeader(HttpProblem.CHALLENGE, known.challenge(error)));
    problem.write(response);
  }

  /// {@return what is wrong with the method or the types of a request to `/mcp`, in either era}
  static Optional<HttpProblem> form(HttpServletRequest request) {
    boolean post = request.getMethod().equals("POST");
    if (!METHODS.contains(request.getMethod())) {
      return Optional.of(HttpProblem.METHOD);
    }
    if (post && !isJson(request.getContentType())) {
      return Optional.of(HttpProblem.MEDIA_TYPE);
    }
    String accept = String.join(",", Collections.list(request.getHeaders("Accept")));
    boolean acceptable =
        request.getMethod().equals("DELETE")
            || (accept.contains("text/event-stream")
                && (!post || accept.contains("application/json")));
    return acceptable ? Optional.empty() : Optional.of(HttpProblem.NOT_ACCEPTABLE);
  }

  /// {@return whether the request names no revision, or one of `versions`}
  static boolean spoken(HttpServletRequest request, List<String> versions) {
    List<String> named = Collections.list(request.getHeaders(VERSION));
    return named.isEmpty() || (named.size() == 1 && versions.contains(named.getFirst()));
  }

  /// {@return whether a body of this type is JSON}
  static boolean isJson(@Nullable String contentType) {
    return contentType != null
        && contentType.split(";", 2)[0].strip().equalsIgnoreCase("application/json");
  }

  private Optional<HttpProblem> session(HttpServletRequest request, AgentId agent) {
    List<String> ids = Collections.list(request.getHeaders(SESSION));
    if (ids.isEmpty()) {
      return request.getMethod().equals("POST")
          ? Optional.empty()
          : Optional.of(HttpProblem.SESSION_REQUIRED);
    }
    boolean known = ids.size() == 1 && sessions.find(agent, ids.getFirst()).isPresent();
    return known ? Optional.empty() : Optional.of(HttpProblem.SESSION_UNKNOWN);
  }

  private void pass(
      HttpServletRequest request, HttpServletResponse response, AgentId agent, FilterChain chain)
      throws IOException, ServletException {
    if (!spoken(request, versions)) {
      HttpProblem.VERSION.write(response);
    } else if (request.getMethod().equals("GET")) {
      var headers = new PromptHeaders(response);
      chain.doFilter(request, headers);
      headers.send();
    } else if (request.getHeader(SESSION) != null) {
      passInSession(request, response, agent, chain);
    } else {
      passWithSeat(request, response, agent, chain);
    }
  }

  private void passInSession(
      HttpServletRequest request, HttpServletResponse response, AgentId agent, FilterChain chain)
      throws IOException, ServletException {
    Optional<BoundSession> session =
        request.getMethod().equals("POST")
            ? sessions.find(agent, request.getHeader(SESSION))
            : Optional.empty();
    Optional<HttpServletRequest> left =
        session.isPresent()
            ? direct.answer(
                request, response, session.get(), (Secret) request.getAttribute(PRESENTED))
            : Optional.of(request);
    if (left.isPresent()) {
      chain.doFilter(left.get(), response);
    }
  }

  private void passWithSeat(
      HttpServletRequest request, HttpServletResponse response, AgentId agent, FilterChain chain)
      throws IOException, ServletException {
    Optional<AgentSessions.Seat> free = sessions.seat(agent);
    if (free.isEmpty()) {
      HttpProblem.SESSIONS.write(response);
      return;
    }
    try (var seat = free.get()) {
      ScopedValue.where(AgentSessions.SEAT, seat)
          .<@Nullable Void, Exception>call(
              () -> {
                chain.doFilter(request, response);
                return null;
              });
    } catch (IOException | ServletException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new ServletException(e);
    }
  }

  /// Lets the headers of a listening stream be sent once it is registered; the SDK would send them
  /// with the first event, and until then a client cannot tell that it listens.
  ///
  /// Events may be written by then; a [PrintWriter] keeps the two apart.
  private static final class PromptHeaders extends HttpServletResponseWrapper {
    private @Nullable PrintWriter events;

    PromptHeaders(HttpServletResponse response) {
      super(response);
    }

    @Override
    public PrintWriter getWriter() throws IOException {
      if (events == null) {
        events = new PrintWriter(super.getWriter());
      }
      return events;
    }

    void send() {
      if (events != null) {
        events.flush();
      }
    }
  }
}
