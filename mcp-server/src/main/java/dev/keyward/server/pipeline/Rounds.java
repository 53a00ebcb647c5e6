package dev.keyward.server.pipeline;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Approvals;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Refusal;
import dev.keyward.call.Seal;
import dev.keyward.catalog.ToolCall;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import javax.crypto.SecretKey;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

/// The rounds in which a client comes back with a call that its own user has to confirm.
///
/// What it brings back is sealed with AES-256-GCM, and the call digest is bound in: agent, run,
/// tool and arguments. It is good until the request to people expires, and only while that request
/// has not been used, which its row decides. It permits nothing: the gate asks as ever.
/// Thread-safe.
final class Rounds {
  /// Clients give up after ten; the last answer is to be an ordinary one.
  private static final int MOST = 8;

  private static final int LONGEST = 1024;

  private final Approvals approvals;
  private final Seal seal;
  private final InstantSource clock;
  private final Function<ApprovalId, URI> page;

  Rounds(
      Approvals approvals,
      SecretKey key,
      RandomGenerator random,
      InstantSource clock,
      Function<ApprovalId, URI> page) {
    this.approvals = approvals;
    this.seal = new Seal(key, random);
    this.clock = clock;
    this.page = page;
  }

  /// {@return in which round a call comes: 0 is the first}
  ///
  /// @throws CallRefused if what it brings back was not given for this very call, or is over
  int round(IncomingCall incoming, ToolCall call) {
    Optional<String> brought = incoming.interaction().requestState();
    if (brought.isEmpty()) {
      return 0;
    }
    JsonNode state = opened(brought.get(), call).orElseThrow(Rounds::foreign);
    ApprovalRequest request =
        approvals
            .find(new ApprovalId(state.path("approval").stringValue()))
            .orElseThrow(Rounds::foreign);
    if (request.state().open() && !clock.instant().isBefore(request.expires())) {
      throw new CallRefused(new Refusal.ApprovalExpired(request.id()));
    }
    return switch (request.state()) {
      case CONSUMED, DONE, UNKNOWN ->
          throw invalid("was for a call that has run; leave it out to ask for another");
      default -> {
        Hold.refuseEnded(request);
        yield state.path("round").intValue();
      }
    };
  }

  /// {@return what the client is to do, if it can help: its own user is the one to confirm}
  Optional<NextRound> next(
      IncomingCall incoming, ToolCall call, Refusal.Pending pending, int round) {
    return incoming.interaction().mayShow(pending) && round < MOST
        ? Optional.of(
            new NextRound(sealed(call, pending, round + 1), page.apply(pending.approval())))
        : Optional.empty();
  }

  private String sealed(ToolCall call, Refusal.Pending pending, int round) {
    var state =
        JsonNodeFactory.instance
            .objectNode()
            .put("approval", pending.approval().value())
            .put("round", round);
    return seal.seal(names(call), state.toString().getBytes(StandardCharsets.UTF_8));
  }

  private Optional<JsonNode> opened(String brought, ToolCall call) {
    return brought.length() > LONGEST
        ? Optional.empty()
        : seal.open(names(call), brought).map(JsonMapper.shared()::readTree);
  }

  private static List<String> names(ToolCall call) {
    return List.of(
        "request state 1",
        call.caller().agent().value(),
        call.caller().run().value(),
        call.tool().name().value(),
        call.digest().value());
  }

  private static CallRefused foreign() {
    return invalid("was not given for this call; send the call without it");
  }

  private static CallRefused invalid(String rule) {
    return new CallRefused(new Refusal.InvalidArguments("requestState", rule));
  }
}
