package dev.keyward.server.pipeline;

import static java.lang.System.Logger.Level.WARNING;

import dev.keyward.approvals.Preview;
import dev.keyward.approvals.Previews;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.CallId;
import dev.keyward.call.Caller;
import dev.keyward.call.Cancellation;
import dev.keyward.call.Refusal;
import dev.keyward.catalog.PreviewField;
import dev.keyward.catalog.PreviewRead;
import dev.keyward.catalog.ToolCall;
import dev.keyward.server.identity.AgentSession;
import dev.keyward.server.upstream.Failure;
import dev.keyward.store.StoreUnavailable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// What is read, when people have just been asked about a call, of how things are before it.
///
/// It is a call of the same run, under its own name in the record, and counts against the same
/// limits. What it says is stored with the question and given to no agent. The question never waits
/// for it longer than a few seconds, and stands without it.
final class PreviewReads {
  private static final System.Logger log = System.getLogger(PreviewReads.class.getName());
  private static final Duration AT_MOST = Duration.ofSeconds(5);
  private static final int MOST_BYTES = 16_384;
  private static final String TRANSPORT = "preview";

  private final Previews previews;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Reader reader;

  /// Carries a read through the stages. Never throws.
  @FunctionalInterface
  interface Reader {
    Answer read(IncomingCall read, AgentSession session, Caller caller);
  }

  PreviewReads(ToolCallPipeline.Parts parts, Reader reader) {
    this.previews = parts.approvals().previews();
    this.clock = parts.clock();
    this.random = parts.random();
    this.reader = reader;
  }

  /// Reads, if people have been asked and nobody has read it for them.
  ///
  /// @param refusal why the call has not run
  void read(IncomingCall asking, AgentSession session, Trail trail, Refusal refusal) {
    if (!(refusal instanceof Refusal.Pending pending)) {
      return;
    }
    ToolCall call = trail.call();
    try {
      call.tool()
          .preview()
          .filter(declared -> previews.begin(pending.approval(), declared.tool()))
          .ifPresent(declared -> read(asking, session, call, declared, pending.approval()));
    } catch (StoreUnavailable e) {
      log.log(WARNING, "people are asked without what " + call.id() + " would change", e);
    }
  }

  private void read(
      IncomingCall asking,
      AgentSession session,
      ToolCall call,
      PreviewRead declared,
      ApprovalId approval) {
    Optional<JsonNode> arguments = declared.arguments(call.arguments());
    if (arguments.isEmpty()) {
      previews.end(approval, unread(declared, Preview.Unread.LEFT_OUT), Optional.empty());
      return;
    }
    IncomingCall read = read(asking, declared, arguments.get());
    Answer answer = inTime(asking, read, session, call.caller());
    previews.end(approval, preview(declared, answer), Optional.of(read.id()));
  }

  private IncomingCall read(IncomingCall asking, PreviewRead declared, JsonNode arguments) {
    return new IncomingCall(
        CallId.random(random),
        asking.key(),
        declared.tool().value(),
        arguments,
        JsonNodeFactory.instance.objectNode(),
        TRANSPORT,
        asking.client(),
        Interaction.NONE,
        new Cancellation(),
        _ -> {});
  }

  /// Ends with the call that it is made for, and when its time is up.
  private Answer inTime(
      IncomingCall asking, IncomingCall read, AgentSession session, Caller caller) {
    var late = new CompletableFuture<Boolean>();
    var _ =
        late.completeOnTimeout(true, AT_MOST.toMillis(), TimeUnit.MILLISECONDS)
            .thenAccept(isLate -> end(read, isLate));
    try (var _ =
        asking.cancellation().onCancel(() -> read.cancellation().cancel(new Refusal.Cancelled()))) {
      return reader.read(read, session, caller);
    } finally {
      late.complete(false);
    }
  }

  private static void end(IncomingCall read, boolean late) {
    if (late) {
      read.cancellation().cancel(new Refusal.UpstreamUnusable(Failure.TIMED_OUT.words()));
    }
  }

  private Preview preview(PreviewRead declared, Answer answer) {
    if (answer.error()) {
      return unread(
          declared, answer.meta().json().path(Answers.META).path("code").asString("broken"));
    }
    List<Preview.Field> fields = new ArrayList<>();
    int room = MOST_BYTES;
    for (PreviewField field : declared.fields()) {
      Preview.Value value = value(field, answer.text().json(), room);
      room -= value instanceof Preview.Value.Found(var json) ? bytes(json) : 0;
      fields.add(new Preview.Field(field.path(), field.becomes(), value));
    }
    return new Preview.Read(declared.tool(), now(), declared.reliesOn(), fields);
  }

  private static Preview.Value value(PreviewField field, JsonNode answer, int room) {
    Optional<String> json = field.in(answer).map(JsonNode::toString);
    if (json.isEmpty()) {
      return new Preview.Value.Missing();
    }
    int bytes = bytes(json.get());
    return bytes > room ? new Preview.Value.TooLong(bytes) : new Preview.Value.Found(json.get());
  }

  private static int bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8).length;
  }

  private Preview unread(PreviewRead declared, String code) {
    return new Preview.Unread(declared.tool(), now(), code);
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }
}
