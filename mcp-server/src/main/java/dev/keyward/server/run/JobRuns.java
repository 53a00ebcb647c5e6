package dev.keyward.server.run;

import dev.keyward.approvals.Approvals;
import dev.keyward.call.AgentId;
import dev.keyward.call.Caller;
import dev.keyward.call.RunId;
import dev.keyward.redaction.Secret;
import dev.keyward.server.identity.Agent;
import dev.keyward.server.identity.AgentSession;
import dev.keyward.server.identity.Agents;
import dev.keyward.server.identity.Epoch;
import dev.keyward.server.identity.KeyForm;
import dev.keyward.server.identity.RunTokens;
import dev.keyward.server.identity.SubjectTokens;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// The runs that were opened for one job, each with a token of its own.
///
/// A run lives while it is open, in time, its agent lives, and so does every run that it was opened
/// in. What is in memory counts for one value of the [Epoch]. Thread-safe.
public final class JobRuns implements RunTokens {
  private static final int MOST_OPEN_PER_AGENT = 256;

  private final Database database;
  private final Approvals approvals;
  private final Agents agents;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Runs.RunListener listener;
  private final SubjectTokens subjects;
  private final Object showing = new Object();
  private volatile Picture picture;

  /// Takes up the runs that are open.
  public JobRuns(
      Database database,
      Approvals approvals,
      Agents agents,
      InstantSource clock,
      RandomGenerator random,
      Runs.RunListener listener,
      SubjectTokens subjects,
      Epoch epoch) {
    this.database = database;
    this.approvals = approvals;
    this.agents = agents;
    this.clock = clock;
    this.random = random;
    this.listener = listener;
    this.subjects = subjects;
    this.picture = database.read(tx -> read(tx, Epoch.read(tx), Map.of()));
    epoch.add(this::reread);
  }

  /// A run that has just been opened, and its token, which is known nowhere else.
  public record Opened(JobRun run, Secret token) {}

  @Override
  public Optional<AgentSession> holder(String hash) {
    return Optional.ofNullable(picture.byToken.get(hash))
        .flatMap(run -> chain(run.id()))
        .map(RunChain::own)
        .map(
            own ->
                new AgentSession(
                    own.agent(),
                    own.run().token(),
                    own.run().expires(),
                    Optional.empty(),
                    own.run().delegator(),
                    Optional.empty(),
                    Optional.of(own.run().id())));
  }

  /// {@return the run with all that it was opened in; empty unless all of them live}
  Optional<RunChain> chain(RunId id) {
    Picture now = picture;
    Instant at = clock.instant();
    List<RunChain.Link> links = new ArrayList<>();
    for (Optional<RunId> next = Optional.of(id); next.isPresent(); ) {
      JobRun run = now.byId.get(next.get());
      if (run == null || !at.isBefore(run.expires())) {
        return Optional.empty();
      }
      Optional<Agent> agent = agents.live(run.agent());
      Optional<Agent> opener = run.opener().flatMap(agents::live);
      if (agent.isEmpty() || opener.isPresent() != run.opener().isPresent()) {
        return Optional.empty();
      }
      links.add(new RunChain.Link(run, agent.get(), opener));
      next = run.parent();
    }
    return Optional.of(new RunChain(links));
  }

  /// {@return who else is around a call: the agents of the runs that its run was opened in, each in
  /// its run, and whoever opened them; the agent itself, too, where it is in another run}
  List<Caller> around(Caller caller) {
    return chain(caller.run()).stream()
        .flatMap(chain -> chain.links().stream())
        .flatMap(link -> link.callers().stream())
        .filter(other -> !isSame(other, caller))
        .toList();
  }

  private static boolean isSame(Caller one, Caller other) {
    return one.agent().equals(other.agent()) && one.run().equals(other.run());
  }

  /// {@return the open run of this name}
  Optional<JobRun> find(RunId id) {
    return Optional.ofNullable(picture.byId.get(id));
  }

  /// {@return the open runs, oldest first}
  List<JobRun> all() {
    return picture.inOrder;
  }

  /// Opens a run that has been found to be no wider than it may be.
  Opened open(Draft draft) {
    Secret token = KeyForm.RUN.random(random);
    return database.write(tx -> open(tx, draft, token));
  }

  private Opened open(Tx tx, Draft draft, Secret token) {
    AgentId lead = lead(draft);
    tx.lock("job runs of " + lead);
    draft.parent().ifPresent(parent -> requireOpen(tx, parent));
    if (JobRunRows.openOf(tx, lead) >= MOST_OPEN_PER_AGENT) {
      throw new RunRefused(
          RunRefused.Why.TOO_MANY, "too many runs of this agent are open; end some first");
    }
    JobRun run = draft.named(RunId.random(random), KeyForm.hash(token), held(draft));
    JobRunRows.insert(tx, run);
    ShownIds.note(tx, run.id(), draft.given());
    draft.subject().ifPresent(shown -> subjects.opened(tx, run.id(), shown));
    listener.append(tx, new RunChange.JobOpened(run));
    refreshAfterCommit(tx);
    return new Opened(run, token);
  }

  private List<HeldGrant> held(Draft draft) {
    return draft.grants().stream().map(grant -> JobRunRows.held(grant, random)).toList();
  }

  private static void requireOpen(Tx tx, RunId parent) {
    tx.lock("end of " + parent);
    if (!JobRunRows.isOpen(tx, parent)) {
      throw new RunRefused(RunRefused.Why.UNKNOWN, "the run that this was to be in has ended");
    }
  }

  /// Runs in a run are those of whoever leads there, so that helpers are no way to more.
  private AgentId lead(Draft draft) {
    return draft
        .parent()
        .flatMap(this::chain)
        .map(chain -> chain.caller().lead())
        .orElseGet(() -> draft.opener().orElse(draft.agent()));
  }

  /// Gives an open run one more grant.
  ///
  /// @return the run as it is then; empty if it has ended, or can be given no more
  Optional<JobRun> widen(Tx tx, RunId id, Grant grant) {
    tx.lock("end of " + id);
    return open(tx, id)
        .filter(JobRun::canBeGivenMore)
        .map(
            run -> {
              HeldGrant held = JobRunRows.held(grant, random);
              JobRunRows.insert(tx, id, run.grants().size(), held);
              refreshAfterCommit(tx);
              return run.with(held);
            });
  }

  /// {@return until when a run has this very grant; empty if it has not}
  Optional<Instant> given(Tx tx, RunId id, Grant grant, Instant now) {
    tx.lock("end of " + id);
    return open(tx, id).stream()
        .flatMap(run -> run.granted().stream())
        .flatMap(held -> held.until().filter(end -> isLike(held, grant.until(end))).stream())
        .filter(now::isBefore)
        .max(Instant::compareTo);
  }

  private Optional<JobRun> open(Tx tx, RunId id) {
    return JobRunRows.allOpen(tx, picture.grants).stream()
        .filter(run -> run.id().equals(id))
        .findFirst();
  }

  private static boolean isLike(Grant one, Grant other) {
    return GrantJson.write(one).equals(GrantJson.write(other));
  }

  /// Ends a run and all that was opened in it, at once.
  ///
  /// @return whether it was open
  boolean end(RunId id, String why) {
    return end(run -> run.id().equals(id), why);
  }

  /// Ends all runs of an agent, and those that it opened.
  void endAll(AgentId agent, String why) {
    end(run -> run.agent().equals(agent) || run.opener().equals(Optional.of(agent)), why);
  }

  /// Ends every run.
  void endAll(String why) {
    end(_ -> true, why);
  }

  /// Ends what is past its time.
  void endDue() {
    Instant now = clock.instant();
    if (picture.inOrder.stream().anyMatch(run -> !now.isBefore(run.expires()))) {
      end(run -> !now.isBefore(run.expires()), "expired");
    }
  }

  private boolean end(Predicate<JobRun> which, String why) {
    return database.write(
        tx -> {
          boolean some = false;
          while (endSome(tx, which, why)) {
            some = true;
          }
          if (some) {
            refreshAfterCommit(tx);
          }
          return some;
        });
  }

  /// What is within a run that has just been ended comes with the next turn, opened meanwhile or
  /// not.
  private boolean endSome(Tx tx, Predicate<JobRun> which, String why) {
    List<JobRun> open = JobRunRows.allOpen(tx, picture.grants);
    Set<RunId> ids = open.stream().map(JobRun::id).collect(Collectors.toSet());
    boolean some = false;
    for (JobRun run : open) {
      boolean within = run.parent().filter(parent -> !ids.contains(parent)).isPresent();
      if (within || which.test(run)) {
        some |= close(tx, run, within ? "outer_ended" : why);
      }
    }
    return some;
  }

  private boolean close(Tx tx, JobRun run, String why) {
    tx.lock("end of " + run.id());
    if (!JobRunRows.close(tx, run.id(), clock.millis(), why)) {
      return false;
    }
    GrantUses.forget(tx, run.id());
    approvals.cancelRun(tx, run.id());
    listener.append(tx, new RunChange.Ended(run.id(), run.agent(), why));
    return true;
  }

  /// Read inside the transaction, after the epoch: what a picture of a later epoch shows, too.
  private void refreshAfterCommit(Tx tx) {
    Picture next = read(tx, Epoch.advance(tx), picture.grants);
    tx.afterCommit(() -> show(next));
  }

  private Runnable reread(Tx tx, long epoch) {
    Picture next = read(tx, epoch, picture.grants);
    return () -> show(next);
  }

  /// Pictures never go back in time.
  private void show(Picture next) {
    synchronized (showing) {
      if (next.epoch > picture.epoch) {
        picture = next;
      }
    }
  }

  private static Picture read(Tx tx, long epoch, Map<String, HeldGrant> known) {
    return Picture.of(epoch, JobRunRows.allOpen(tx, known));
  }

  private record Picture(
      long epoch,
      List<JobRun> inOrder,
      Map<String, JobRun> byToken,
      Map<RunId, JobRun> byId,
      Map<String, HeldGrant> grants) {
    private static Picture of(long epoch, List<JobRun> open) {
      Map<String, JobRun> byToken = new HashMap<>();
      Map<RunId, JobRun> byId = new HashMap<>();
      Map<String, HeldGrant> grants = new HashMap<>();
      for (JobRun run : open) {
        byToken.put(run.token(), run);
        byId.put(run.id(), run);
        run.grants().forEach(held -> grants.put(held.id(), held));
      }
      return new Picture(
          epoch, List.copyOf(open), Map.copyOf(byToken), Map.copyOf(byId), Map.copyOf(grants));
    }
  }
}
