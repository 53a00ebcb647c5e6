package dev.keyward.server.transport;

import static java.lang.System.Logger.Level.ERROR;

import dev.keyward.call.CallId;
import dev.keyward.call.CallIds;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Cancellation;
import dev.keyward.call.Refusal;
import dev.keyward.server.pipeline.Answer;
import dev.keyward.server.pipeline.IncomingCall;
import dev.keyward.server.task.Followed;
import dev.keyward.server.task.TaskAsked;
import dev.keyward.server.task.TaskView;
import io.modelcontextprotocol.spec.McpSchema.Implementation;
import io.modelcontextprotocol.spec.McpSchema.InitializeResult;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse.JSONRPCError;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// The methods of MCP that Keyward serves, the same over every transport. Thread-safe; blocks.
///
/// The SDK's own server is not used: it lists and calls from two different places, sends exception
/// messages to the agent, runs calls on a small pool and announces logging.
final class McpMethods {
  private static final System.Logger log = System.getLogger(McpMethods.class.getName());

  /// The methods that [#answer] knows.
  static final List<String> NAMES = List.of("ping", "tools/list", "tools/call");

  /// What the broker calls itself.
  static final String SERVER = "keyward";

  /// What people call it.
  static final String TITLE = "Keyward";

  /// What a model is told about the tools here.
  static final String INSTRUCTIONS =
      """
      Keyward runs these tools with credentials that it holds; you never need, see or pass a key. \
      A call that a person must agree to comes back at once as an error that names an approval: \
      nothing has happened yet. Call keyward.approval_wait (or keyward_approval_wait, as it is listed) with that approval and, for the people, your reason, then repeat the \
      exact call with the same arguments. Do not look for another way to the same effect. A text such as \
      kw_h_reset_link_… in a result is a handle: it stands for a secret that you do not see. Pass it, unchanged, \
      as an argument that takes handles of its kind; anywhere else it is refused.\
      """;

  private final Broker broker;
  private final CallIds ids;
  private final CallsInFlight calls;
  private final Heartbeat heartbeat;
  private final Results legacy = new LegacyResults();

  McpMethods(Broker broker, RandomGenerator random, CallsInFlight calls, Heartbeat heartbeat) {
    this.broker = broker;
    this.ids = new CallIds(random);
    this.calls = calls;
    this.heartbeat = heartbeat;
  }

  /// Answers `initialize`.
  ///
  /// @param requested the revision that the client asks for
  /// @param supported what the transport can speak, oldest first
  static InitializeResult initialize(@Nullable String requested, List<String> supported) {
    String version =
        requested != null && supported.contains(requested) ? requested : supported.getLast();
    var capabilities = ServerCapabilities.builder().tools(true).build();
    var server = Implementation.builder(SERVER, version()).title(TITLE).build();
    return new InitializeResult(version, capabilities, server, INSTRUCTIONS, null);
  }

  /// Answers any other request, as the revisions up to 2025-11-25 do. Never throws.
  RpcReply answer(String method, Presented client, Inbound request) {
    return answer(method, client, request, legacy);
  }

  /// Answers any other request. Never throws.
  ///
  /// @param results how an answer is written
  RpcReply answer(String method, Presented client, Inbound request, Results results) {
    CallId id = ids.next();
    return fenced(
        id,
        () ->
            switch (method) {
              case "ping" -> new RpcReply.Result(Map.of());
              case "tools/list" -> results.listed(broker.listTools(client.key()));
              case "tools/call" -> call(id, client, request, results);
              default -> new RpcReply.Failure(RpcReply.METHOD_NOT_FOUND, RpcReply.NO_METHOD);
            });
  }

  /// Asks about a task. Never throws.
  ///
  /// @param results how the answer is written
  RpcReply task(TaskAsked asked, Function<TaskView, RpcReply> results) {
    return fenced(ids.next(), () -> results.apply(broker.task(asked)));
  }

  private static RpcReply fenced(CallId id, Supplier<RpcReply> method) {
    try {
      return method.get();
    } catch (CallRefused refused) {
      return refused(refused.refusal());
    } catch (Throwable broken) { // the last fence: whatever it is, the agent gets this sentence
      log.log(ERROR, "call {0} broke: {1}", id, Faults.describe(broken));
      return new RpcReply.Failure(
          RpcReply.INTERNAL_ERROR, "The broker failed. Its operator can look up call " + id + ".");
    }
  }

  /// Takes back the call that a `notifications/cancelled` names.
  void cancel(String session, Inbound notification) {
    JsonNode request = notification.params().path("requestId");
    if (!request.isMissingNode()) {
      calls.cancel(session, request.toString());
    }
  }

  private RpcReply call(CallId id, Presented client, Inbound request, Results results) {
    JsonNode name = request.params().path("name");
    if (!name.isString()) {
      return new RpcReply.Failure(RpcReply.INVALID_PARAMS, "params.name must be a string.");
    }
    Optional<Cancellation> begun = calls.begin(client.session(), request.id());
    if (begun.isEmpty()) {
      return new RpcReply.Failure(RpcReply.INVALID_REQUEST, RpcReply.ID_IN_USE);
    }
    Cancellation cancellation = begun.get();
    Progress progress = Progress.of(request.params());
    var asked = new AtomicReference<@Nullable PageQuestion>();
    try (var beating = heartbeat.begin(client.back(), cancellation, progress)) {
      Followed followed =
          carried(
              new IncomingCall(
                  id,
                  client.key(),
                  name.stringValue(),
                  arguments(request.params()),
                  metadata(request.params()),
                  client.transport(),
                  client.name(),
                  client.interaction(),
                  cancellation,
                  waiting -> {
                    progress.at(waiting.words());
                    asked.set(results.question(id, waiting).orElse(null));
                    ask(asked.get(), client.back(), cancellation);
                    beating.soon();
                  }));
      if (takenBack(cancellation)) {
        return new RpcReply.Silence();
      }
      complete(asked.get(), followed, client.back(), cancellation);
      return reply(followed, results);
    } finally {
      calls.end(client.session(), request.id());
    }
  }

  private static void ask(
      @Nullable PageQuestion question, WayBack back, Cancellation cancellation) {
    if (question != null) {
      back.send(question.request(), cancellation);
    }
  }

  /// Tells that a question has been decided, unless its call ends because it was not.
  private static void complete(
      @Nullable PageQuestion question, Followed followed, WayBack back, Cancellation cancellation) {
    boolean open = followed instanceof Followed.Ended(var answer) && answer.next().isPresent();
    if (question != null && !open) {
      back.send(question.complete(), cancellation);
    }
  }

  private Followed carried(IncomingCall call) {
    return call.interaction().follows()
        ? broker.follow(call)
        : new Followed.Ended(broker.call(call));
  }

  private static RpcReply reply(Followed followed, Results results) {
    return switch (followed) {
      case Followed.Ended(var answer) -> reply(answer, results);
      case Followed.Begun(var task) -> results.begun(task);
    };
  }

  private static boolean takenBack(Cancellation cancellation) {
    return cancellation.reason().filter(Refusal.Cancelled.class::isInstance).isPresent();
  }

  private static JsonNode arguments(JsonNode params) {
    JsonNode arguments = params.path("arguments");
    return arguments.isMissingNode() || arguments.isNull()
        ? JsonNodeFactory.instance.objectNode()
        : arguments;
  }

  private static JsonNode metadata(JsonNode params) {
    var metadata = JsonNodeFactory.instance.objectNode();
    for (var field : params.properties()) {
      if (!field.getKey().equals("name") && !field.getKey().equals("arguments")) {
        metadata.set(field.getKey(), field.getValue());
      }
    }
    return metadata;
  }

  /// The one place where an answer becomes something to send: it takes an [Answer] and nothing
  /// else.
  static RpcReply reply(Answer answer, Results results) {
    String code = answer.meta().json().path("keyward/call").path("code").asString("");
    if (code.equals(new Refusal.UnknownTool().code())) {
      return failure(
          RpcReply.INVALID_PARAMS, new Refusal.UnknownTool(), LegacyResults.meta(answer));
    }
    if (code.equals(new Refusal.Unauthenticated().code())) {
      return failure(
          RpcReply.UNAUTHENTICATED, new Refusal.Unauthenticated(), LegacyResults.meta(answer));
    }
    return results.called(answer);
  }

  private static RpcReply refused(Refusal refusal) {
    int code =
        switch (refusal) {
          case Refusal.Unauthenticated() -> RpcReply.UNAUTHENTICATED;
          case Refusal.InvalidArguments _ -> RpcReply.INVALID_PARAMS;
          default -> RpcReply.REFUSED;
        };
    return failure(code, refusal, data(refusal));
  }

  /// What says when to try again, as in the answer of a call.
  private static Map<String, Object> data(Refusal refusal) {
    return refusal instanceof Refusal.TooMany(_, var wait)
        ? Map.of("code", refusal.code(), "retry_after_s", Refusal.seconds(wait))
        : Map.of();
  }

  private static RpcReply failure(int code, Refusal refusal, Map<String, Object> data) {
    return new RpcReply.Failure(
        new JSONRPCError(code, refusal.message(), data.isEmpty() ? null : data));
  }

  /// {@return the version of the broker}
  static String version() {
    return Optional.ofNullable(McpMethods.class.getPackage().getImplementationVersion())
        .orElse("development");
  }
}
