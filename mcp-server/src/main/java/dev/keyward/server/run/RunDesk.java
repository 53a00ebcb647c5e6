package dev.keyward.server.run;

import dev.keyward.call.AgentId;
import dev.keyward.call.RunId;
import dev.keyward.catalog.ToolCatalog;
import dev.keyward.redaction.Secret;
import dev.keyward.server.identity.AgentSession;
import dev.keyward.server.identity.Agents;
import dev.keyward.store.Database;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Where runs are opened, shown and ended: by agents for what they opened, by the operator for all.
///
/// Takes and gives JSON. Thread-safe.
public final class RunDesk {
  private final Database database;
  private final JobRuns runs;
  private final RunOpening opening;
  private final Predicate<JsonNode> holdsSecret;

  /// Serves `runs`.
  ///
  /// @param holdsSecret whether a secret that the broker knows stands in a request; also where that
  ///   cannot be said
  public RunDesk(
      Database database,
      JobRuns runs,
      Agents agents,
      ShownIds shown,
      Supplier<ToolCatalog> catalog,
      InstantSource clock,
      Predicate<JsonNode> holdsSecret) {
    this.database = database;
    this.runs = runs;
    this.opening = new RunOpening(runs, agents, shown, catalog, clock);
    this.holdsSecret = holdsSecret;
  }

  /// A run that has just been opened.
  ///
  /// @param token to be shown once, to whoever asked
  public record OpenedRun(ObjectNode run, Secret token) {}

  /// Opens a run for an agent.
  ///
  /// @throws RunRefused if the request breaks a rule, or asks for more than the agent may do
  public OpenedRun open(JsonNode request, AgentSession opener) {
    return opened(runs.open(opening.byAgent(read(request), opener)));
  }

  /// Opens a run for the operator.
  ///
  /// @throws RunRefused if the request breaks a rule
  public OpenedRun open(JsonNode request) {
    return opened(runs.open(opening.byOperator(read(request))));
  }

  private RunRequest read(JsonNode request) {
    if (holdsSecret.test(request)) {
      throw new RunRefused(RunRefused.Why.INVALID, "the request holds a secret");
    }
    try {
      return RunJson.read(request);
    } catch (IllegalArgumentException e) {
      throw new RunRefused(RunRefused.Why.INVALID, String.valueOf(e.getMessage()));
    }
  }

  private static OpenedRun opened(JobRuns.Opened opened) {
    return new OpenedRun(RunJson.write(opened.run()), opened.token());
  }

  /// Ends a run that its opener turns out not to be allowed.
  ///
  /// @return the refusal, to be thrown
  public RunRefused takenBack(OpenedRun opened, String why) {
    end(opened.run().path("run").stringValue());
    return RunRefused.wider(why);
  }

  /// {@return an open run, to whoever opened it or acts in it}
  ///
  /// @throws RunRefused if there is none for them
  public ObjectNode show(String id, AgentSession session) {
    return written(own(id, session));
  }

  /// {@return an open run}
  ///
  /// @throws RunRefused if there is none
  public ObjectNode show(String id) {
    return written(find(id));
  }

  /// Ends a run and what was opened in it, for whoever opened it or acts in it.
  ///
  /// @throws RunRefused if there is none for them
  public void end(String id, AgentSession session) {
    runs.end(own(id, session).id(), "asked");
  }

  /// Ends a run and what was opened in it.
  ///
  /// @throws RunRefused if there is none
  public void end(String id) {
    runs.end(find(id).id(), "operator");
  }

  /// {@return the open runs, oldest first}
  ///
  /// @param agent only those of this agent
  public ArrayNode list(Optional<AgentId> agent) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    runs.all().stream()
        .filter(run -> agent.map(run.agent()::equals).orElse(true))
        .forEach(run -> list.add(RunJson.write(run)));
    return list;
  }

  private JobRun own(String id, AgentSession session) {
    JobRun run = find(id);
    if (!mayTouch(run, session)) {
      throw unknown();
    }
    return run;
  }

  /// With a run's token: that run and what is in it. With a key: what that agent has opened, and
  /// what is in it.
  private boolean mayTouch(JobRun run, AgentSession session) {
    boolean mine =
        session
            .run()
            .map(run.id()::equals)
            .orElseGet(
                () ->
                    run.parent().isEmpty()
                        && run.opener().equals(Optional.of(session.agent().id())));
    return mine
        || run.parent().flatMap(runs::find).filter(outer -> mayTouch(outer, session)).isPresent();
  }

  private JobRun find(String id) {
    try {
      return runs.find(new RunId(id)).orElseThrow(RunDesk::unknown);
    } catch (IllegalArgumentException e) {
      throw unknown();
    }
  }

  private static RunRefused unknown() {
    return new RunRefused(RunRefused.Why.UNKNOWN, "there is no open run of that name");
  }

  private ObjectNode written(JobRun run) {
    ObjectNode json = RunJson.write(run);
    ArrayNode grants = JsonNodeFactory.instance.arrayNode();
    for (HeldGrant held : run.grants()) {
      ObjectNode grant = GrantJson.write(held.grant());
      grants.add(grant);
      if (held.grant().counts()) {
        GrantUses.Used used = database.read(tx -> GrantUses.used(tx, held.id()));
        grant.putObject("used").put("calls", used.calls()).put("sum", used.spent());
      }
    }
    json.set("grants", grants);
    return json;
  }
}
