package dev.keyward.server.transport;

import dev.keyward.call.AgentId;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.CallId;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Refusal;
import dev.keyward.call.TaskId;
import dev.keyward.redaction.KnownSecrets;
import dev.keyward.redaction.Redacted;
import dev.keyward.redaction.Redactor;
import dev.keyward.redaction.Secret;
import dev.keyward.server.pipeline.Answer;
import dev.keyward.server.pipeline.IncomingCall;
import dev.keyward.server.pipeline.Waiting;
import dev.keyward.server.task.Followed;
import dev.keyward.server.task.TaskAsked;
import dev.keyward.server.task.TaskView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// A broker of a few tools: `crm.echo` gives its arguments back, `crm.wait` waits to be released,
/// `crm.ask` too and says for what, `crm.explode` throws, `crm.pending` waits for a person, and any
/// other name is unknown.
final class ScriptedBroker implements Broker {
  /// A value that must not come out anywhere.
  static final String CANARY = "sk_live_canary_51Hxyz";

  static final String KEY_TEXT = "kw_agent_" + "a".repeat(43);
  static final String OTHER_KEY_TEXT = "kw_agent_" + "b".repeat(43);
  static final Secret KEY = Secret.of(KEY_TEXT);
  static final Secret OTHER_KEY = Secret.of(OTHER_KEY_TEXT);
  static final AgentId AGENT = new AgentId("triage");
  static final AgentId OTHER = new AgentId("finance");

  /// Of another agent: this one may not see it.
  static final String INVISIBLE = "stripe.create_refund";

  private static final Refusal.Pending PENDING =
      new Refusal.Pending(
          new ApprovalId("apr_" + "0".repeat(26)), ApprovalKind.CONFIRM, Instant.EPOCH);

  private final Redactor redactor = new Redactor(() -> KnownSecrets.of(List.of()));
  private final Map<Secret, AgentId> agents = new ConcurrentHashMap<>();
  private final Map<String, TaskView> tasks = new ConcurrentHashMap<>();
  private final Semaphore waiting = new Semaphore(0);
  private final CountDownLatch released = new CountDownLatch(1);
  private volatile boolean failing;

  /// Every call, in the order of arrival.
  final List<IncomingCall> calls = new CopyOnWriteArrayList<>();

  ScriptedBroker() {
    agents.put(KEY, AGENT);
    agents.put(OTHER_KEY, OTHER);
  }

  void revoke(Secret key) {
    agents.remove(key);
  }

  /// Gives [#AGENT] a further key.
  void alsoAccept(Secret key) {
    agents.put(key, AGENT);
  }

  /// Knows a further agent.
  void accept(Secret key, AgentId agent) {
    agents.put(key, agent);
  }

  /// From now on nothing can be looked up.
  void fail() {
    failing = true;
  }

  /// Waits until so many calls have come to `crm.wait` since the last time.
  void awaitWaiting(int count) throws InterruptedException {
    waiting.acquire(count);
  }

  /// Lets every call of `crm.wait` end.
  void release() {
    released.countDown();
  }

  @Override
  public AgentId authenticate(Secret key) {
    if (failing) {
      throw new IllegalStateException("jdbc failed: " + CANARY);
    }
    return Optional.ofNullable(agents.get(key))
        .orElseThrow(() -> new CallRefused(new Refusal.Unauthenticated()));
  }

  @Override
  public Redacted listTools(Secret key) {
    authenticate(key);
    var tools = JsonNodeFactory.instance.arrayNode();
    for (String name : List.of("crm.echo", "crm.explode", "crm.pending", "crm.wait")) {
      var tool = tools.addObject().put("name", name).put("description", "A tool.");
      tool.putObject("inputSchema").put("type", "object");
      tool.putObject("annotations").put("readOnlyHint", true);
    }
    return redactor.scrub(tools);
  }

  @Override
  public RunAnswer run(Secret key, RunAsked asked) {
    authenticate(key);
    return new RunAnswer(
        404, redactor.scrub(JsonNodeFactory.instance.objectNode()), Optional.empty(), 0);
  }

  @Override
  public Followed follow(IncomingCall call) {
    return new Followed.Ended(call(call));
  }

  @Override
  public TaskView task(TaskAsked asked) {
    authenticate(asked.key());
    return Optional.ofNullable(tasks.get(asked.task()))
        .orElseThrow(
            () ->
                new CallRefused(
                    new Refusal.InvalidArguments("taskId", "names no task of this run")));
  }

  /// From now on a task stands so.
  void taskIs(TaskId task, boolean cancelled) {
    TaskView.Stage stage =
        cancelled
            ? new TaskView.Stage.Cancelled()
            : new TaskView.Stage.Working(redactor.scrub("The call is under way."));
    var call = new CallId("call_" + "0".repeat(26));
    Duration hour = Duration.ofHours(1);
    tasks.put(
        task.value(), new TaskView(task, call, Instant.EPOCH, Instant.EPOCH, hour, hour, stage));
  }

  @Override
  public Answer call(IncomingCall call) {
    calls.add(call);
    authenticate(call.key());
    return switch (call.toolName()) {
      case "crm.echo" -> answered(call, call.arguments());
      case "crm.wait" -> waited(call);
      case "crm.ask" -> {
        call.waiting()
            .accept(new Waiting(PENDING, redactor.scrub("Waiting for olga."), Optional.empty()));
        yield waited(call);
      }
      case "crm.pending" -> pending(call);
      case "crm.explode" ->
          throw new IllegalStateException(
              "GET https://api.example.com/?api_key=" + CANARY, new Exception(CANARY));
      default -> refused(call, new Refusal.UnknownTool());
    };
  }

  private Answer waited(IncomingCall call) {
    waiting.release();
    try {
      released.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return answered(call, call.arguments());
  }

  private Answer answered(IncomingCall call, JsonNode result) {
    return new Answer(
        call.id(),
        false,
        redactor.scrub(result.toString()),
        Optional.of(redactor.scrub(result)),
        meta(call.id(), "ok"));
  }

  private Answer pending(IncomingCall call) {
    return new Answer(
        call.id(),
        true,
        redactor.scrub("Not executed yet."),
        Optional.of(redactor.scrub(call.arguments())),
        meta(call.id(), "pending"));
  }

  private Answer refused(IncomingCall call, Refusal refusal) {
    return new Answer(
        call.id(),
        true,
        redactor.scrub(refusal.message()),
        Optional.empty(),
        meta(call.id(), refusal.code()));
  }

  private Redacted meta(CallId id, String code) {
    var meta = JsonNodeFactory.instance.objectNode();
    meta.putObject("keyward/call").put("id", id.value()).put("code", code);
    return redactor.scrub(meta);
  }
}
