package dev.keyward.server.task;

import static java.lang.System.Logger.Level.WARNING;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Approvals;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.CallId;
import dev.keyward.call.CallIds;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Caller;
import dev.keyward.call.Cancellation;
import dev.keyward.call.Refusal;
import dev.keyward.call.RunId;
import dev.keyward.call.TaskId;
import dev.keyward.catalog.ToolCatalog;
import dev.keyward.redaction.Redacted;
import dev.keyward.redaction.Redactor;
import dev.keyward.server.audit.AuditRecords;
import dev.keyward.server.audit.Ending;
import dev.keyward.server.identity.AgentSession;
import dev.keyward.server.identity.Identity;
import dev.keyward.server.limits.CallLimits;
import dev.keyward.server.pipeline.Answer;
import dev.keyward.server.pipeline.IncomingCall;
import dev.keyward.server.pipeline.Interaction;
import dev.keyward.server.pipeline.ToolCallPipeline;
import dev.keyward.server.pipeline.Waiting;
import dev.keyward.server.run.Runs;
import dev.keyward.server.stop.Stop;
import dev.keyward.server.stop.Stops;
import dev.keyward.store.Database;
import dev.keyward.store.StoreUnavailable;
import dev.keyward.store.Tx;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The calls that clients follow: a call that waits for people, or takes long, goes on as a task,
/// and its client comes back for the answer (MCP 2026-07-28, extension Tasks).
///
/// A task is its agent's in its run; to anybody else it is unknown. It is durable before its client
/// hears of it, and so is its answer, sealed. The broker that carries the call runs it as soon as
/// people agree. If that broker ends first, the next time the agent asks, whichever broker it asks
/// takes the task over, provided that nothing was sent; else it tells what the record says.
/// Thread-safe; blocks.
public final class Tasks implements AutoCloseable {
  private static final System.Logger log = System.getLogger(Tasks.class.getName());
  private static final int MOST_PER_AGENT = 64;
  private static final int LONGEST_RESULT = 1 << 20;

  /// A call that takes longer is one that takes long.
  private static final Duration SOON = Duration.ofSeconds(2);

  /// From when the call can be expected to have ended.
  private static final Duration KEPT = Duration.ofHours(1);

  private static final Duration POLL_PEOPLE = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration DRAIN = Duration.ofSeconds(5);
  private static final String META = "keyward/call";

  private final Parts parts;
  private final CallIds ids;
  private final TaskSeal seal;
  private final Map<TaskId, Carried> carried = new ConcurrentHashMap<>();
  private final List<Consumer<TaskId>> listeners = new CopyOnWriteArrayList<>();
  private volatile boolean closing;

  /// What tasks need of the rest of the broker.
  ///
  /// @param chain the audit chain of this broker's start
  /// @param seal has a key that serves no other purpose
  /// @param approvalPage where people decide on a request
  /// @param random a secure one
  public record Parts(
      Database database,
      InstantSource clock,
      Identity identity,
      Runs runs,
      Stops stops,
      CallLimits limits,
      Supplier<ToolCatalog> catalog,
      Approvals approvals,
      ToolCallPipeline pipeline,
      Redactor redactor,
      String chain,
      javax.crypto.SecretKey seal,
      Function<ApprovalId, URI> approvalPage,
      RandomGenerator random) {}

  /// Takes up nothing by itself: whose broker has gone is taken over when its agent asks.
  public Tasks(Parts parts) {
    this.parts = parts;
    this.ids = new CallIds(parts.random());
    this.seal = new TaskSeal(parts.seal(), parts.random());
  }

  /// Tells `listener` of each task whose state has changed at this broker. It must be quick.
  public void onChange(Consumer<TaskId> listener) {
    listeners.add(listener);
  }

  private void changed(TaskId task) {
    listeners.forEach(listener -> listener.accept(task));
  }

  /// Carries a call of a client that comes back for the answer.
  public Followed follow(IncomingCall incoming) {
    if (closing || ToolCallPipeline.isOwn(incoming.toolName())) {
      return new Followed.Ended(parts.pipeline().run(incoming.unfollowed()));
    }
    Carried call = new Carried(incoming).start(parts.pipeline()::run);
    Optional<Waiting> waiting = first(call);
    if (!call.answer().isDone()) {
      Optional<Task> begun = begin(call, waiting);
      if (begun.isPresent()) {
        return new Followed.Begun(view(begun.get()));
      }
      waiting.ifPresent(why -> call.call().cancellation().cancel(why.pending()));
    }
    Answer answer = call.answer().join();
    parts.pipeline().told(answer);
    return new Followed.Ended(answer);
  }

  private static Optional<Waiting> first(Carried call) {
    try {
      return call.first(SOON);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      call.call().cancellation().cancel(new Refusal.Cancelled());
      return Optional.empty();
    }
  }

  /// Makes the task durable, if it may be one: else its caller waits as any other.
  private Optional<Task> begin(Carried call, Optional<Waiting> waiting) {
    try {
      AgentSession session = parts.identity().authenticate(call.call().key());
      Task task = task(call.call(), parts.runs().caller(session), waiting);
      if (!parts.database().write(tx -> SqlTasks.add(tx, task, MOST_PER_AGENT))) {
        return Optional.empty();
      }
      if (waiting.isEmpty()) {
        noteWaiting(task.id(), call);
      }
      carry(task, call);
      return Optional.of(task);
    } catch (CallRefused | StoreUnavailable e) {
      return Optional.empty();
    }
  }

  private Task task(IncomingCall call, Caller caller, Optional<Waiting> waiting) {
    Instant now = parts.clock().instant();
    TaskId id = TaskId.random(parts.random());
    Optional<Refusal.Pending> pending = waiting.map(Waiting::pending);
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    request.set("arguments", call.arguments());
    var of = new TaskSeal.Of(id, caller.agent(), caller.run(), TaskSeal.Part.REQUEST);
    return new Task(
        id,
        caller.agent(),
        caller.run(),
        call.id(),
        call.toolName(),
        parts.chain(),
        pending.map(Refusal.Pending::approval),
        pending.filter(each -> asks(call, each)).isPresent(),
        Task.State.OPEN,
        false,
        false,
        now,
        now,
        pending.map(Refusal.Pending::expires).orElse(now).plus(KEPT),
        seal.seal(of, request),
        Optional.empty());
  }

  /// {@return whether the client is to show its user the page of this request}
  private static boolean asks(IncomingCall call, Refusal.Pending pending) {
    return call.interaction().opensPages() && pending.kind() == ApprovalKind.CONFIRM;
  }

  private void carry(Task task, Carried call) {
    carried.put(task.id(), call);
    var _ = call.answer().whenComplete((_, _) -> end(task, call));
  }

  private void noteWaiting(TaskId task, Carried call) {
    var _ = call.waiting().thenAccept(waiting -> waits(task, call, waiting.pending()));
  }

  /// Keeps what came of it. What was ended because this broker ends stays open: the next one that
  /// is asked goes on with it.
  private void end(Task task, Carried call) {
    Answer answer =
        call.answer().isCompletedExceptionally()
            ? unseen(call.call().id(), task, new Refusal.Broken())
            : call.answer().join();
    boolean cancelled = code(answer).equals(new Refusal.Cancelled().code());
    if (closing && cancelled) {
      return;
    }
    try {
      end(task, call.call().id(), answer, cancelled ? Task.State.CANCELLED : Task.State.ENDED);
      carried.remove(task.id(), call);
    } catch (StoreUnavailable e) {
      log.log(WARNING, "the answer of " + task.id() + " waits for the database", e);
    }
  }

  private void end(Task task, CallId call, Answer answer, Task.State state) {
    ObjectNode plain = JsonNodeFactory.instance.objectNode().put("error", answer.error());
    plain.set("text", answer.text().json());
    answer.structured().ifPresent(value -> plain.set("structured", value.json()));
    answer
        .file()
        .ifPresent(
            file -> plain.putObject("file").put("type", file.type()).put("data", file.base64()));
    plain.set("meta", answer.meta().json());
    String sealed = seal.seal(new TaskSeal.Of(task, TaskSeal.Part.RESULT), plain);
    if (sealed.length() > LONGEST_RESULT) {
      end(
          task,
          call,
          unseen(call, task, new Refusal.UpstreamUnusable("is too large for a task")),
          state);
      return;
    }
    var _ =
        parts
            .database()
            .write(tx -> SqlTasks.end(tx, task.id(), call, state, sealed, parts.clock().instant()));
    changed(task.id());
  }

  /// Answers what a client asks about one of its tasks.
  ///
  /// @return how it stands by now
  /// @throws CallRefused if the key is nobody's, the agent is stopped, or the task is not its own
  public TaskView asked(TaskAsked asked) {
    AgentSession session = parts.identity().authenticate(asked.key());
    Caller caller = parts.runs().caller(session);
    refuseStopped(session, caller);
    if (asked.what() != TaskAsked.What.TELL) {
      parts.limits().count(caller);
    }
    Task task = own(asked.task(), caller);
    switch (asked.what()) {
      case LOOK, TELL -> refuseStoppedTool(task, caller);
      case NOTHING -> {}
      case ANSWER -> answered(task);
      case TAKE_BACK -> takeBack(task);
    }
    Task now = goneOn(own(asked.task(), caller), asked);
    TaskView view = view(now);
    if (asked.looks() && !now.told()) {
      told(now, view);
    }
    return view;
  }

  /// What a tool said is not given while it is stopped, as a call of it would not be answered. It
  /// is kept, and can be fetched once the stop is lifted.
  private void refuseStoppedTool(Task task, Caller caller) {
    parts
        .catalog()
        .get()
        .find(task.tool())
        .flatMap(tool -> parts.stops().of(caller, tool.name(), tool.target()))
        .ifPresent(Tasks::refuseStopped);
  }

  private void answered(Task task) {
    write(tx -> SqlTasks.answered(tx, task.id(), parts.clock().instant()));
    changed(task.id());
  }

  private void refuseStopped(AgentSession session, Caller caller) {
    parts
        .stops()
        .of(caller)
        .or(() -> parts.stops().of(session, parts.runs()))
        .ifPresent(Tasks::refuseStopped);
  }

  private static void refuseStopped(Stop stop) {
    throw new CallRefused(new Refusal.Stopped(stop.scope().words(), false));
  }

  private Task own(String named, Caller caller) {
    try {
      var id = new TaskId(named);
      return parts
          .database()
          .read(tx -> SqlTasks.find(tx, id))
          .filter(task -> task.isOf(caller, parts.clock().instant()))
          .orElseThrow(Tasks::unknown);
    } catch (IllegalArgumentException e) {
      throw unknown();
    }
  }

  private static CallRefused unknown() {
    return new CallRefused(new Refusal.InvalidArguments("taskId", "names no task of this run"));
  }

  /// Noted before anything else, so that no broker takes it up again.
  private void takeBack(Task task) {
    if (!task.open()) {
      return;
    }
    write(tx -> SqlTasks.takeBack(tx, task.id()));
    Carried call = carried.get(task.id());
    if (call != null) {
      call.call().cancellation().cancel(new Refusal.Cancelled());
    }
    task.approval().ifPresent(id -> parts.approvals().cancel(id, task.agent(), task.run()));
  }

  private void told(Task task, TaskView view) {
    if (view.stage() instanceof TaskView.Stage.Ended(var answer)) {
      parts.pipeline().told(answer);
    }
    if (!task.open()) {
      write(tx -> SqlTasks.told(tx, task.id()));
    }
  }

  /// Goes on with a task whose broker is gone, where that is known.
  private Task goneOn(Task task, TaskAsked asked) {
    boolean left =
        task.open()
            && !task.chain().equals(parts.chain())
            && parts.database().read(tx -> AuditRecords.isSettled(tx, task.chain()));
    if (!left) {
      return task;
    }
    Optional<Ending> ending = parts.database().read(tx -> AuditRecords.ending(tx, task.call()));
    boolean acted = ending.filter(how -> how != Ending.NOT_SENT).isPresent();
    if (acted) {
      end(task, task.call(), unseen(task.call(), task, lost(task, ending.get())), Task.State.ENDED);
    } else if (task.takenBack()) {
      Answer answer = unseen(task.call(), task, new Refusal.Cancelled());
      end(task, task.call(), answer, Task.State.CANCELLED);
    } else {
      takeOver(task, asked);
    }
    return parts.database().read(tx -> SqlTasks.find(tx, task.id())).orElseThrow(Tasks::unknown);
  }

  private Refusal lost(Task task, Ending ending) {
    boolean changed =
        parts
            .database()
            .read(tx -> AuditRecords.intent(tx, task.call()))
            .filter(intent -> intent.tier().changes())
            .isPresent();
    return ending == Ending.UNKNOWN
        ? new Refusal.OutcomeUnknown()
        : new Refusal.AnswerLost(changed);
  }

  /// Nothing has been sent for it: the same call is carried from its beginning, with the key that
  /// was shown just now. Of several brokers that are asked at once, one does so.
  private void takeOver(Task task, TaskAsked asked) {
    Optional<JsonNode> request =
        seal.open(new TaskSeal.Of(task, TaskSeal.Part.REQUEST), task.request());
    if (request.isEmpty()) {
      end(task, task.call(), unseen(task.call(), task, new Refusal.Broken()), Task.State.ENDED);
      return;
    }
    CallId id = ids.next();
    Instant now = parts.clock().instant();
    boolean mine = parts.database().write(tx -> SqlTasks.adopt(tx, task, id, parts.chain(), now));
    if (mine) {
      var incoming =
          new IncomingCall(
              id,
              asked.key(),
              task.tool(),
              request.get().path("arguments"),
              JsonNodeFactory.instance.objectNode(),
              asked.transport(),
              asked.client(),
              new Interaction(true, task.asks(), Optional.empty(), false),
              new Cancellation(),
              _ -> {});
      var call = new Carried(incoming);
      noteWaiting(task.id(), call);
      carry(task, call);
      call.start(parts.pipeline()::run);
    }
  }

  private void waits(TaskId task, Carried carries, Refusal.Pending pending) {
    IncomingCall call = carries.call();
    write(
        tx ->
            SqlTasks.waits(
                tx,
                task,
                call.id(),
                pending.approval(),
                asks(call, pending),
                pending.expires().plus(KEPT),
                parts.clock().instant()));
    changed(task);
  }

  /// Deletes what is over, and ends calls under way whose task was taken back at another broker or
  /// is gone. To be called every second.
  public void tend() {
    Instant now = parts.clock().instant();
    if (parts.database().read(tx -> SqlTasks.anyDue(tx, now))) {
      write(tx -> SqlTasks.sweep(tx, now));
    }
    if (!carried.isEmpty()) {
      List<Map.Entry<TaskId, Carried>> before = List.copyOf(carried.entrySet());
      Map<TaskId, Boolean> open = parts.database().read(tx -> SqlTasks.carried(tx, parts.chain()));
      before.forEach(each -> tend(each.getKey(), each.getValue(), open));
    }
  }

  private void tend(TaskId id, Carried call, Map<TaskId, Boolean> open) {
    boolean gone = !open.containsKey(id);
    if (gone || open.getOrDefault(id, false)) {
      call.call().cancellation().cancel(new Refusal.Cancelled());
    }
    if (gone) {
      carried.remove(id, call);
    } else if (call.answer().isDone()) {
      parts.database().read(tx -> SqlTasks.find(tx, id)).ifPresent(task -> end(task, call));
    }
  }

  /// Keeps the tasks that wait for a request for as long as it is open, with its change.
  public static void prolong(Tx tx, ApprovalRequest request) {
    RunId run = request.subject().caller().run();
    SqlTasks.prolong(tx, run, request.id(), request.expires().plus(KEPT));
  }

  /// Forgets the tasks of a run, with its end. Their calls end because the run does.
  public static void erase(Tx tx, RunId run) {
    SqlTasks.erase(tx, run);
  }

  /// Ends what waits, and gives what was sent a little time for its outcome.
  @Override
  public void close() {
    closing = true;
    List<Carried> calls = List.copyOf(carried.values());
    calls.forEach(call -> call.call().cancellation().cancel(new Refusal.Cancelled()));
    CompletableFuture<?>[] answers =
        calls.stream().map(Carried::answer).toArray(CompletableFuture[]::new);
    try {
      var _ = CompletableFuture.allOf(answers).get(DRAIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      log.log(WARNING, "a call was left under way; the next start closes it", e);
    }
  }

  private TaskView view(Task task) {
    TaskView.Stage stage = stage(task);
    boolean people = stage instanceof TaskView.Stage.Waiting;
    return new TaskView(
        task.id(),
        task.call(),
        task.created(),
        task.updated(),
        Duration.between(task.created(), task.expires()),
        people ? POLL_PEOPLE : POLL,
        stage);
  }

  private TaskView.Stage stage(Task task) {
    return switch (task.state()) {
      case CANCELLED -> new TaskView.Stage.Cancelled();
      case ENDED -> new TaskView.Stage.Ended(answer(task));
      case OPEN ->
          task.approval()
              .flatMap(parts.approvals()::find)
              .filter(request -> request.state().undecided())
              .<TaskView.Stage>map(request -> waiting(task, request))
              .orElseGet(() -> new TaskView.Stage.Working(words("The call is under way.")));
    };
  }

  private TaskView.Stage waiting(Task task, ApprovalRequest request) {
    String words =
        "Waiting for people: approval " + request.id() + ", open until " + request.expires() + ".";
    Optional<URI> page =
        task.asks() ? Optional.of(parts.approvalPage().apply(request.id())) : Optional.empty();
    return new TaskView.Stage.Waiting(request.id(), words(words), page);
  }

  private Redacted words(String text) {
    return parts.redactor().scrub(text);
  }

  /// What was kept has been scrubbed; secrets that the broker has come to hold since are taken out
  /// of it too.
  private Answer answer(Task task) {
    Optional<JsonNode> kept =
        task.result()
            .flatMap(stored -> seal.open(new TaskSeal.Of(task, TaskSeal.Part.RESULT), stored));
    try {
      return kept.map(plain -> answer(task, plain))
          .orElseGet(() -> unseen(task.call(), task, new Refusal.Withheld()));
    } catch (Redactor.Uncertain e) {
      return unseen(task.call(), task, new Refusal.Withheld());
    }
  }

  private Answer answer(Task task, JsonNode plain) {
    Redactor redactor = parts.redactor();
    var answer =
        new Answer(
            task.call(),
            plain.path("error").asBoolean(true),
            redactor.scrubHeld(plain.path("text")),
            Optional.ofNullable(plain.get("structured")).map(redactor::scrubHeld),
            redactor.scrubHeld(plain.path("meta")));
    JsonNode file = plain.path("file");
    return file.isObject() ? withFile(task, answer, file) : answer;
  }

  private Answer withFile(Task task, Answer answer, JsonNode file) {
    byte[] bytes = Base64.getDecoder().decode(file.path("data").asString(""));
    return parts
        .redactor()
        .file(file.path("type").asString(""), bytes, List.of())
        .map(answer::with)
        .orElseGet(() -> unseen(task.call(), task, new Refusal.Withheld()));
  }

  private Answer unseen(CallId call, Task task, Refusal refusal) {
    return parts.pipeline().unseen(call, task.tool(), refusal);
  }

  private static String code(Answer answer) {
    return answer.meta().json().path(META).path("code").asString("");
  }

  private void write(Database.Work<?> work) {
    var _ = parts.database().write(work);
  }
}
