package dev.keyward.server.policy;

import dev.keyward.call.Arguments;
import dev.keyward.call.Caller;
import dev.keyward.call.Delegator;
import dev.keyward.call.ToolPattern;
import dev.keyward.catalog.ToolCall;
import dev.keyward.server.condition.Facts;
import dev.keyward.server.condition.JsonValue;
import dev.keyward.server.policy.RunFacts.Job;
import dev.keyward.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What rules may know of one call. For one decision, in one thread.
///
/// The arguments are those that are recorded: handles stand in them as themselves, and a secret
/// that was left out is out of reach of rules too.
final class CallFacts implements Facts {
  private final Asked asked;
  private final Caller caller;
  private final Arguments given;
  private final RunFacts runs;
  private final Optional<Tx> tx;
  private final Instant now;
  private final ZoneId zone;
  private @Nullable Object arguments;
  private @Nullable Job job;
  private @Nullable ZonedDateTime time;

  /// @param tx where history is looked up; absent where no rule looks back
  CallFacts(ToolCall call, RunFacts runs, Optional<Tx> tx, Instant now, ZoneId zone) {
    this(Asked.of(call), call.caller(), call.recorded().arguments(), runs, tx, now, zone);
  }

  /// Of a request for more, which is a call of the broker's own tool.
  CallFacts(MoreAccess wanted, RunFacts runs, Tx tx, Instant now, ZoneId zone) {
    this(Asked.of(wanted), wanted.caller(), wanted.arguments(), runs, Optional.of(tx), now, zone);
  }

  private CallFacts(
      Asked asked,
      Caller caller,
      Arguments given,
      RunFacts runs,
      Optional<Tx> tx,
      Instant now,
      ZoneId zone) {
    this.asked = asked;
    this.caller = caller;
    this.given = given;
    this.runs = runs;
    this.tx = tx;
    this.now = now;
    this.zone = zone;
  }

  @Override
  public Optional<Object> value(String name) {
    return switch (name) {
      case "args" -> Optional.of(arguments());
      case "run.id" -> Optional.of(caller.run().value());
      case "run.purpose" -> Optional.of(job().purpose());
      case "run.workflow" -> Optional.of(job().workflow());
      case "run.mode" -> Optional.of(job().mode());
      case "delegator.present" -> Optional.of(caller.delegator().isPresent());
      case "delegator.person" ->
          Optional.of(caller.delegator().map(of -> of.person().value()).orElse(""));
      case "delegator.verified" ->
          Optional.of(caller.delegator().filter(Delegator::verified).isPresent());
      case "time.now" -> Optional.of(now);
      case "time.hour" -> Optional.of((long) time().getHour());
      case "time.weekday" ->
          Optional.of(time().getDayOfWeek().name().substring(0, 3).toLowerCase(Locale.ROOT));
      default -> AskedFacts.value(asked, name);
    };
  }

  @Override
  public int weight(String name) {
    return name.equals("args") ? given.canonical().length() : 1;
  }

  @Override
  public Object call(String function, List<Object> with) {
    Tx in = tx.orElseThrow(() -> new IllegalStateException("history was not expected to be asked"));
    return switch (function) {
      case "calls" -> History.calls(in, caller, tool(with.get(0)), since(with.get(1)));
      case "sum" -> History.sum(in, caller, asked.tool(), text(with.get(0)), since(with.get(1)));
      case "after" -> History.after(in, caller, tool(with.get(0)));
      case "seen" -> runs.shown(in, caller.run(), text(with.get(0)), text(with.get(1)));
      default -> throw new IllegalArgumentException("no such function");
    };
  }

  private Object arguments() {
    if (arguments == null) {
      arguments = JsonValue.of(given.json());
    }
    return arguments;
  }

  private Job job() {
    if (job == null) {
      job = runs.job(caller.run());
    }
    return job;
  }

  private ZonedDateTime time() {
    if (time == null) {
      time = now.atZone(zone);
    }
    return time;
  }

  private Instant since(Object window) {
    Duration reach = Window.parse(text(window));
    return now.minus(reach);
  }

  private static ToolPattern tool(Object pattern) {
    return new ToolPattern(text(pattern));
  }

  private static String text(Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("must be text");
  }
}
