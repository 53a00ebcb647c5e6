package dev.keyward.server.transport;

import dev.keyward.call.AgentId;
import dev.keyward.call.RandomName;
import dev.keyward.call.Refusal;
import dev.keyward.server.pipeline.Interaction;
import io.modelcontextprotocol.server.McpNotificationHandler;
import io.modelcontextprotocol.server.McpRequestHandler;
import io.modelcontextprotocol.spec.McpSchema.ClientCapabilities;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpSchema.InitializeRequest;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.JsonNodeFactory;

/// The sessions over HTTP, each under the agent that opened it. Thread-safe.
///
/// For the SDK a session's id is the only key to it; here it opens nothing but a session of the
/// agent who presents it. One agent has at most so many; when it opens one more, the one of its
/// sessions that has been unused for longest and has nothing open makes room.
final class AgentSessions implements McpStreamableServerSession.Factory {
  /// The place that the request now on this thread may fill with a new session.
  static final ScopedValue<Seat> SEAT = ScopedValue.newInstance();

  private final Map<AgentId, Held> agents = new HashMap<>();
  private final int perAgent;
  private final RandomGenerator random;
  private final CallsInFlight calls;
  private final List<String> versions;
  private final Map<String, McpRequestHandler<?>> requests;
  private final Map<String, McpNotificationHandler> notifications;

  AgentSessions(
      int perAgent,
      RandomGenerator random,
      CallsInFlight calls,
      List<String> versions,
      Map<String, McpRequestHandler<?>> requests,
      Map<String, McpNotificationHandler> notifications) {
    this.perAgent = perAgent;
    this.random = random;
    this.calls = calls;
    this.versions = List.copyOf(versions);
    this.requests = Map.copyOf(requests);
    this.notifications = Map.copyOf(notifications);
  }

  private static final class Held {
    /// By last use, longest ago first.
    private final LinkedHashMap<String, OpenSession> sessions =
        new LinkedHashMap<>(16, 0.75f, true);

    private int seats;
  }

  /// {@return a place for one more session of `agent`, or empty if it has all it may have}
  synchronized Optional<Seat> seat(AgentId agent) {
    Held held = agents.computeIfAbsent(agent, _ -> new Held());
    if (held.sessions.size() + held.seats >= perAgent && !makeRoom(held)) {
      return Optional.empty();
    }
    held.seats++;
    return Optional.of(new Seat(agent));
  }

  /// {@return the Streamable HTTP session of that id, if it is this agent's}
  Optional<BoundSession> find(AgentId agent, String id) {
    return find(agent, id, BoundSession.class);
  }

  /// {@return the HTTP+SSE session of that id, if it is this agent's}
  Optional<SseSession> sse(AgentId agent, String id) {
    return find(agent, id, SseSession.class);
  }

  private synchronized <S extends OpenSession> Optional<S> find(
      AgentId agent, String id, Class<S> form) {
    return Optional.ofNullable(agents.get(agent))
        .map(held -> held.sessions.get(id))
        .filter(form::isInstance)
        .map(form::cast);
  }

  @Override
  public McpStreamableServerSession.McpStreamableServerSessionInit startSession(
      InitializeRequest request) {
    Seat seat = SEAT.orElseThrow(IllegalStateException::new);
    BoundSession session = open(seat, clientName(request), interaction(request));
    return new McpStreamableServerSession.McpStreamableServerSessionInit(
        session, Mono.just(McpMethods.initialize(request.protocolVersion(), versions)));
  }

  /// {@return every session}
  synchronized List<OpenSession> all() {
    List<OpenSession> all = new ArrayList<>();
    agents.values().forEach(held -> all.addAll(held.sessions.values()));
    return all;
  }

  /// Ends the sessions of an agent whose key is revoked: their ids name nothing any more, what was
  /// called under them is refused, and their open streams are closed.
  void end(AgentId agent) {
    for (OpenSession session : all()) {
      if (session.agent().equals(agent)) {
        forget(agent, session.getId(), new Refusal.Unauthenticated());
        Thread.startVirtualThread(session::close); // waits for a client that does not read
      }
    }
  }

  /// Puts a new session into its place.
  synchronized void admit(Seat seat, OpenSession session) {
    seat.giveBack();
    agents.computeIfAbsent(seat.agent, _ -> new Held()).sessions.put(session.getId(), session);
  }

  /// The client has ended it: the id names nothing any more, and what was called under it is taken
  /// back.
  void forget(AgentId agent, String id) {
    forget(agent, id, new Refusal.Cancelled());
  }

  /// The first reason counts: a session that is ended is closed later, too.
  private synchronized void forget(AgentId agent, String id, Refusal reason) {
    Optional.ofNullable(agents.get(agent))
        .map(held -> held.sessions.remove(id))
        .ifPresent(
            session -> {
              calls.endAll(id, reason);
              session.end();
            });
  }

  private static String clientName(InitializeRequest request) {
    Implementation client = request.clientInfo();
    return Presented.nameIn(
        JsonNodeFactory.instance
            .objectNode()
            .put("name", client == null || client.name() == null ? "" : client.name()));
  }

  /// MCP 2025-11-25, "URL Mode Elicitation Requests"; what declares neither mode can show forms
  /// only.
  private static Interaction interaction(InitializeRequest request) {
    ClientCapabilities can = request.capabilities();
    boolean asks = can != null && can.elicitation() != null;
    return Interaction.opening(asks && can.elicitation().url() != null);
  }

  private BoundSession open(Seat seat, String clientName, Interaction interaction) {
    var session =
        new BoundSession(
            RandomName.of("session_", random),
            seat.agent,
            clientName,
            interaction,
            requests,
            notifications,
            id -> forget(seat.agent, id));
    admit(seat, session);
    return session;
  }

  private boolean makeRoom(Held held) {
    Optional<OpenSession> idle =
        held.sessions.values().stream().filter(session -> !session.busy()).findFirst();
    idle.ifPresent(OpenSession::close);
    return idle.isPresent();
  }

  /// Room for one session, held while a request that may open one is under way.
  final class Seat implements AutoCloseable {
    private final AgentId agent;
    private boolean held = true;

    private Seat(AgentId agent) {
      this.agent = agent;
    }

    @Override
    public void close() {
      giveBack();
    }

    private void giveBack() {
      synchronized (AgentSessions.this) {
        Held place = agents.get(agent);
        if (held && place != null) {
          place.seats--;
          held = false;
        }
      }
    }
  }
}
