package dev.keyward.server.unusual;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.keyward.call.AgentId;
import dev.keyward.call.Caller;
import dev.keyward.call.Refusal;
import dev.keyward.call.RunId;
import dev.keyward.call.ToolName;
import dev.keyward.catalog.ToolCall;
import dev.keyward.store.Database;
import dev.keyward.store.StoreUnavailable;
import dev.keyward.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// What each agent does, counted in memory and kept in the database, and what is unusual about it.
///
/// Counts are saved every second, and read anew every minute, so that they survive a restart and
/// are soon those of all processes together. Thread-safe, but for [#save].
public final class Behaviour {
  private static final int MOST_AGENTS = 10_000;
  private static final Duration REREAD = Duration.ofMinutes(1);
  private static final Duration ONCE_IN = Duration.ofHours(1);

  private final Database database;
  private final InstantSource clock;
  private final UnusualSettings settings;
  private final Detectors detectors;
  private final FindingListener listener;
  private final List<StopListener> stops = new CopyOnWriteArrayList<>();
  private final Map<Told, Instant> told = new ConcurrentHashMap<>();
  private final LoadingCache<AgentId, History> histories =
      Caffeine.newBuilder().maximumSize(MOST_AGENTS).build(this::read);
  private Instant reread;

  /// What is told of each finding, in a transaction.
  @FunctionalInterface
  public interface FindingListener {
    void append(Tx tx, ToolCall call, Finding finding);
  }

  /// Stops the run or the agent, for [Reaction#PAUSE] and [Reaction#STOP]; what is stopped already
  /// stays so.
  @FunctionalInterface
  public interface StopListener {
    void stop(Caller caller, Finding finding);
  }

  /// One finding an hour of one detector about one tool in a run is enough.
  private record Told(AgentId agent, RunId run, ToolName tool, Detector detector) {}

  /// Reads what is counted when it is asked about.
  public Behaviour(
      Database database, InstantSource clock, UnusualSettings settings, FindingListener listener) {
    this.database = database;
    this.clock = clock;
    this.settings = settings;
    this.detectors = new Detectors(settings);
    this.listener = listener;
    this.reread = clock.instant();
  }

  /// Has `stop` stop runs and agents.
  public void onStop(StopListener stop) {
    stops.add(stop);
  }

  /// Counts a call that is about to be decided on, and records what is unusual about it.
  public void called(ToolCall call) {
    whose(call.caller()).forEach(agent -> history(agent).called(clock.instant()));
    for (Finding finding : findings(call)) {
      tell(call, finding);
    }
  }

  /// Counts a call that was sent.
  public void sent(ToolCall call) {
    Deed deed = Deed.of(call);
    for (AgentId agent : whose(call.caller())) {
      known(agent).ifPresent(history -> history.sent(deed, clock.instant()));
    }
  }

  /// Counts a refusal, if it is one that an honest agent rarely meets, for whoever set the agent
  /// off: else it could have any agent stopped by what it has it do.
  public void refused(Caller caller, Refusal refusal) {
    if (denies(refusal)) {
      known(caller.lead()).ifPresent(History::denied);
    }
  }

  /// {@return what is unusual about a call, as things stand: for the agent, and for whoever set it
  /// off}
  public List<Finding> findings(ToolCall call) {
    Deed deed = Deed.of(call);
    Instant now = clock.instant();
    return whose(call.caller()).stream()
        .flatMap(agent -> detectors.find(history(agent), deed, now).stream())
        .distinct()
        .toList();
  }

  /// {@return whether anything that can be found has people asked}
  public boolean mayAsk() {
    return settings.reactions().values().stream().anyMatch(of -> of.asks().isPresent());
  }

  /// Saves what has been counted, and now and then reads what others have. To be called every
  /// second, and at the end.
  public void save() {
    Instant now = clock.instant();
    boolean again = Duration.between(reread, now).abs().compareTo(REREAD) >= 0;
    histories.asMap().forEach((agent, history) -> save(agent, history, again));
    if (again) {
      reread = now;
      prune(now);
    }
  }

  private static boolean denies(Refusal refusal) {
    return refusal instanceof Refusal.UnknownTool
        || refusal instanceof Refusal.DeniedByPolicy
        || refusal instanceof Refusal.OutsideGrants
        || refusal instanceof Refusal.NotApproved
        || refusal instanceof Refusal.HandleRefused
        || refusal instanceof Refusal.SecretInArguments;
  }

  /// What an agent has another do is its own doing, too.
  private static Set<AgentId> whose(Caller caller) {
    Set<AgentId> whose = new LinkedHashSet<>();
    whose.add(caller.agent());
    whose.add(caller.lead());
    return whose;
  }

  /// Whoever is stopped for a streak of denied calls begins anew when it is resumed, so that each
  /// streak is a finding of its own. The stop comes first: it is not lost with the record.
  private void tell(ToolCall call, Finding finding) {
    Caller caller = call.caller();
    var once = new Told(caller.agent(), caller.run(), call.tool().name(), finding.detector());
    boolean stop = finding.reaction().stops();
    if (!due(once) && !(stop && finding.detector() == Detector.DENIED_STREAK)) {
      return;
    }
    if (stop) {
      history(caller.lead()).forgive();
      stops.forEach(listening -> listening.stop(caller, finding));
    }
    told.put(once, clock.instant());
    var _ =
        database.submit(
            tx -> {
              listener.append(tx, call, finding);
              return finding;
            });
  }

  private boolean due(Told finding) {
    Instant last = told.get(finding);
    return last == null || Duration.between(last, clock.instant()).abs().compareTo(ONCE_IN) >= 0;
  }

  private History history(AgentId agent) {
    return histories.get(agent);
  }

  /// What has happened already is not undone because it cannot be counted.
  private Optional<History> known(AgentId agent) {
    try {
      return Optional.of(history(agent));
    } catch (StoreUnavailable e) {
      return Optional.empty();
    }
  }

  private History read(AgentId agent) {
    var history = new History();
    history.reread(database.read(tx -> stored(tx, agent)));
    return history;
  }

  private void save(AgentId agent, History history, boolean again) {
    List<History.Count> unsaved = history.takeUnsaved();
    if (!unsaved.isEmpty()) {
      try {
        database.write(tx -> add(tx, agent, unsaved));
      } catch (RuntimeException e) {
        history.putBack(unsaved);
        throw e;
      }
    }
    if (again) {
      history.reread(database.read(tx -> stored(tx, agent)));
    }
  }

  private static int add(Tx tx, AgentId agent, List<History.Count> counts) {
    for (History.Count count : counts) {
      tx.update(
          "INSERT INTO behaviour (agent, what, slot, count) VALUES (?, ?, ?, ?)"
              + " ON CONFLICT (agent, what, slot)"
              + " DO UPDATE SET count = behaviour.count + excluded.count",
          agent.value(),
          count.of().what(),
          count.of().slot(),
          count.count());
    }
    return counts.size();
  }

  private static List<History.Count> stored(Tx tx, AgentId agent) {
    return tx.sql()
        .createQuery("SELECT what, slot, count FROM behaviour WHERE agent = :agent")
        .bind("agent", agent.value())
        .map(
            (row, _) ->
                new History.Count(
                    new History.Slot(row.getString("what"), row.getLong("slot")),
                    row.getLong("count")))
        .list();
  }

  private void prune(Instant now) {
    told.values().removeIf(at -> Duration.between(at, now).abs().compareTo(ONCE_IN) >= 0);
    database.write(
        tx ->
            tx.sql()
                .execute(
                    "DELETE FROM behaviour WHERE (what = ? AND slot < ?) OR (what = ? AND slot <"
                        + " ?)",
                    History.CALLS,
                    History.hour(now) - History.KEPT_HOURS,
                    History.WRITES,
                    History.minute(now) - History.KEPT_MINUTES));
  }
}
