package dev.keyward.server.run;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import dev.keyward.approvals.ApprovalState;
import dev.keyward.approvals.Approvals;
import dev.keyward.call.AgentId;
import dev.keyward.call.CallId;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Caller;
import dev.keyward.call.GrantPart;
import dev.keyward.call.Refusal;
import dev.keyward.call.RunId;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCall;
import dev.keyward.server.identity.Agent;
import dev.keyward.server.identity.AgentSession;
import dev.keyward.server.identity.Epoch;
import dev.keyward.server.identity.SubjectTokens;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jdbi.v3.core.statement.DefinedAttributeTemplateEngine;
import org.jdbi.v3.core.statement.TemplateEngine;
import org.jspecify.annotations.Nullable;

/// In which run a call is: the one whose token it comes with, or the standing run of its key.
///
/// A standing run is shared by all connections of its key. It is opened by the key's first call and
/// ends after 30 idle minutes or 8 hours, whichever comes first; a request to people keeps it open
/// until that request's own expiry. Thread-safe.
public final class Runs {
  private static final Duration IDLE = Duration.ofMinutes(30);
  private static final Duration LONGEST = Duration.ofHours(8);
  private static final Duration NOTED_EVERY = Duration.ofMinutes(1);
  private static final Set<ApprovalState> UNDECIDED =
      Set.of(ApprovalState.PENDING, ApprovalState.PARTIAL, ApprovalState.APPROVED);
  private static final int MANY = 10_000;

  /// Puts a list into a statement; one engine, so that what it has parsed is found again.
  private static final TemplateEngine LISTS = new DefinedAttributeTemplateEngine();

  private final Database database;
  private final Approvals approvals;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final RunListener listener;
  private final SubjectTokens subjects;
  private final JobRuns jobs;
  private final Predicate<RunId> paused;
  private final Map<String, Standing> byKey = new ConcurrentHashMap<>();

  /// What is told of each change, inside its transaction.
  @FunctionalInterface
  public interface RunListener {
    void append(Tx tx, RunChange change);
  }

  /// Takes up the runs that were open when the broker stopped.
  ///
  /// @param paused whether a run waits to be resumed: then it does not end by itself
  public Runs(
      Database database,
      JobRuns jobs,
      Predicate<RunId> paused,
      Approvals approvals,
      InstantSource clock,
      RandomGenerator random,
      RunListener listener,
      SubjectTokens subjects,
      Epoch epoch) {
    this.database = database;
    this.jobs = jobs;
    this.paused = paused;
    this.approvals = approvals;
    this.clock = clock;
    this.random = random;
    this.listener = listener;
    this.subjects = subjects;
    database.read(tx -> allOpen(tx)).forEach(run -> byKey.put(run.keyId, run));
    epoch.add((tx, _) -> reread(tx));
  }

  /// {@return who calls: the agent in its standing run, which is opened if there is none}
  ///
  /// @throws CallRefused with [Refusal.Unauthenticated] if the run of the token has just ended
  public Caller caller(AgentSession session) {
    if (session.run().isPresent()) {
      return jobs.chain(session.run().get())
          .map(RunChain::caller)
          .orElseThrow(() -> new CallRefused(new Refusal.Unauthenticated()));
    }
    Instant now = clock.instant();
    Standing run =
        byKey.compute(
            session.keyId(),
            (_, open) -> open == null || over(open, now) ? replace(open, session) : open.used(now));
    note(run, now);
    session.subject().ifPresent(token -> subjects.shown(run.id, token));
    Agent agent = session.agent();
    return new Caller(
        agent.id(), agent.type(), agent.workspace(), agent.owner(), run.id, session.delegator());
  }

  /// {@return whether this run still goes on; asked again before anything is sent}
  public boolean open(AgentSession session, RunId run) {
    if (session.run().isPresent()) {
      return jobs.chain(run).isPresent();
    }
    Standing standing = byKey.get(session.keyId());
    return standing != null && standing.id.equals(run);
  }

  /// {@return whether a run goes on, as `tx` sees it}
  public static boolean open(Tx tx, RunId run) {
    return JobRunRows.isOpen(tx, run)
        || tx.sql()
            .createQuery("SELECT 1 FROM runs WHERE id = :id AND ended_at IS NULL")
            .bind("id", run.value())
            .mapTo(Integer.class)
            .findOne()
            .isPresent();
  }

  /// {@return what a run was opened for, in the words of whoever opened it; a standing run was not}
  public Optional<String> purpose(RunId run) {
    return database.read(tx -> JobRunRows.purpose(tx, run));
  }

  /// {@return the runs that go on, whichever process opened them}
  public OpenRuns open() {
    Map<AgentId, List<RunId>> standing =
        database.read(tx -> allOpen(tx)).stream()
            .collect(groupingBy(Standing::agent, mapping(Standing::id, toList())));
    Map<AgentId, List<RunChain>> opened =
        jobs.all().stream()
            .flatMap(run -> jobs.chain(run.id()).stream())
            .collect(groupingBy(chain -> chain.own().run().agent()));
    return new OpenRuns(standing, opened, clock.instant());
  }

  /// {@return why no call of `tool` fits into what was granted to this run, or to one that it was
  /// opened in; asked for lists and for calls}
  public Optional<GrantPart> outside(AgentSession session, Tool tool) {
    return session.run().isEmpty()
        ? Optional.empty()
        : jobs.chain(session.run().get())
            .<Optional<GrantPart>>map(chain -> chain.fault(tool, clock.instant()))
            .orElse(Optional.of(GrantPart.WINDOW));
  }

  /// {@return why the call may not go on to policy: it does not fit into the grants of its run, or
  /// would change something in one that only proposes; counts are looked at in [#plan]}
  public Optional<Refusal> refusal(AgentSession session, ToolCall call) {
    if (session.run().isEmpty()) {
      return Optional.empty();
    }
    return jobs.chain(session.run().get())
        .map(chain -> refusal(chain, call))
        .orElse(Optional.of(new Refusal.Unauthenticated()));
  }

  /// {@return the same, of a call that nobody makes; a standing run has no grants}
  public Optional<Refusal> refusal(ToolCall call) {
    return jobs.chain(call.caller().run()).flatMap(chain -> refusal(chain, call));
  }

  private Optional<Refusal> refusal(RunChain chain, ToolCall call) {
    Optional<Refusal> outside = chain.fault(call, clock.instant()).map(Refusal.OutsideGrants::new);
    boolean proposes = chain.advisory() && call.tool().tier().changes();
    return outside.isEmpty() && proposes ? Optional.of(new Refusal.Proposed()) : outside;
  }

  /// {@return the agent with all that are around it: those of the runs that its run was opened in,
  /// and whoever opened them}
  public Collection<Agent> agents(AgentSession session) {
    return session
        .run()
        .flatMap(jobs::chain)
        .map(RunChain::agents)
        .orElseGet(() -> Set.of(session.agent()));
  }

  /// {@return the agent that set off what happens in this session: [Caller#lead], without opening a
  /// run}
  public AgentId lead(AgentSession session) {
    return session
        .run()
        .flatMap(jobs::chain)
        .map(chain -> chain.caller().lead())
        .orElseGet(() -> session.agent().id());
  }

  /// {@return the run of a token with all that it was opened in; the standing run of a key, if it
  /// has one}
  public Collection<RunId> nested(AgentSession session) {
    if (session.run().isEmpty()) {
      return Stream.ofNullable(byKey.get(session.keyId())).map(Standing::id).toList();
    }
    return jobs.chain(session.run().get())
        .map(chain -> chain.links().stream().map(link -> link.run().id()).toList())
        .orElseGet(List::of);
  }

  /// {@return whether this is a run that people could give more}
  public boolean bounded(AgentSession session) {
    return session.run().flatMap(jobs::find).filter(run -> !run.grants().isEmpty()).isPresent();
  }

  /// {@return whether calls are counted against a grant}
  public boolean counts(AgentSession session) {
    return session.run().flatMap(jobs::chain).filter(RunChain::counts).isPresent();
  }

  /// {@return what `call` takes of the grants of its run and of those that it was opened in, or why
  /// it may not run; to be followed by [#take] in the same unit}
  public GrantUses.Taking plan(Tx tx, AgentSession session, ToolCall call) {
    Optional<Refusal> refusal = refusal(session, call);
    Optional<RunChain> chain = session.run().flatMap(jobs::chain);
    if (refusal.isPresent()) {
      return GrantUses.Taking.refused(refusal.get());
    }
    return chain
        .map(found -> GrantUses.plan(tx, found, call, clock.instant()))
        .orElseGet(GrantUses.Taking::nothing);
  }

  /// Takes what was planned.
  public void take(Tx tx, CallId call, GrantUses.Taking taking) {
    GrantUses.take(tx, call, taking);
  }

  /// Ends what a call has taken.
  ///
  /// @param sent whether anything may have been sent; if not, what it took is given back
  public void ended(Tx tx, CallId call, boolean sent) {
    GrantUses.end(tx, call, sent);
  }

  /// Ends all runs of an agent, at once, whichever process opened them.
  public void endAll(AgentId agent, String why) {
    jobs.endAll(agent, why);
    database.read(tx -> allOpen(tx)).stream()
        .filter(run -> run.agent.equals(agent))
        .forEach(run -> end(run, _ -> Optional.of(why)));
  }

  /// Ends every run, whichever process opened it.
  public void endAll(String why) {
    jobs.endAll(why);
    database.read(tx -> allOpen(tx)).forEach(run -> end(run, _ -> Optional.of(why)));
  }

  /// Ends one run, if it is open, and what was opened in it, whichever process opened it.
  public void end(RunId id, String why) {
    jobs.end(id, why);
    database.read(tx -> allOpen(tx)).stream()
        .filter(run -> run.id.equals(id))
        .forEach(run -> end(run, _ -> Optional.of(why)));
  }

  /// Ends what has been idle or open for too long. To be called now and then.
  public void endDue() {
    jobs.endDue();
    Instant now = clock.instant();
    Set<Standing> due = new HashSet<>(byKey.values());
    due.addAll(database.read(tx -> leftBehind(tx, now)));
    for (Standing run : due) {
      if (over(run, now)) {
        end(run, stored -> over(stored, now) ? Optional.of(why(stored, now)) : Optional.empty());
      }
    }
  }

  private boolean over(Standing run, Instant now) {
    boolean due = !now.isBefore(run.opened.plus(LONGEST)) || !now.isBefore(run.used.plus(IDLE));
    return due && !paused.test(run.id) && !somethingPending(run, now);
  }

  private boolean somethingPending(Standing run, Instant now) {
    return approvals.list(UNDECIDED, MANY).stream()
        .filter(request -> now.isBefore(request.expires()))
        .anyMatch(request -> request.subject().caller().run().equals(run.id));
  }

  private static String why(Standing run, Instant now) {
    return now.isBefore(run.opened.plus(LONGEST)) ? "idle" : "too_long";
  }

  /// Joins the run that another process has opened for this key, or opens one.
  private Standing replace(@Nullable Standing over, AgentSession session) {
    Instant now = clock.instant();
    return database.write(
        tx -> {
          lock(tx, session.keyId());
          Optional<Standing> stored = openOf(tx, session.keyId()).map(run -> run.notBefore(over));
          if (stored.isPresent() && !over(stored.get(), now)) {
            return stored.get().used(now);
          }
          stored.ifPresent(run -> close(tx, run, why(run, now)));
          return open(tx, session, now);
        });
  }

  private Standing open(Tx tx, AgentSession session, Instant now) {
    var run =
        new Standing(RunId.random(random), session.agent().id(), session.keyId(), now, now, now);
    insert(tx, run);
    listener.append(tx, new RunChange.Opened(run.id, run.agent, now.plus(LONGEST)));
    return run;
  }

  /// Ends a run if `why` gives a reason for it as it is stored, used by whichever process.
  private void end(Standing run, Function<Standing, Optional<String>> why) {
    byKey.compute(
        run.keyId,
        (_, known) -> {
          boolean mine = known != null && known.id.equals(run.id);
          Optional<Standing> stays =
              database.write(
                  tx -> {
                    lock(tx, run.keyId);
                    Optional<Standing> stored =
                        openOf(tx, run.keyId)
                            .filter(found -> found.id.equals(run.id))
                            .map(found -> found.notBefore(mine ? known : null));
                    Optional<String> reason = stored.flatMap(why);
                    reason.ifPresent(text -> close(tx, stored.orElseThrow(), text));
                    return stored.filter(_ -> reason.isEmpty());
                  });
          return mine ? stays.orElse(null) : known;
        });
  }

  /// Takes out of memory what another process has ended.
  private Runnable reread(Tx tx) {
    List<String> known = byKey.values().stream().map(run -> run.id.value()).toList();
    if (known.isEmpty()) {
      return () -> {};
    }
    Set<String> ended =
        tx.sql()
            .createQuery("SELECT id FROM runs WHERE ended_at IS NOT NULL AND id IN (<known>)")
            .setTemplateEngine(LISTS)
            .bindList("known", known)
            .mapTo(String.class)
            .set();
    return () -> byKey.values().removeIf(run -> ended.contains(run.id.value()));
  }

  /// One run for each key, whichever process opens or ends it.
  private static void lock(Tx tx, String keyId) {
    tx.lock("run " + keyId);
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
    Epoch.advance(tx);
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
                    .createUpdate("UPDATE runs SET used_at = :at WHERE id = :id AND used_at < :at")
                    .bind("at", now.toEpochMilli())
                    .bind("id", run.id.value())
                    .execute());
  }

  private static void insert(Tx tx, Standing run) {
    tx.sql()
        .createUpdate(
            """
            INSERT INTO runs (id, agent, key_id, opened_at, used_at)
            VALUES (:id, :agent, :key, :opened, :used)\
            """)
        .bind("id", run.id.value())
        .bind("agent", run.agent.value())
        .bind("key", run.keyId)
        .bind("opened", run.opened.toEpochMilli())
        .bind("used", run.used.toEpochMilli())
        .execute();
  }

  private static Optional<Standing> openOf(Tx tx, String keyId) {
    return tx.sql()
        .createQuery("SELECT * FROM runs WHERE key_id = :key AND ended_at IS NULL")
        .bind("key", keyId)
        .map((row, _) -> standing(row))
        .findOne();
  }

  private static List<Standing> allOpen(Tx tx) {
    return tx.sql()
        .createQuery("SELECT * FROM runs WHERE ended_at IS NULL")
        .map((row, _) -> standing(row))
        .list();
  }

  /// What no process uses any more; each notes what it uses within a minute.
  private static List<Standing> leftBehind(Tx tx, Instant now) {
    return tx.sql()
        .createQuery(
            """
            SELECT * FROM runs
            WHERE ended_at IS NULL AND (used_at < :idle OR opened_at < :longest)\
            """)
        .bind("idle", now.minus(IDLE).minus(NOTED_EVERY).toEpochMilli())
        .bind("longest", now.minus(LONGEST).toEpochMilli())
        .map((row, _) -> standing(row))
        .list();
  }

  private static Standing standing(ResultSet row) throws SQLException {
    Instant used = Instant.ofEpochMilli(row.getLong("used_at"));
    return new Standing(
        new RunId(row.getString("id")),
        new AgentId(row.getString("agent")),
        row.getString("key_id"),
        Instant.ofEpochMilli(row.getLong("opened_at")),
        used,
        used);
  }

  private record Standing(
      RunId id, AgentId agent, String keyId, Instant opened, Instant used, Instant noted) {
    Standing used(Instant now) {
      return new Standing(id, agent, keyId, opened, now, noted);
    }

    /// What is stored may be a minute behind what this process knows of the same run.
    Standing notBefore(@Nullable Standing known) {
      return known != null && known.id.equals(id) && known.used.isAfter(used)
          ? used(known.used)
          : this;
    }

    Standing noted(Instant now) {
      return new Standing(id, agent, keyId, opened, used, now);
    }
  }
}
