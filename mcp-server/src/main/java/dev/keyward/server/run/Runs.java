package dev.keyward.server.run;

import dev.keyward.approvals.ApprovalState;
import dev.keyward.approvals.Approvals;
import dev.keyward.call.AgentId;
import dev.keyward.call.Caller;
import dev.keyward.call.RunId;
import dev.keyward.server.identity.Agent;
import dev.keyward.server.identity.AgentSession;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The standing runs: one per agent key, shared by all its connections.
///
/// It is opened by the key's first call and ends after 30 idle minutes or 8 hours, whichever comes
/// first; a request to people keeps it open until that request's own expiry. Thread-safe.
public final class Runs {
  private static final Duration IDLE = Duration.ofMinutes(30);
  private static final Duration LONGEST = Duration.ofHours(8);
  private static final Duration NOTED_EVERY = Duration.ofMinutes(1);
  private static final Set<ApprovalState> UNDECIDED =
      Set.of(ApprovalState.PENDING, ApprovalState.PARTIAL, ApprovalState.APPROVED);
  private static final int MANY = 10_000;

  private final Database database;
  private final Approvals approvals;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final RunListener listener;
  private final Map<String, Standing> byKey = new ConcurrentHashMap<>();

  /// What is told of each change, inside its transaction.
  @FunctionalInterface
  public interface RunListener {
    void append(Tx tx, RunChange change);
  }

  /// Takes up the runs that were open when the broker stopped.
  public Runs(
      Database database,
      Approvals approvals,
      InstantSource clock,
      RandomGenerator random,
      RunListener listener) {
    this.database = database;
    this.approvals = approvals;
    this.clock = clock;
    this.random = random;
    this.listener = listener;
    stored().forEach(run -> byKey.put(run.keyId, run));
  }

  /// {@return who calls: the agent in its standing run, which is opened if there is none}
  public Caller caller(AgentSession session) {
    Instant now = clock.instant();
    Standing run =
        byKey.compute(
            session.keyId(),
            (_, open) -> open == null || over(open, now) ? replace(open, session) : open.used(now));
    note(run, now);
    Agent agent = session.agent();
    return new Caller(
        agent.id(), agent.type(), agent.workspace(), agent.owner(), run.id, Optional.empty());
  }

  /// {@return whether this run still goes on; asked again before anything is sent}
  public boolean open(AgentSession session, RunId run) {
    Standing standing = byKey.get(session.keyId());
    return standing != null && standing.id.equals(run);
  }

  /// Ends all runs of an agent, at once.
  public void endAll(AgentId agent, String why) {
    byKey.values().stream().filter(run -> run.agent.equals(agent)).forEach(run -> end(run, why));
  }

  /// Ends what has been idle or open for too long. To be called now and then.
  public void endDue() {
    Instant now = clock.instant();
    byKey.values().stream().filter(run -> over(run, now)).forEach(run -> end(run, why(run, now)));
  }

  private boolean over(Standing run, Instant now) {
    boolean due = !now.isBefore(run.opened.plus(LONGEST)) || !now.isBefore(run.used.plus(IDLE));
    return due && !somethingPending(run, now);
  }

  private boolean somethingPending(Standing run, Instant now) {
    return approvals.list(UNDECIDED, MANY).stream()
        .filter(request -> now.isBefore(request.expires()))
        .anyMatch(request -> request.subject().caller().run().equals(run.id));
  }

  private static String why(Standing run, Instant now) {
    return now.isBefore(run.opened.plus(LONGEST)) ? "idle" : "too_long";
  }

  private Standing replace(@Nullable Standing over, AgentSession session) {
    Instant now = clock.instant();
    var run =
        new Standing(RunId.random(random), session.agent().id(), session.keyId(), now, now, now);
    database.write(
        tx -> {
          if (over != null) {
            close(tx, over, why(over, now));
          }
          insert(tx, run);
          listener.append(tx, new RunChange.Opened(run.id, run.agent, now.plus(LONGEST)));
          return run;
        });
    return run;
  }

  private void end(Standing run, String why) {
    byKey.computeIfPresent(
        run.keyId,
        (_, open) -> {
          if (!open.id.equals(run.id)) {
            return open;
          }
          database.write(
              tx -> {
                close(tx, run, why);
                return run;
              });
          return null;
        });
  }

  private void close(Tx tx, Standing run, String why) {
    tx.sql()
        .createUpdate("UPDATE runs SET ended_at = :at, why = :why WHERE id = :id")
        .bind("at", clock.millis())
        .bind("why", why)
        .bind("id", run.id.value())
        .execute();
    approvals.cancelRun(tx, run.id);
    listener.append(tx, new RunChange.Ended(run.id, run.agent, why));
  }

  /// A crash costs at most a minute of a run's idle time, so this need not be waited for.
  private void note(Standing run, Instant now) {
    if (now.isBefore(run.noted.plus(NOTED_EVERY))) {
      return;
    }
    byKey.computeIfPresent(run.keyId, (_, open) -> open.noted(now));
    var _ =
        database.submit(
            tx ->
                tx.sql()
                    .createUpdate("UPDATE runs SET used_at = :at WHERE id = :id")
                    .bind("at", now.toEpochMilli())
                    .bind("id", run.id.value())
                    .execute());
  }

  private static void insert(Tx tx, Standing run) {
    tx.sql()
        .createUpdate(
            """
            INSERT INTO runs (id, agent, key_id, opened_at, used_at)
            VALUES (:id, :agent, :key, :opened, :used)""")
        .bind("id", run.id.value())
        .bind("agent", run.agent.value())
        .bind("key", run.keyId)
        .bind("opened", run.opened.toEpochMilli())
        .bind("used", run.used.toEpochMilli())
        .execute();
  }

  private List<Standing> stored() {
    return database.read(
        tx ->
            tx.sql()
                .createQuery("SELECT * FROM runs WHERE ended_at IS NULL")
                .map(
                    (row, _) ->
                        new Standing(
                            new RunId(row.getString("id")),
                            new AgentId(row.getString("agent")),
                            row.getString("key_id"),
                            Instant.ofEpochMilli(row.getLong("opened_at")),
                            Instant.ofEpochMilli(row.getLong("used_at")),
                            Instant.ofEpochMilli(row.getLong("used_at"))))
                .list());
  }

  private record Standing(
      RunId id, AgentId agent, String keyId, Instant opened, Instant used, Instant noted) {
    Standing used(Instant now) {
      return new Standing(id, agent, keyId, opened, now, noted);
    }

    Standing noted(Instant now) {
      return new Standing(id, agent, keyId, opened, used, now);
    }
  }
}
