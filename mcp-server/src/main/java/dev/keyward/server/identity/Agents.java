package dev.keyward.server.identity;

import dev.keyward.call.AgentId;
import dev.keyward.call.PersonId;
import dev.keyward.redaction.Secret;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/// The agents and their keys, in the database and, for speed, in one immutable picture of it.
///
/// Every change makes a new picture once it is durable, so that the next request refuses a revoked
/// key; changes of other processes arrive through [Epoch]. Thread-safe.
public final class Agents {
  private final Database database;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final AgentListener listener;
  private final List<Consumer<AgentId>> revocations = new CopyOnWriteArrayList<>();
  private final List<Consumer<AgentId>> losses = new CopyOnWriteArrayList<>();
  private final List<Runnable> toolChanges = new CopyOnWriteArrayList<>();
  private final Object showing = new Object();
  private volatile Picture picture;

  /// What is told of each change, inside its transaction.
  @FunctionalInterface
  public interface AgentListener {
    void append(Tx tx, AgentChange change);
  }

  /// Reads what is stored.
  public Agents(
      Database database,
      InstantSource clock,
      RandomGenerator random,
      AgentListener listener,
      Epoch epoch) {
    this.database = database;
    this.clock = clock;
    this.random = random;
    this.listener = listener;
    this.picture = database.read(tx -> read(tx, Epoch.read(tx)));
    epoch.add(this::reread);
  }

  /// One agent as lists show it: whether it still may call, and until when its newest key lives.
  public record Listed(
      Agent agent, Instant created, boolean revoked, Optional<Instant> keyExpires) {}

  /// Adds an agent and makes its first key, which is returned once and never stored.
  ///
  /// @throws IllegalArgumentException if the name is taken, by a revoked agent too
  public Secret add(Agent agent, Duration keyLifetime) {
    return database.write(
        tx -> {
          insertNew(tx, agent);
          Instant expires = clock.instant().plus(keyLifetime);
          listener.append(tx, new AgentChange.Added(agent, Optional.of(expires)));
          return newKey(tx, agent.id(), expires);
        });
  }

  /// Adds an agent that has no key: it comes with tokens of a trusted issuer.
  ///
  /// @throws IllegalArgumentException if the name is taken, by a revoked agent too
  public void addWithoutKey(Agent agent) {
    database.write(
        tx -> {
          insertNew(tx, agent);
          listener.append(tx, new AgentChange.Added(agent, Optional.empty()));
          refreshAfterCommit(tx);
          return agent;
        });
  }

  /// Makes a new key and revokes the ones before it, at once.
  ///
  /// @throws IllegalArgumentException if there is no such agent, or it is revoked
  public Secret rotate(AgentId agent, Duration keyLifetime) {
    Secret key =
        database.write(
            tx -> {
              lock(tx, agent);
              requireLive(tx, agent);
              revokeKeys(tx, agent);
              Instant expires = clock.instant().plus(keyLifetime);
              listener.append(tx, new AgentChange.Rotated(agent, expires));
              return newKey(tx, agent, expires);
            });
    tellRevoked(agent);
    return key;
  }

  /// Lets an agent see these tools and no others: at its next request, and for what of a request
  /// under way has not been sent.
  ///
  /// @throws IllegalArgumentException if there is no such agent, or it is revoked
  public void changeTools(AgentId agent, ToolScope tools) {
    database.write(
        tx -> {
          lock(tx, agent);
          requireLive(tx, agent);
          tx.sql()
              .createUpdate("UPDATE agents SET tools = :tools WHERE id = :id")
              .bind("tools", String.join(" ", tools.written()))
              .bind("id", agent.value())
              .execute();
          listener.append(tx, new AgentChange.ToolsChanged(agent, tools));
          refreshAfterCommit(tx);
          return agent;
        });
  }

  /// Ends an agent: no key of it opens anything from now on.
  ///
  /// @throws IllegalArgumentException if there is no such agent, or it is revoked already
  public void revoke(AgentId agent) {
    database.write(
        tx -> {
          lock(tx, agent);
          requireLive(tx, agent);
          revokeKeys(tx, agent);
          tx.sql()
              .createUpdate("UPDATE agents SET revoked_at = :at WHERE id = :id")
              .bind("at", clock.millis())
              .bind("id", agent.value())
              .execute();
          listener.append(tx, new AgentChange.Revoked(agent));
          refreshAfterCommit(tx);
          return agent;
        });
    tellRevoked(agent);
  }

  /// {@return every agent, by name, revoked ones included}
  public List<Listed> list() {
    return database.read(
        tx ->
            tx.sql()
                .createQuery(
                    """
                    SELECT a.*, (SELECT MAX(k.expires_at) FROM agent_keys k
                      WHERE k.agent = a.id AND k.revoked_at IS NULL) AS key_expires
                    FROM agents a ORDER BY a.id\
                    """)
                .map((row, _) -> listed(row))
                .list());
  }

  /// Calls `listener` whenever keys of an agent have been revoked.
  public void onRevoked(Consumer<AgentId> listener) {
    revocations.add(listener);
  }

  /// Calls `listener` with every agent that is revoked, or of whose keys one counts no longer,
  /// whichever process revoked it.
  public void onKeyLost(Consumer<AgentId> listener) {
    losses.add(listener);
  }

  /// Calls `listener` whenever an agent may see other tools, whichever process has said so. The
  /// database waits for it, so it returns at once.
  public void onOtherTools(Runnable listener) {
    toolChanges.add(listener);
  }

  /// {@return the agent of this name, unless it is revoked}
  public Optional<Agent> live(AgentId agent) {
    return Optional.ofNullable(picture.agents.get(agent));
  }

  /// {@return whether the agent that has shown a token is live, and the token has not ended}
  boolean tokenLives(AgentSession session) {
    return live(session.agent().id()).isPresent() && clock.instant().isBefore(session.expires());
  }

  /// {@return the agent that holds the key with this hash, while key and agent live}
  Optional<AgentSession> holder(String hash) {
    Picture now = picture;
    StoredKey key = now.keys.get(hash);
    if (key == null || !clock.instant().isBefore(key.expires)) {
      return Optional.empty();
    }
    return Optional.ofNullable(now.agents.get(key.agent))
        .map(agent -> AgentSession.ofKey(agent, hash, key.expires));
  }

  private void tellRevoked(AgentId agent) {
    revocations.forEach(listener -> listener.accept(agent));
  }

  private void insertNew(Tx tx, Agent agent) {
    lock(tx, agent.id());
    if (exists(tx, agent.id())) {
      throw new IllegalArgumentException("an agent of that name exists already");
    }
    insert(tx, agent);
  }

  private void insert(Tx tx, Agent agent) {
    tx.sql()
        .createUpdate(
            """
            INSERT INTO agents (id, type, workspace, owner, tools, tool_names, created_at)
            VALUES (:id, :type, :workspace, :owner, :tools, :toolNames, :at)\
            """)
        .bind("id", agent.id().value())
        .bind("type", agent.type())
        .bind("workspace", agent.workspace())
        .bind("owner", agent.owner().value())
        .bind("tools", String.join(" ", agent.tools().written()))
        .bind("toolNames", agent.toolNames().wire())
        .bind("at", clock.millis())
        .execute();
  }

  private Secret newKey(Tx tx, AgentId agent, Instant expires) {
    Secret key = KeyForm.AGENT.random(random);
    tx.sql()
        .createUpdate(
            """
            INSERT INTO agent_keys (hash, agent, created_at, expires_at)
            VALUES (:hash, :agent, :at, :expires)\
            """)
        .bind("hash", KeyForm.hash(key))
        .bind("agent", agent.value())
        .bind("at", clock.millis())
        .bind("expires", expires.toEpochMilli())
        .execute();
    refreshAfterCommit(tx);
    return key;
  }

  private void revokeKeys(Tx tx, AgentId agent) {
    tx.sql()
        .createUpdate(
            "UPDATE agent_keys SET revoked_at = :at WHERE agent = :agent AND revoked_at IS NULL")
        .bind("at", clock.millis())
        .bind("agent", agent.value())
        .execute();
  }

  private static boolean exists(Tx tx, AgentId agent) {
    return tx.sql()
        .createQuery("SELECT 1 FROM agents WHERE id = :id")
        .bind("id", agent.value())
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  private static void requireLive(Tx tx, AgentId agent) {
    boolean live =
        tx.sql()
            .createQuery("SELECT 1 FROM agents WHERE id = :id AND revoked_at IS NULL")
            .bind("id", agent.value())
            .mapTo(Integer.class)
            .findOne()
            .isPresent();
    if (!live) {
      throw new IllegalArgumentException("there is no live agent of that name");
    }
  }

  /// One change of an agent at a time, whichever process makes it.
  private static void lock(Tx tx, AgentId agent) {
    tx.lock("agent " + agent);
  }

  /// Read inside the transaction, after the epoch: what a picture of a later epoch shows, too.
  private void refreshAfterCommit(Tx tx) {
    Picture next = read(tx, Epoch.advance(tx));
    tx.afterCommit(() -> show(next));
  }

  private Runnable reread(Tx tx, long epoch) {
    Picture next = read(tx, epoch);
    return () -> show(next);
  }

  /// Pictures never go back in time.
  private void show(Picture next) {
    Picture before;
    synchronized (showing) {
      before = picture;
      if (next.epoch <= before.epoch) {
        return;
      }
      picture = next;
    }
    Stream.concat(
            before.keys.entrySet().stream()
                .filter(key -> !next.keys.containsKey(key.getKey()))
                .map(key -> key.getValue().agent),
            before.agents.keySet().stream().filter(agent -> !next.agents.containsKey(agent)))
        .distinct()
        .forEach(agent -> losses.forEach(listener -> listener.accept(agent)));
    if (next.agents.values().stream().anyMatch(agent -> seesOther(before, agent))) {
      toolChanges.forEach(Runnable::run);
    }
  }

  private static boolean seesOther(Picture before, Agent agent) {
    Agent known = before.agents.get(agent.id());
    return known != null && !known.tools().equals(agent.tools());
  }

  private static Picture read(Tx tx, long epoch) {
    Map<AgentId, Agent> agents = new HashMap<>();
    tx.sql()
        .createQuery("SELECT * FROM agents WHERE revoked_at IS NULL")
        .map((row, _) -> agent(row))
        .forEach(agent -> agents.put(agent.id(), agent));
    Map<String, StoredKey> keys = new HashMap<>();
    tx.sql()
        .createQuery("SELECT hash, agent, expires_at FROM agent_keys WHERE revoked_at IS NULL")
        .map((row, _) -> Map.entry(row.getString("hash"), key(row)))
        .forEach(entry -> keys.put(entry.getKey(), entry.getValue()));
    return new Picture(epoch, Map.copyOf(agents), Map.copyOf(keys));
  }

  private static StoredKey key(ResultSet row) throws SQLException {
    return new StoredKey(
        new AgentId(row.getString("agent")), Instant.ofEpochMilli(row.getLong("expires_at")));
  }

  private static Listed listed(ResultSet row) throws SQLException {
    row.getLong("revoked_at");
    boolean revoked = !row.wasNull();
    long expires = row.getLong("key_expires");
    Optional<Instant> keyExpires =
        row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(expires));
    Instant created = Instant.ofEpochMilli(row.getLong("created_at"));
    return new Listed(agent(row), created, revoked, keyExpires);
  }

  private static Agent agent(ResultSet row) throws SQLException {
    String tools = row.getString("tools");
    return new Agent(
        new AgentId(row.getString("id")),
        row.getString("type"),
        row.getString("workspace"),
        new PersonId(row.getString("owner")),
        ToolScope.of(tools.isEmpty() ? List.of() : List.of(tools.split(" ", -1))),
        ToolNames.parse(row.getString("tool_names")));
  }

  private record StoredKey(AgentId agent, Instant expires) {}

  private record Picture(long epoch, Map<AgentId, Agent> agents, Map<String, StoredKey> keys) {}
}
