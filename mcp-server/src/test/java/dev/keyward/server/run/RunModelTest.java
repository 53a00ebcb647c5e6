package dev.keyward.server.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.approvals.ApprovalSettings;
import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.QuestionLimits;
import dev.keyward.approvals.TestSeal;
import dev.keyward.call.AgentId;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallId;
import dev.keyward.call.PersonId;
import dev.keyward.call.Tier;
import dev.keyward.catalog.CatalogFile;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCall;
import dev.keyward.catalog.ToolCatalog;
import dev.keyward.server.identity.Agent;
import dev.keyward.server.identity.AgentSession;
import dev.keyward.server.identity.Agents;
import dev.keyward.server.identity.Epoch;
import dev.keyward.server.identity.KeyForm;
import dev.keyward.server.identity.SubjectTokens;
import dev.keyward.server.identity.ToolNames;
import dev.keyward.server.identity.ToolScope;
import dev.keyward.store.Database;
import dev.keyward.store.TestSqlite;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Whatever is opened, narrowed, given, spent and ended, in whichever order: runs do what a model
/// of a page says, listing says what calling does, and nothing inside can do what the outside
/// cannot.
final class RunModelTest {
  private static final int STEPS = 150;
  private static final List<String> NAMES =
      List.of("one.read", "one.write", "one.wipe", "two.read", "two.write");
  private static final List<Tool> TOOLS =
      Stream.of("one", "two").flatMap(RunModelTest::tools).toList();

  @TempDir Path folder;
  private Instant now = Instant.parse("2026-11-20T12:00:00Z");
  private Random random = new Random(0);
  private Database database;
  private Agents agents;
  private JobRuns jobs;
  private Runs runs;
  private RunDesk desk;
  private RunWidening widening;
  private final List<Model> models = new ArrayList<>();

  /// A run as it should be.
  private static final class Model {
    final Set<String> scope;
    final List<Bound> bounds = new ArrayList<>();
    final @Nullable Model parent;
    final String id;
    final String hash;
    final Instant expires;
    boolean ended;

    Model(Set<String> scope, @Nullable Model parent, String id, String hash, Instant expires) {
      this.scope = scope;
      this.parent = parent;
      this.id = id;
      this.hash = hash;
      this.expires = expires;
    }

    boolean lives(Instant now) {
      boolean self = !ended && now.isBefore(expires);
      Model outer = parent;
      return self && (outer == null || outer.lives(now));
    }

    boolean shows(Tool tool, Instant now) {
      boolean self =
          scope.contains(tool.name().value())
              && (bounds.isEmpty() || bounds.stream().anyMatch(bound -> bound.covers(tool, now)));
      Model outer = parent;
      return self && (outer == null || outer.shows(tool, now));
    }

    /// Takes one call, or says that it cannot be.
    boolean spend(Tool tool, Instant now) {
      List<Bound> charged = new ArrayList<>();
      for (Model at = this; at != null; at = at.parent) {
        if (!at.lives(now) || !at.scope.contains(tool.name().value())) {
          return false;
        }
        Optional<Bound> first =
            at.bounds.stream().filter(b -> b.covers(tool, now) && b.left != 0).findFirst();
        if (!at.bounds.isEmpty() && first.isEmpty()) {
          return false;
        }
        first.ifPresent(charged::add);
      }
      charged.forEach(bound -> bound.left--);
      return true;
    }
  }

  private static final class Bound {
    final Set<String> tools;
    final Set<Tier> tiers;
    final Instant until;
    int left;

    Bound(Set<String> tools, Set<Tier> tiers, Instant until, int left) {
      this.tools = tools;
      this.tiers = tiers;
      this.until = until;
      this.left = left;
    }

    boolean covers(Tool tool, Instant now) {
      return (tools.isEmpty() || tools.contains(tool.name().value()))
          && (tiers.isEmpty() || tiers.contains(tool.tier()))
          && now.isBefore(until);
    }
  }

  @BeforeEach
  void start() {
    database = TestSqlite.open(folder.resolve("runs.db"));
    var epoch = new Epoch(database, System::nanoTime);
    agents = new Agents(database, () -> now, random, (_, _) -> {}, epoch);
    var approvals =
        new Approvals(
            database,
            () -> now,
            random,
            TestSeal.make(),
            (_, _) -> {},
            _ -> Optional.empty(),
            new ApprovalSettings(Duration.ofMinutes(5), true, QuestionLimits.of(100)));
    jobs =
        new JobRuns(
            database,
            approvals,
            agents,
            () -> now,
            random,
            (_, _) -> {},
            SubjectTokens.NONE,
            epoch);
    runs =
        new Runs(
            database,
            jobs,
            _ -> false,
            approvals,
            () -> now,
            random,
            (_, _) -> {},
            SubjectTokens.NONE,
            epoch);
    desk =
        new RunDesk(
            database,
            jobs,
            agents,
            new ShownIds(database),
            () -> ToolCatalog.of(TOOLS),
            () -> now,
            _ -> false);
    widening = new RunWidening(jobs, (_, _) -> {}, () -> now);
    add("all", "one.*", "two.*");
    add("some", "one.read", "one.write", "two.read");
  }

  @AfterEach
  void stop() {
    database.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void nothingInsideCanDoWhatTheOutsideCannot(long seed) {
    random = new Random(seed);
    int[] made = new int[2];
    for (int step = 0; step < STEPS; step++) {
      String at = "seed " + seed + ", step " + step;
      switch (random.nextInt(10)) {
        case 0, 1 -> openByOperator();
        case 2, 3 -> openInner(at);
        case 4 -> widen();
        case 5 -> end(at);
        case 6 -> now = now.plus(Duration.ofMinutes(random.nextInt(6)));
        default -> made[call(at) ? 0 : 1]++;
      }
      compare(at);
    }
    assertTrue(made[0] > 5 && made[1] > 5, "seed " + seed + " tries too little");
  }

  private void openByOperator() {
    String agent = random.nextBoolean() ? "all" : "some";
    List<Bound> bounds = bounds(scope(agent));
    var opened = desk.open(request(agent, bounds));
    remember(opened, null, scope(agent), bounds);
  }

  private void openInner(String at) {
    if (models.isEmpty()) {
      return;
    }
    Model outer = any();
    Optional<AgentSession> session = jobs.holder(outer.hash);
    assertEquals(outer.lives(now), session.isPresent(), at);
    if (session.isEmpty()) {
      return;
    }
    String agent = random.nextBoolean() ? "all" : "some";
    List<Bound> bounds = bounds(new TreeSet<>(NAMES));
    try {
      var opened = desk.open(request(agent, bounds), session.get());
      Set<String> both = new TreeSet<>(scope(agent));
      both.retainAll(outer.scope);
      remember(opened, outer, both, bounds);
    } catch (RunRefused refused) {
      assertEquals(RunRefused.Why.WIDER, refused.why(), at);
    }
  }

  private void remember(
      RunDesk.OpenedRun opened, @Nullable Model outer, Set<String> scope, List<Bound> bounds) {
    JsonNode run = opened.run();
    var model =
        new Model(
            scope,
            outer,
            run.get("run").stringValue(),
            KeyForm.hash(opened.token()),
            Instant.parse(run.get("expires").stringValue()));
    model.bounds.addAll(bounds);
    models.add(model);
  }

  /// As if people had agreed to whatever was asked for.
  private void widen() {
    if (models.isEmpty()) {
      return;
    }
    Model model = any();
    Optional<AgentSession> session = jobs.holder(model.hash);
    if (session.isEmpty()) {
      return;
    }
    Bound bound = bound(new TreeSet<>(NAMES));
    JsonNode json =
        JsonMapper.shared()
            .readTree(
                "{\"reason\":\"more\",\"minutes\":20,\"tools\":"
                    + quoted(bound.tools.isEmpty() ? Set.of("one.*") : bound.tools)
                    + (bound.left > 0 ? ",\"calls\":" + bound.left : "")
                    + "}");
    AccessWanted wanted = AccessWanted.read(json);
    try {
      widening.refuseWider(session.get(), wanted);
    } catch (IllegalArgumentException refused) {
      return;
    }
    var why = new RunChange.Reason.OfPeople(ApprovalId.random(random));
    database.write(tx -> widening.widen(tx, session.get(), wanted, why));
    Set<String> tools =
        NAMES.stream()
            .filter(
                name -> wanted.grant().tools().stream().anyMatch(p -> p.names(tool(name).name())))
            .collect(Collectors.toCollection(TreeSet::new));
    model.bounds.add(new Bound(tools, Set.of(), now.plus(Duration.ofMinutes(20)), bound.left));
  }

  private void end(String at) {
    if (models.isEmpty()) {
      return;
    }
    Model model = any();
    if (models.stream().noneMatch(known -> known == model && !over(known))) {
      assertThrows(RunRefused.class, () -> desk.end(model.id), at);
      return;
    }
    desk.end(model.id);
    model.ended = true;
  }

  /// Ended itself or with what it was in; one that is only past its time may still be ended.
  private static boolean over(Model model) {
    Model outer = model.parent;
    return model.ended || (outer != null && over(outer));
  }

  private boolean call(String at) {
    if (models.isEmpty()) {
      return false;
    }
    Model model = any();
    Tool tool = TOOLS.get(random.nextInt(TOOLS.size()));
    Optional<AgentSession> session = jobs.holder(model.hash);
    boolean may =
        session.isPresent() && session.get().sees(tool.name()) && spend(session.get(), tool);

    assertEquals(model.spend(tool, now), may, at + ": " + tool.name());
    return may;
  }

  private boolean spend(AgentSession session, Tool tool) {
    ToolCall call = call(session, tool);
    return database.write(
        tx -> {
          GrantUses.Taking taking = runs.plan(tx, session, call);
          if (taking.refusal().isPresent()) {
            return false;
          }
          runs.take(tx, call.id(), taking);
          runs.ended(tx, call.id(), true);
          return true;
        });
  }

  private void compare(String at) {
    for (Model model : models) {
      Optional<AgentSession> session = jobs.holder(model.hash);
      assertEquals(model.lives(now), session.isPresent(), at);
      if (session.isEmpty()) {
        continue;
      }
      for (Tool tool : TOOLS) {
        boolean listed =
            session.get().sees(tool.name()) && runs.outside(session.get(), tool).isEmpty();
        assertEquals(model.shows(tool, now), listed, at + ": " + tool.name());
        Model outer = model.parent;
        if (outer != null && may(session.get(), tool)) {
          assertTrue(may(jobs.holder(outer.hash).orElseThrow(), tool), at + ": " + tool.name());
        }
      }
    }
  }

  private boolean may(AgentSession session, Tool tool) {
    return session.sees(tool.name())
        && database.write(tx -> runs.plan(tx, session, call(session, tool))).refusal().isEmpty();
  }

  private ToolCall call(AgentSession session, Tool tool) {
    var caller = runs.caller(session);
    Arguments arguments = Arguments.of(JsonMapper.shared().createObjectNode());
    return new ToolCall(
        CallId.random(random),
        caller,
        tool,
        arguments,
        CallDigest.of(caller, tool.name(), arguments));
  }

  private List<Bound> bounds(Set<String> among) {
    List<Bound> bounds = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      bounds.add(bound(among));
    }
    return bounds;
  }

  private Bound bound(Set<String> among) {
    Set<String> tools = new TreeSet<>(among);
    tools.removeIf(_ -> random.nextInt(3) == 0);
    Set<Tier> tiers = random.nextBoolean() ? Set.of() : Set.of(Tier.READ, Tier.WRITE);
    Instant until = now.plus(Duration.ofMinutes(1 + random.nextInt(30)));
    return new Bound(tools, tiers, until, random.nextBoolean() ? -1 : 1 + random.nextInt(4));
  }

  private JsonNode request(String agent, List<Bound> bounds) {
    String grants =
        bounds.stream()
            .map(
                bound ->
                    "{\"until\":\""
                        + bound.until
                        + "\""
                        + (bound.tools.isEmpty() ? "" : ",\"tools\":" + quoted(bound.tools))
                        + (bound.tiers.isEmpty() ? "" : ",\"tiers\":[\"read\",\"write\"]")
                        + (bound.left < 0 ? "" : ",\"calls\":" + bound.left)
                        + "}")
            .collect(Collectors.joining(",", "[", "]"));
    return JsonMapper.shared()
        .readTree(
            "{\"purpose\":\"p\",\"agent\":\""
                + agent
                + "\""
                + (bounds.isEmpty() ? "" : ",\"grants\":" + grants)
                + "}");
  }

  private static String quoted(Set<String> names) {
    return names.stream().collect(Collectors.joining("\",\"", "[\"", "\"]"));
  }

  private Model any() {
    return models.get(random.nextInt(models.size()));
  }

  private static Set<String> scope(String agent) {
    return agent.equals("all")
        ? new TreeSet<>(NAMES)
        : new TreeSet<>(Set.of("one.read", "one.write", "two.read"));
  }

  private void add(String name, String... tools) {
    agents.add(
        new Agent(
            new AgentId(name),
            "any",
            "any",
            new PersonId("olga"),
            ToolScope.of(List.of(tools)),
            ToolNames.CANONICAL),
        Duration.ofDays(1));
  }

  private static Tool tool(String name) {
    return TOOLS.stream()
        .filter(tool -> tool.name().value().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Stream<Tool> tools(String system) {
    String write =
        """
          %s:
            title: Write
            description: Writes.
            tier: %s
            summary: Write
            request: {method: POST, path: /x}
            result: [id]
        """;
    String text =
        """
        system: %s
        origin: https://x.example
        credential: none
        tools:
          read:
            title: Read
            description: Reads.
            tier: read
            request: {method: GET, path: /x}
            result: [id]
        """
                .formatted(system)
            + write.formatted("write", "write")
            + (system.equals("one") ? write.formatted("wipe", "dangerous_write") : "");
    return CatalogFile.read(system + ".yaml", text).tools().stream();
  }
}
