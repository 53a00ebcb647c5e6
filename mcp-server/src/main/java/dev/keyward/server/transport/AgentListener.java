package dev.keyward.server.transport;

import dev.keyward.call.AgentId;
import dev.keyward.call.TaskId;
import dev.keyward.redaction.Secret;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.server.McpNotificationHandler;
import io.modelcontextprotocol.server.McpRequestHandler;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpError;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import reactor.core.publisher.Mono;

/// The listener for agents: MCP over Streamable HTTP at `/mcp` and over the older HTTP+SSE at
/// `/sse`, runs at `/v1/runs`, and `/healthz`, which says only that it answers.
///
/// Every request to these carries `Authorization: Bearer` and a key or token. Errors before a
/// method is reached are JSON-RPC errors without an id: 401 without a good key, 403 and 421 for
/// foreign web pages and host names, 404 for a session that does not exist or is another agent's,
/// 413 above 1 MiB, 429 when the agent holds too many sessions with open requests, or too much in
/// all of them.
public final class AgentListener implements AutoCloseable {
  static final String MCP = "/mcp";
  static final String HEALTH = "/healthz";
  private static final int MAX_BODY_BYTES = 1 << 20;
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final Duration KEEP_ALIVE = Duration.ofMinutes(1);
  private static final Duration SWEEP = Duration.ofSeconds(10);

  private final Listening listening;
  private final AgentGate gate;
  private final AgentSessions sessions;
  private final Heartbeat heartbeat;

  /// How to listen.
  ///
  /// @param listen the address; port 0 takes any free one
  /// @param hosts further values of the Host header to accept, for example behind a proxy
  /// @param origins browser origins to accept beside its own
  /// @param sessionsPerAgent how many sessions one agent may hold, at least 1
  /// @param tokens how agents get tokens, where tokens are taken
  public record Settings(
      InetSocketAddress listen,
      Set<String> hosts,
      Set<URI> origins,
      int sessionsPerAgent,
      Optional<TokenPlaces> tokens) {
    /// How many sessions an agent may hold unless told otherwise.
    public static final int SESSIONS = 64;

    /// Copies the collections.
    public Settings {
      hosts = Set.copyOf(hosts);
      origins = Set.copyOf(origins);
      if (sessionsPerAgent < 1) {
        throw new IllegalArgumentException("sessionsPerAgent must be at least 1");
      }
    }

    /// {@return settings that accept only the listener's own names}
    public static Settings on(InetSocketAddress listen) {
      return new Settings(listen, Set.of(), Set.of(), SESSIONS, Optional.empty());
    }
  }

  /// Where agents get tokens for this listener.
  ///
  /// @param resource how they know it, path included; absent: by its own address
  /// @param authorizationServers who issues them, by the names in their metadata
  public record TokenPlaces(Optional<URI> resource, List<String> authorizationServers) {
    /// Copies the list.
    public TokenPlaces {
      authorizationServers = List.copyOf(authorizationServers);
    }
  }

  private AgentListener(
      Listening listening, AgentGate gate, AgentSessions sessions, Heartbeat heartbeat) {
    this.listening = listening;
    this.gate = gate;
    this.sessions = sessions;
    this.heartbeat = heartbeat;
  }

  /// Binds the address without serving yet, so that the listener can be told of changes from its
  /// first session on.
  ///
  /// @param random makes call and session names; must be a secure one
  /// @throws IOException if the address cannot be bound
  public static AgentListener bind(Settings settings, Broker broker, RandomGenerator random)
      throws IOException {
    return bind(settings, broker, random, EventChannel.Limits.USUAL, Heartbeat.Pace.USUAL);
  }

  static AgentListener start(Settings settings, Broker broker, RandomGenerator random)
      throws IOException {
    return start(settings, broker, random, EventChannel.Limits.USUAL);
  }

  static AgentListener start(
      Settings settings, Broker broker, RandomGenerator random, EventChannel.Limits streams)
      throws IOException {
    return start(settings, broker, random, streams, Heartbeat.Pace.USUAL);
  }

  static AgentListener start(
      Settings settings,
      Broker broker,
      RandomGenerator random,
      EventChannel.Limits streams,
      Heartbeat.Pace pace)
      throws IOException {
    AgentListener listener = bind(settings, broker, random, streams, pace);
    listener.serve();
    return listener;
  }

  private static AgentListener bind(
      Settings settings,
      Broker broker,
      RandomGenerator random,
      EventChannel.Limits streams,
      Heartbeat.Pace pace)
      throws IOException {
    var calls = new CallsInFlight();
    var heartbeat = new Heartbeat(pace);
    var methods = new McpMethods(broker, random, calls, heartbeat);
    var servlet = servlet();
    List<String> versions = servlet.protocolVersions();
    var sessions =
        new AgentSessions(
            settings.sessionsPerAgent(),
            random,
            calls,
            versions,
            requests(methods),
            notifications(methods));
    servlet.setSessionFactory(sessions);
    var listening =
        Listening.bind(
            Listening.virtualThreads("keyward-agents"),
            settings.listen(),
            Listening.CONNECTIONS,
            new JsonErrors(true),
            UnaryOperator.identity());
    var hosts = new HostRule(listening.bound(), settings.hosts(), settings.origins());
    var liveness = new Liveness(broker);
    var modernMethods = new ModernMethods(methods);
    var notices =
        new ModernListening(sessions, liveness, modernMethods, random, new McpJson(), streams);
    var modern = new ModernEndpoint(modernMethods, notices, new McpJson(), MAX_BODY_BYTES);
    var direct = new DirectAnswers(methods, modern, new McpJson(), MAX_BODY_BYTES);
    var load = new AgentLoad();
    Optional<ProtectedResource> resource =
        settings
            .tokens()
            .map(
                places ->
                    new ProtectedResource(
                        places.resource().orElseGet(() -> uri(listening)),
                        places.authorizationServers()));
    var gate =
        new AgentGate(
            broker, hosts, sessions, load, versions, MAX_BODY_BYTES, direct, modern, resource);
    listening.filter(gate, "/*");
    mount(listening, servlet, MCP);
    mount(listening, new SseStreams(liveness, sessions, methods, random, streams), SseStreams.PATH);
    mount(listening, new SseMessages(sessions, load, MAX_BODY_BYTES), SseMessages.PATH);
    mount(listening, new RunsServlet(broker, MAX_BODY_BYTES), RunsServlet.PATH + "/*");
    mount(listening, new Health(), HEALTH);
    resource.ifPresent(known -> mount(listening, known.servlet(), ProtectedResource.PATH + "/*"));
    return new AgentListener(listening, gate, sessions, heartbeat);
  }

  /// Serves from now on.
  ///
  /// @throws IOException if it does not start; the address is free again then
  public void serve() throws IOException {
    listening.start();
  }

  /// {@return where clients connect, for example `http://127.0.0.1:8765/mcp`}
  public URI uri() {
    return uri(listening);
  }

  private static URI uri(Listening listening) {
    InetSocketAddress bound = listening.bound();
    String host =
        bound.getAddress().isAnyLocalAddress()
            ? "localhost"
            : Authority.host(bound.getAddress().getHostAddress());
    return URI.create("http://" + host + ":" + bound.getPort() + MCP);
  }

  /// {@return the port, the real one where port 0 was asked for}
  public int port() {
    return listening.bound().getPort();
  }

  /// Tells every session that listens, once, that the tools have changed. Returns at once.
  public void toolsChanged() {
    for (OpenSession session : sessions.all()) {
      Thread.startVirtualThread(session::toolsChanged);
    }
  }

  /// Tells every client that listens for this task how it stands. Returns at once.
  public void taskChanged(TaskId task) {
    for (OpenSession session : sessions.all()) {
      if (session.hears(task)) {
        Thread.startVirtualThread(() -> session.taskChanged(task));
      }
    }
  }

  /// Ends the sessions of an agent whose key is revoked, and closes their streams.
  public void endSessions(AgentId agent) {
    sessions.end(agent);
  }

  /// Takes nothing new, lets calls in flight end for some seconds, and ends.
  @Override
  public void close() {
    gate.stop();
    sessions.all().forEach(OpenSession::stop);
    listening.stop(GRACE);
    heartbeat.close();
  }

  private static HttpServletStreamableServerTransportProvider servlet() {
    return HttpServletStreamableServerTransportProvider.builder()
        .mcpEndpoint(MCP)
        .jsonMapper(new McpJson())
        .maxRequestSize(MAX_BODY_BYTES)
        .keepAliveInterval(KEEP_ALIVE)
        .sessionSweepInterval(SWEEP)
        .contextExtractor(AgentListener::context)
        .build();
  }

  private static McpTransportContext context(HttpServletRequest request) {
    return McpTransportContext.create(
        Map.of(AgentGate.PRESENTED, request.getAttribute(AgentGate.PRESENTED)));
  }

  private static Map<String, McpRequestHandler<?>> requests(McpMethods methods) {
    Map<String, McpRequestHandler<?>> handlers = new HashMap<>();
    for (String name : McpMethods.NAMES) {
      McpRequestHandler<Object> handler =
          (exchange, params) -> Mono.defer(() -> reply(methods, name, exchange, params));
      handlers.put(name, handler);
    }
    return handlers;
  }

  private static Mono<Object> reply(
      McpMethods methods, String name, McpAsyncServerExchange exchange, Object params) {
    var client =
        new Presented(
            (Secret) exchange.transportContext().get(AgentGate.PRESENTED),
            exchange.sessionId(),
            "http",
            "",
            WayBack.NONE);
    return switch (methods.answer(name, client, (Inbound) params)) {
      case RpcReply.Result(var value) -> Mono.just(value);
      case RpcReply.Failure(var error) -> Mono.error(new McpError(error));
      case RpcReply.Silence() -> Mono.empty();
    };
  }

  private static Map<String, McpNotificationHandler> notifications(McpMethods methods) {
    McpNotificationHandler nothing = (_, _) -> Mono.empty();
    McpNotificationHandler cancel =
        (exchange, params) ->
            Mono.fromRunnable(() -> methods.cancel(exchange.sessionId(), (Inbound) params));
    return Map.of(
        "notifications/initialized",
        nothing,
        "notifications/cancelled",
        cancel,
        McpJson.IGNORED,
        nothing);
  }

  private static void mount(Listening listening, HttpServlet servlet, String path) {
    var holder = new ServletHolder(servlet);
    holder.setAsyncSupported(true);
    listening.context().addServlet(holder, path);
  }

  /// `GET /healthz`: `ok`, for load balancers; needs no key and tells nothing.
  @SuppressWarnings("serial") // servlets are not serialized
  private static final class Health extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.setContentType("text/plain");
      response.getWriter().write("ok\n");
    }
  }
}
