package dev.keyward.server.transport;

import dev.keyward.call.AgentId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What each agent keeps in memory with requests that are under way: read, worked on or answered.
/// Thread-safe.
///
/// Without a bound one agent fills the memory for all of them, with bodies that it does not finish
/// or answers that it does not read.
final class AgentLoad {
  /// What an agent may have under way: four times what it may call and wait for at once.
  static final int MAX_REQUESTS = 512;

  /// How much all of it may weigh.
  static final int MAX_BYTES = 32 << 20;

  private final Map<AgentId, Total> agents = new HashMap<>(); // guarded by this

  private static final class Total {
    private int requests;
    private int bytes;
  }

  /// Takes on one request more.
  ///
  /// @param bytes how large its body is, or may become
  /// @return empty if that is too much
  synchronized Optional<Share> take(AgentId agent, int bytes) {
    Total total = agents.computeIfAbsent(agent, _ -> new Total());
    if (total.requests >= MAX_REQUESTS || total.bytes + bytes > MAX_BYTES) {
      return Optional.empty(); // there is something under way, so the total stays
    }
    total.requests++;
    total.bytes += bytes;
    return Optional.of(new Share(agent, bytes));
  }

  /// One request under way, until it is closed.
  final class Share implements AutoCloseable {
    private final AgentId agent;
    private int bytes;
    private boolean closed;

    private Share(AgentId agent, int bytes) {
      this.agent = agent;
      this.bytes = bytes;
    }

    /// The body has been read, and is no larger than this.
    void shrink(int to) {
      synchronized (AgentLoad.this) {
        if (!closed && to < bytes) {
          total().bytes -= bytes - to;
          bytes = to;
        }
      }
    }

    @Override
    public void close() {
      synchronized (AgentLoad.this) {
        if (closed) {
          return;
        }
        closed = true;
        Total total = total();
        total.requests--;
        total.bytes -= bytes;
        if (total.requests == 0) {
          agents.remove(agent);
        }
      }
    }

    private Total total() {
      return agents.computeIfAbsent(agent, _ -> new Total());
    }
  }
}
