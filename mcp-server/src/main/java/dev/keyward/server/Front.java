package dev.keyward.server;

import dev.keyward.call.AgentId;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Refusal;
import dev.keyward.redaction.Redacted;
import dev.keyward.redaction.Redactor;
import dev.keyward.redaction.Secret;
import dev.keyward.server.identity.AgentSession;
import dev.keyward.server.identity.Identity;
import dev.keyward.server.limits.CallLimits;
import dev.keyward.server.pipeline.Answer;
import dev.keyward.server.pipeline.IncomingCall;
import dev.keyward.server.pipeline.ToolCallPipeline;
import dev.keyward.server.pipeline.ToolListing;
import dev.keyward.server.run.RunDesk;
import dev.keyward.server.run.RunRefused;
import dev.keyward.server.run.Runs;
import dev.keyward.server.stop.Stops;
import dev.keyward.server.task.Followed;
import dev.keyward.server.task.TaskAsked;
import dev.keyward.server.task.TaskView;
import dev.keyward.server.task.Tasks;
import dev.keyward.server.transport.Broker;
import dev.keyward.server.transport.RunAnswer;
import dev.keyward.server.transport.RunAsked;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What transports see of the broker.
record Front(
    Identity identity,
    ToolListing listing,
    ToolCallPipeline pipeline,
    Tasks tasks,
    RunDesk desk,
    CallLimits limits,
    Runs runs,
    Stops stops,
    Redactor redactor)
    implements Broker {
  @Override
  public AgentId authenticate(Secret key) {
    return identity.authenticate(key).agent().id();
  }

  @Override
  public Redacted listTools(Secret key) {
    return listing.list(key);
  }

  @Override
  public Answer call(IncomingCall call) {
    return pipeline.run(call);
  }

  @Override
  public Followed follow(IncomingCall call) {
    return tasks.follow(call);
  }

  @Override
  public TaskView task(TaskAsked asked) {
    return tasks.asked(asked);
  }

  @Override
  public RunAnswer run(Secret key, RunAsked asked) {
    AgentSession session = identity.authenticate(key);
    try {
      return switch (asked) {
        case RunAsked.Open(var wanted) -> {
          limits.open(lead(session));
          RunDesk.OpenedRun opened = desk.open(wanted, session);
          requireStillLive(session, opened);
          yield answer(201, opened.run(), Optional.of(opened.token()));
        }
        case RunAsked.Show(var id) -> answer(200, desk.show(id, session), Optional.empty());
        case RunAsked.End(var id) -> {
          desk.end(id, session);
          pipeline.endDead();
          yield answer(204, JsonNodeFactory.instance.objectNode(), Optional.empty());
        }
      };
    } catch (RunRefused refused) {
      String code = refused.why().name().toLowerCase(Locale.ROOT);
      return answer(status(refused), error(code, refused.sentence()), Optional.empty());
    } catch (CallRefused refused) {
      return limited(refused);
    }
  }

  /// Helpers are no way to more runs in a minute.
  private AgentId lead(AgentSession session) {
    return session.run().isPresent()
        ? runs.caller(session).lead()
        : session.agent().id(); // asked for its caller, a key would begin a run
  }

  /// Who was revoked or stopped while the run was being opened does not get it.
  private void requireStillLive(AgentSession session, RunDesk.OpenedRun opened) {
    boolean stopped = stops.of(session, runs).isPresent();
    if (stopped || !identity.stillLive(session)) {
      throw desk.takenBack(
          opened,
          stopped ? "this agent or run is stopped" : "the key or token is not accepted any more");
    }
  }

  private RunAnswer answer(int status, ObjectNode body, Optional<Secret> token) {
    return new RunAnswer(status, redactor.scrub(body), token, 0);
  }

  private RunAnswer limited(CallRefused refused) {
    if (!(refused.refusal() instanceof Refusal.TooMany(_, var wait))) {
      throw refused;
    }
    ObjectNode body = error(refused.refusal().code(), refused.refusal().message());
    return new RunAnswer(
        429, redactor.scrub(body), Optional.empty(), Math.toIntExact(Refusal.seconds(wait)));
  }

  private static ObjectNode error(String code, String message) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.putObject("error").put("code", code).put("message", message);
    return body;
  }

  private static int status(RunRefused refused) {
    return switch (refused.why()) {
      case INVALID -> 400;
      case WIDER -> 403;
      case UNKNOWN -> 404;
      case TOO_MANY -> 429;
    };
  }
}
