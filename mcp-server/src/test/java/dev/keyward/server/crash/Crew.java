package dev.keyward.server.crash;

import dev.keyward.server.AgentClient;
import dev.keyward.server.Called;
import dev.keyward.server.Reviewer;
import dev.keyward.server.control.OperatorError;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/// Agents, people and an operator, all at work at once until their broker is killed; after its next
/// start they go on where they were.
final class Crew {
  private static final List<Job.Kind> KINDS = List.of(Job.Kind.values());
  private static final int AGENTS = 3;
  private static final int THREADS_PER_AGENT = 4;
  private static final String OWNER = "olga";
  private static final List<String> REVIEWERS = List.of("rex", "rita");

  private final Ledger ledger;
  private final Random random;
  private final Map<Integer, Job> jobs = new ConcurrentHashMap<>();
  private final AtomicInteger numbers = new AtomicInteger();
  private final List<AgentClient> agents = new ArrayList<>();
  private final Map<Integer, Queue<Job>> unfinished = new ConcurrentHashMap<>(); // by agent
  private final Map<Job, String> asked = new ConcurrentHashMap<>(); // the approval of a job
  private final Map<String, Reviewer> people = new ConcurrentHashMap<>();
  private final Map<String, BlockingQueue<String>> inboxes = new ConcurrentHashMap<>();
  private final Queue<URI> links = new ConcurrentLinkedQueue<>();
  private final List<Thread> working = new ArrayList<>();
  private volatile Optional<BrokerProcess> broker = Optional.empty();
  private volatile boolean stopped;

  /// @param seed of what they decide to do
  Crew(Ledger ledger, long seed) {
    this.ledger = ledger;
    this.random = new Random(seed);
  }

  /// {@return every job begun, by its number}
  Map<Integer, Job> jobs() {
    return Map.copyOf(jobs);
  }

  /// Adds people and agents to a new broker.
  void enlist(BrokerProcess first) {
    broker = Optional.of(first);
    signIn(OWNER, List.of());
    REVIEWERS.forEach(name -> signIn(name, List.of("reviewer")));
    for (int number = 0; number < AGENTS; number++) {
      String name = "agent-" + number;
      var key =
          first.operate(
              "agent.add", Map.of("name", name, "owner", OWNER, "tools", List.of("desk.*")));
      agents.add(new AgentClient(name, () -> now().agents(), key.path("key").stringValue()));
      unfinished.put(number, new ConcurrentLinkedQueue<>());
    }
  }

  /// From now on this is the broker.
  void greet(BrokerProcess next) {
    broker = Optional.of(next);
  }

  /// Everybody begins to work with this broker.
  void work(BrokerProcess with) {
    greet(with);
    stopped = false;
    agents.forEach(agent -> agent.with(agent.key()));
    for (int i = 0; i < AGENTS * THREADS_PER_AGENT; i++) {
      int agent = i % AGENTS;
      begin(() -> doJobs(agent));
    }
    people.keySet().forEach(name -> begin(() -> decide(name)));
    begin(this::operate);
  }

  /// Waits until everybody has noticed that the broker is gone.
  void rest() throws InterruptedException {
    stopped = true;
    for (Thread thread : working) {
      thread.join(TimeUnit.SECONDS.toMillis(60));
      if (thread.isAlive()) {
        throw new IllegalStateException("somebody still waits for a broker that is dead");
      }
    }
    working.clear();
  }

  /// {@return whose session did not survive}
  List<String> signedOut() {
    return people.entrySet().stream()
        .filter(person -> person.getValue().get("/approvals").statusCode() != 200)
        .map(person -> "the session of " + person.getKey() + " is lost")
        .toList();
  }

  private void signIn(String name, List<String> roles) {
    var added = now().operate("person.add", Map.of("name", name, "roles", roles));
    URI link = URI.create(added.path("link").stringValue());
    people.put(name, Reviewer.signIn(() -> now().people(), link).orElseThrow());
    inboxes.put(name, new LinkedBlockingQueue<>());
    ledger.personAdded(name);
    ledger.linkUsed(link);
  }

  private void begin(Runnable shift) {
    working.add(
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    shift.run();
                  } catch (UncheckedIOException | IllegalStateException | OperatorError e) {
                    if (!stopped && now().lives()) {
                      ledger.surprise("a living broker did not answer: " + e);
                    }
                  }
                }));
  }

  private void doJobs(int agent) {
    Queue<Job> mine = Objects.requireNonNull(unfinished.get(agent));
    while (!stopped) {
      Job again = mine.poll();
      Job job = again == null ? newJob(agent) : again;
      try {
        advance(agents.get(agent), job, again != null);
      } catch (UncheckedIOException e) {
        mine.add(job);
        throw e;
      }
    }
  }

  private Job newJob(int agent) {
    int number = numbers.incrementAndGet();
    Job.Kind kind;
    boolean repeats;
    synchronized (random) {
      kind = KINDS.get(random.nextInt(KINDS.size()));
      repeats = random.nextInt(5) == 0;
    }
    var job = new Job(number, kind, agents.get(agent).name(), repeats);
    jobs.put(number, job);
    return job;
  }

  /// Calls until there is a result, or nothing more to hope for.
  ///
  /// @param again whether an answer has been lost
  private void advance(AgentClient agent, Job job, boolean again) {
    if (again && job.kind() == Job.Kind.FREE_WRITE && !job.repeats()) {
      return; // may have been done
    }
    while (!stopped) {
      Called answer = agent.call(job.tool(), job.arguments());
      if (answer.status() == 503) { // before the call was looked at
        ledger.unavailable();
        pause();
        continue;
      }
      ledger.answered(job, answer);
      switch (answer.code()) {
        case "ok",
            "upstream_error",
            "upstream_unusable",
            "outcome_unknown",
            "identical_call_unknown",
            "withheld", // the database was gone when the answer was to be scrubbed
            "not_approved" -> {
          return;
        }
        case "pending" -> {
          String before = asked.put(job, answer.approval());
          boolean second = before != null && !before.equals(answer.approval());
          if (second && !job.repeats()) {
            return; // the first may have been used
          }
          if (!agreed(agent, job, answer.approval())) {
            return;
          }
        }
        case "too_many",
            "too_many_questions",
            "audit_unavailable",
            "identical_call_open" -> // its intent was on disk after all, until the broker closes it
            pause();
        default -> {
          if (!stopped) {
            ledger.surprise(job + " was answered " + answer.code() + ": " + answer.text());
          }
          return;
        }
      }
    }
  }

  private boolean agreed(AgentClient agent, Job job, String approval) {
    List<String> askWhom = job.kind() == Job.Kind.DUAL ? REVIEWERS : List.of(OWNER);
    askWhom.forEach(name -> inbox(name).add(approval));
    while (!stopped) {
      Called told = agent.awaitApproval(approval, 1);
      if (told.status() == 503) {
        ledger.unavailable();
        pause();
        continue;
      }
      switch (told.code()) {
        case "pending", "too_many" -> {}
        case "audit_unavailable" -> {
          ledger.unavailable();
          pause();
        }
        case "approved" -> {
          ledger.toldApproved(approval);
          return true;
        }
        default -> {
          return told.code().equals("used");
        }
      }
    }
    return true;
  }

  private void decide(String name) {
    BlockingQueue<String> inbox = inbox(name);
    while (!stopped) {
      String approval = take(inbox);
      if (approval.isEmpty()) {
        continue;
      }
      boolean approve = Math.floorMod(approval.hashCode(), 10) != 0;
      try {
        Reviewer person = Objects.requireNonNull(people.get(name));
        int status = approve ? person.approve(approval) : person.deny(approval, "no");
        if (status == 303) {
          ledger.voted(approval, name, approve);
        } else if (status == 503) {
          ledger.unavailable();
          inbox.add(approval);
          pause();
        }
      } catch (UncheckedIOException e) {
        inbox.add(approval);
        throw e;
      }
    }
  }

  private void operate() {
    while (!stopped) {
      try {
        changeThings();
      } catch (OperatorError e) {
        if (!now().lives() || !String.valueOf(e.getMessage()).contains("database cannot")) {
          throw e;
        }
        ledger.unavailable();
      }
      pause();
    }
  }

  private void changeThings() {
    useLinks();
    String name = "person-" + numbers.incrementAndGet();
    var added = now().operate("person.add", Map.of("name", name));
    ledger.personAdded(name);
    links.add(URI.create(added.path("link").stringValue()));
    int version =
        now()
            .operate("secret.rotate", Map.of("name", "desk#token", "value", "desk-key-" + name))
            .path("version")
            .intValue();
    ledger.secretStored(version);
  }

  /// Two people with the same link at the same moment; a link whose answer was lost is tried again.
  private void useLinks() {
    for (URI link = links.peek(); link != null; link = links.peek()) {
      URI wanted = link;
      List<Thread> both =
          IntStream.range(0, 2)
              .mapToObj(_ -> Thread.ofVirtual().unstarted(() -> use(wanted)))
              .toList();
      both.forEach(Thread::start);
      both.forEach(Crew::join);
      if (stopped || !now().lives()) {
        return;
      }
      links.remove(link);
    }
  }

  private void use(URI link) {
    try {
      if (Reviewer.signIn(() -> now().people(), link).isPresent()) {
        ledger.linkUsed(link);
      }
    } catch (UncheckedIOException e) {
      // the broker died, or is about to be found dead by its caller
    }
  }

  private BlockingQueue<String> inbox(String name) {
    return Objects.requireNonNull(inboxes.get(name));
  }

  private BrokerProcess now() {
    return broker.orElseThrow();
  }

  private static String take(BlockingQueue<String> inbox) {
    try {
      String next = inbox.poll(20, TimeUnit.MILLISECONDS);
      return next == null ? "" : next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void pause() {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(30));
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
