package dev.keyward.server.policy;

import dev.keyward.call.AgentId;
import dev.keyward.call.CanonicalJson;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolPattern;
import dev.keyward.catalog.Lines;
import dev.keyward.catalog.SchemaCheck;
import dev.keyward.catalog.ToolCatalog;
import dev.keyward.catalog.YamlText;
import dev.keyward.server.condition.BadCondition;
import dev.keyward.server.condition.Condition;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads one policy file: first as YAML, then against the format's schema, then rule by rule.
///
/// Not for several threads.
public final class PolicyFile {
  private final String name;
  private final Lines lines;
  private final List<PolicyProblem> problems = new ArrayList<>();

  private PolicyFile(String name, Lines lines) {
    this.name = name;
    this.lines = lines;
  }

  /// What a file says, or what is wrong with it.
  ///
  /// @param rules absent if anything is wrong
  /// @param problems in the order of lines
  public record Reading(Optional<Rules> rules, List<PolicyProblem> problems) {
    /// Copies the list.
    public Reading {
      problems = List.copyOf(problems);
    }
  }

  /// Lets `agents` (none means all) call `tool` unasked: what the settings list.
  public record Allow(ToolPattern tool, Set<AgentId> agents) {
    /// Copies the agents.
    public Allow {
      agents = Set.copyOf(agents);
    }
  }

  /// {@return the rules where there is no file}
  ///
  /// @param allowed what the settings allow
  public static Rules none(List<Allow> allowed) {
    return rules(List.of(), ZoneOffset.UTC, JsonMapper.shared().createObjectNode(), allowed);
  }

  /// Reads a text; never throws for what it holds.
  ///
  /// @param name the file's name, for problems
  /// @param allowed what the settings allow beside it
  public static Reading read(String name, String text, List<Allow> allowed) {
    try {
      YamlText.Document document = YamlText.read(text);
      return new PolicyFile(name, document.lines()).reading(document.json(), allowed);
    } catch (YamlText.Unreadable e) {
      var file = new PolicyFile(name, new Lines(Map.of(e.pointer(), e.line())));
      file.problem(e.pointer(), e.rule());
      return new Reading(Optional.empty(), file.problems);
    }
  }

  /// {@return what is wrong with a text, tools included that the catalog does not have: a rule
  /// about them would never match}
  public static List<PolicyProblem> problems(String name, String text, ToolCatalog catalog) {
    Reading reading = read(name, text, List.of());
    if (!reading.problems().isEmpty()) {
      return reading.problems();
    }
    try {
      YamlText.Document document = YamlText.read(text);
      var file = new PolicyFile(name, document.lines());
      reading.rules().orElseThrow().all().forEach(rule -> file.checkTools(rule, catalog));
      return file.broken().problems();
    } catch (YamlText.Unreadable e) {
      throw new IllegalStateException("it was read a moment ago", e);
    }
  }

  private void checkTools(Rule rule, ToolCatalog catalog) {
    String at = "/rules/" + rule.name();
    rule.scope().tools().forEach(tool -> checkTool(at + "/tools", tool, catalog));
    rule.when().stream()
        .flatMap(when -> Words.tools(when).stream())
        .forEach(tool -> checkTool(at + "/when", tool, catalog));
  }

  private void checkTool(String at, ToolPattern tool, ToolCatalog catalog) {
    if (!tool.names(MoreAccess.TOOL) && !catalog.has(tool)) {
      problem(at, "names " + tool + ", which the catalog does not have");
    }
  }

  /// {@return the file that `init` writes, with comments}
  public static String initial() {
    return resource("policy.yaml");
  }

  /// {@return the JSON Schema of the format, for editors}
  public static String schema() {
    return resource("policy.schema.json");
  }

  private Reading reading(JsonNode json, List<Allow> allowed) {
    new SchemaCheck(JsonMapper.shared().readTree(schema()))
        .check(json)
        .forEach(broken -> problem(broken.pointer(), broken.rule()));
    if (!problems.isEmpty()) {
      return broken();
    }
    ZoneId zone = zone(json.path("time_zone"));
    List<Rule> read = new ArrayList<>();
    json.path("rules")
        .properties()
        .forEach(entry -> rule(entry.getKey(), entry.getValue()).ifPresent(read::add));
    return problems.isEmpty()
        ? new Reading(Optional.of(rules(read, zone, json, allowed)), List.of())
        : broken();
  }

  private Reading broken() {
    problems.sort(Comparator.comparingInt(PolicyProblem::line));
    return new Reading(Optional.empty(), problems);
  }

  private ZoneId zone(JsonNode named) {
    try {
      return named.isString() ? ZoneId.of(named.stringValue()) : ZoneOffset.UTC;
    } catch (DateTimeException _) {
      problem("/time_zone", "must be a time zone such as Europe/Berlin");
      return ZoneOffset.UTC;
    }
  }

  private Optional<Rule> rule(String rule, JsonNode json) {
    String at = "/rules/" + rule;
    Effect effect = Effect.parse(json.path("effect").stringValue());
    boolean observed = json.path("mode").asString("").equals("observe");
    var scope =
        new Scope(
            texts(json, "tools").map(ToolPattern::new).toList(),
            set(json, "tiers", tier -> Tier.valueOf(tier.toUpperCase(Locale.ROOT))),
            set(json, "agents", AgentId::new),
            set(json, "agent_types", Function.identity()),
            set(json, "workspaces", Function.identity()));
    Set<String> personal = set(json, "personal", Function.identity());
    if (!json.has("when")) {
      return Optional.of(new Rule(rule, effect, observed, scope, Optional.empty(), personal));
    }
    return condition(at + "/when", json.path("when").stringValue())
        .map(when -> new Rule(rule, effect, observed, scope, Optional.of(when), personal));
  }

  private Optional<Condition> condition(String at, String text) {
    try {
      Condition condition = Words.vocabulary().read(text);
      Words.check(condition);
      return Optional.of(condition);
    } catch (BadCondition e) {
      problem(at, line(at, text, e.line()), e.rule());
    } catch (IllegalArgumentException e) {
      problem(at, String.valueOf(e.getMessage()));
    }
    return Optional.empty();
  }

  /// A text of several lines begins on the line after its field.
  private int line(String at, String text, int within) {
    return lines.of(at) + within - (text.contains("\n") ? 0 : 1);
  }

  private void problem(String pointer, String rule) {
    problem(pointer, lines.of(pointer), rule);
  }

  private void problem(String pointer, int line, String rule) {
    String field = pointer.isEmpty() ? "" : pointer.substring(1).replace('/', '.');
    problems.add(new PolicyProblem(name, line, field, rule));
  }

  private static Rules rules(List<Rule> read, ZoneId zone, JsonNode document, List<Allow> allowed) {
    List<Rule> all = new ArrayList<>(read);
    allowed.forEach(allow -> all.add(rule(allow)));
    var decides = JsonMapper.shared().createObjectNode();
    decides.set("file", document);
    var list = decides.putArray("allow");
    allowed.stream().map(PolicyFile::written).sorted().forEach(list::add);
    return new Rules(all, zone, CanonicalJson.sha256(decides));
  }

  private static Rule rule(Allow allow) {
    var scope = new Scope(List.of(allow.tool()), Set.of(), allow.agents(), Set.of(), Set.of());
    return new Rule(
        "allow " + allow.tool(), Effect.ALLOW, false, scope, Optional.empty(), Set.of());
  }

  private static String written(Allow allow) {
    return allow.tool() + " " + allow.agents().stream().map(AgentId::value).sorted().toList();
  }

  private static Stream<String> texts(JsonNode json, String field) {
    return StreamSupport.stream(json.path(field).spliterator(), false).map(JsonNode::stringValue);
  }

  private static <T> Set<T> set(JsonNode json, String field, Function<String, T> parse) {
    return texts(json, field).map(parse).collect(Collectors.toSet());
  }

  private static String resource(String resource) {
    try (InputStream in = PolicyFile.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException("the jar lacks " + resource, e);
    }
  }
}
