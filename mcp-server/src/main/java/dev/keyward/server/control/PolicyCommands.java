package dev.keyward.server.control;

import dev.keyward.call.AgentId;
import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallId;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Caller;
import dev.keyward.call.Delegator;
import dev.keyward.call.PersonId;
import dev.keyward.call.Refusal;
import dev.keyward.call.RunId;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCall;
import dev.keyward.server.identity.Agent;
import dev.keyward.server.identity.Agents;
import dev.keyward.server.policy.Effect;
import dev.keyward.server.policy.Rule;
import dev.keyward.server.policy.RulePolicy;
import dev.keyward.server.policy.Rules;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `policy.show`, `policy.explain`.
final class PolicyCommands {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final OperatorCommands.Parts parts;
  private final SecureRandom random = new SecureRandom();

  PolicyCommands(OperatorCommands.Parts parts) {
    this.parts = parts;
  }

  void offer(Map<String, OperatorCommands.Command> commands) {
    commands.put("policy.show", _ -> show());
    commands.put("policy.explain", this::explain);
  }

  /// The file as it is now, not as it was when it was last looked at.
  private JsonNode show() {
    parts.policyFile().look();
    Rules rules = parts.policyFile().current();
    ObjectNode shown = JSON.objectNode().put("digest", rules.digest());
    parts.config().policy().ifPresent(file -> shown.put("file", file.toString()));
    shown.put("time_zone", rules.zone().getId());
    ArrayNode list = shown.putArray("rules");
    rules.all().forEach(rule -> list.add(row(rule)));
    ArrayNode problems = shown.putArray("problems");
    parts.policyFile().problems().forEach(problem -> problems.add(problem.toString()));
    return shown;
  }

  private JsonNode explain(Fields fields) {
    parts.policyFile().look();
    RulePolicy.Explanation explained = parts.policy().explain(call(fields));
    ObjectNode row = JSON.objectNode();
    row.put("effect", Effect.of(explained.judgement().verdict()).wire());
    row.put("rule", explained.judgement().verdict().rule());
    explained.judgement().failure().ifPresent(why -> row.put("failure", why));
    row.put("digest", explained.judgement().policy());
    ArrayNode list = row.putArray("rules");
    explained.lines().forEach(line -> list.add(row(line.rule()).put("says", words(line.says()))));
    return row;
  }

  private ToolCall call(Fields fields) {
    Agent agent = agent(fields.parsed("agent", AgentId::new));
    Tool tool =
        parts
            .catalog()
            .current()
            .find(fields.text("tool"))
            .orElseThrow(() -> new OperatorError("the catalog has no tool of that name"));
    Arguments arguments = arguments(fields.optional("args").orElse("{}"), tool);
    RunId run = fields.optional("run", RunId::new).orElseGet(() -> RunId.random(random));
    boolean verified = !fields.json().path("claimed").asBoolean(false);
    Optional<Delegator> delegator =
        fields.optional("for", PersonId::new).map(person -> new Delegator(person, verified));
    var caller =
        new Caller(agent.id(), agent.type(), agent.workspace(), agent.owner(), run, delegator);
    var digest = CallDigest.of(caller, tool.name(), arguments);
    return new ToolCall(CallId.random(random), caller, tool, arguments, digest);
  }

  private Agent agent(AgentId name) {
    return parts.agents().list().stream()
        .map(Agents.Listed::agent)
        .filter(agent -> agent.id().equals(name))
        .findFirst()
        .orElseThrow(() -> new OperatorError("there is no agent of that name"));
  }

  private static Arguments arguments(String text, Tool tool) {
    try {
      Arguments arguments = Arguments.of(JsonMapper.shared().readTree(text));
      tool.input()
          .check(arguments, Set.of())
          .ifPresent(
              broken -> {
                throw new OperatorError("args, " + broken.field() + ": " + broken.rule());
              });
      return arguments;
    } catch (JacksonException e) {
      throw new OperatorError("args must be a JSON object");
    } catch (CallRefused e) {
      throw new OperatorError(
          e.refusal() instanceof Refusal.InvalidArguments(var field, var rule)
              ? "args, " + field + ": " + rule
              : "args must be arguments of the tool");
    }
  }

  private static ObjectNode row(Rule rule) {
    ObjectNode row =
        JSON.objectNode()
            .put("rule", rule.name())
            .put("effect", rule.effect().wire())
            .put("mode", rule.observed() ? "observe" : "enforce");
    texts(row, "tools", rule.scope().tools());
    texts(row, "tiers", rule.scope().tiers().stream().map(tier -> tier.wire()).sorted().toList());
    texts(row, "agents", rule.scope().agents());
    texts(row, "agent_types", rule.scope().agentTypes());
    texts(row, "workspaces", rule.scope().workspaces());
    rule.condition().ifPresent(text -> row.put("when", text.strip()));
    texts(row, "personal", rule.personal());
    return row;
  }

  private static void texts(ObjectNode row, String field, Collection<?> values) {
    if (!values.isEmpty()) {
      ArrayNode list = row.putArray(field);
      values.stream().map(Object::toString).sorted().forEach(list::add);
    }
  }

  private static String words(Rule.Says says) {
    return switch (says) {
      case Rule.Says.Yes() -> "matches";
      case Rule.Says.No(var why) when why.equals("when") -> "its condition does not hold";
      case Rule.Says.No(var why) -> "is not about this call: " + why;
      case Rule.Says.Failed(var why) -> "denies, since " + why;
    };
  }
}
