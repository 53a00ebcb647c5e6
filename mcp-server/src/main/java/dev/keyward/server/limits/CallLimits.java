package dev.keyward.server.limits;

import dev.keyward.call.AgentId;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Caller;
import dev.keyward.call.Refusal;
import dev.keyward.catalog.Tool;
import dev.keyward.store.Database;
import java.util.Optional;
import java.util.function.LongSupplier;

/// How many calls in a minute and at once each agent, run, tool and target may have, and how many
/// runs an agent may open.
///
/// Calls at once are counted in this process; calls in a minute here and, where the database is
/// shared, over all processes together. Refuses, never queues. Thread-safe.
public final class CallLimits {
  private final LimitSettings settings;
  private final Limit agent;
  private final Limit run;
  private final Limit opening;
  private final Limit tool;
  private final Limit target;

  /// @param nanos runs on without jumps, as [System#nanoTime]
  public CallLimits(LimitSettings settings, Database database, LongSupplier nanos) {
    this.settings = settings;
    this.agent = new Limit("calls of this agent", database, nanos);
    this.run = new Limit("calls of this run", database, nanos);
    this.opening = new Limit("runs opened by this agent", database, nanos);
    this.tool = new Limit("calls of this tool", database, nanos);
    this.target = new Limit("calls of this tool's system", database, nanos);
  }

  /// Counts a call of this caller, whatever it calls.
  ///
  /// @throws CallRefused with [Refusal.TooMany]
  public void count(Caller caller) {
    count(caller.lead());
    run.count(caller.run().value(), settings.run().perMinute());
  }

  /// Counts a request that is no call, and for which no run need be open.
  ///
  /// @param lead the agent that set this off
  /// @throws CallRefused with [Refusal.TooMany]
  public void count(AgentId lead) {
    agent.count(lead.value(), settings.agent().perMinute());
  }

  /// Counts a run that this agent, or one that it leads, is about to open.
  ///
  /// @throws CallRefused with [Refusal.TooMany]
  public void open(AgentId lead) {
    opening.count(lead.value(), settings.runsPerMinute());
  }

  /// Takes a place among the calls of this caller.
  ///
  /// @throws CallRefused with [Refusal.TooMany]
  public InFlight.Place enter(Caller caller) {
    return both(
        agent.enter(caller.lead().value(), settings.agent().atOnce()),
        () -> run.enter(caller.run().value(), settings.run().atOnce()));
  }

  /// Takes a place among the calls that are sent, and counts this one.
  ///
  /// @throws CallRefused with [Refusal.TooMany]
  public InFlight.Place send(Tool called) {
    String name = called.name().value();
    String origin = called.target().origin().toString();
    InFlight.Place place =
        both(
            tool.enter(name, called.limits().concurrentCalls()),
            () -> target.enter(origin, settings.target().atOnce()));
    return both(
        place,
        () -> {
          tool.count(name, called.limits().perMinute().orElse(settings.toolPerMinute()));
          target.count(origin, settings.target().perMinute());
          return () -> {};
        });
  }

  /// Forgets what nobody counts any more. To be called now and then.
  public void forget() {
    agent.forget();
  }

  private static InFlight.Place both(InFlight.Place first, Entry second) {
    try {
      InFlight.Place other = second.enter();
      return () -> {
        other.close();
        first.close();
      };
    } catch (RuntimeException e) {
      first.close();
      throw e;
    }
  }

  @FunctionalInterface
  private interface Entry {
    InFlight.Place enter();
  }

  /// Both kinds of limit under one set of names.
  private static final class Limit {
    private final InFlight inFlight;
    private final Rates rates;
    private final Optional<SharedRates> shared;

    Limit(String what, Database database, LongSupplier nanos) {
      this.inFlight = new InFlight(what + " at once");
      this.rates = new Rates(what + " in a minute", nanos);
      this.shared =
          database.shared()
              ? Optional.of(new SharedRates(what + " in a minute", database, nanos))
              : Optional.empty();
    }

    void count(String name, int perMinute) {
      rates.take(name, perMinute);
      shared.ifPresent(all -> all.take(name, perMinute));
    }

    InFlight.Place enter(String name, int atOnce) {
      return inFlight.enter(name, atOnce);
    }

    void forget() {
      shared.ifPresent(SharedRates::forget);
    }
  }
}
