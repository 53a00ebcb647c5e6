package dev.keyward.server.policy;

import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.Decision;
import dev.keyward.approvals.Habit;
import dev.keyward.approvals.Subject;
import dev.keyward.call.AgentId;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallId;
import dev.keyward.call.Caller;
import dev.keyward.call.Delegator;
import dev.keyward.call.PersonId;
import dev.keyward.call.Tier;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCall;
import dev.keyward.catalog.ToolCatalog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Finds what people have always approved, and writes the rules with which they would not be asked.
///
/// It changes nothing: whoever may change the policy reads them, and takes what is right. What a
/// rule would let run is what the approved calls had in common ([Pins]): the tool as it is now, who
/// was asked, for whom, the arguments. An answer within [Habit#HASTY] of the question counts for
/// nothing, nor does one that an allowance gave. Only what the tier alone has people confirm is
/// looked at: where a rule asks them, somebody wanted that, and no rule lowers a dangerous write.
public final class Suggestions {
  private static final int MOST_PEOPLE = 20;
  private static final int LONGEST_NAME = 63;

  private final RulePolicy policy;
  private final ToolCatalog catalog;
  private final Predicate<JsonNode> printable;
  private final RandomGenerator random;

  /// Suggests beside the rules and for the tools of this moment.
  ///
  /// @param printable whether a value may be shown: nothing in it is secret
  public Suggestions(
      RulePolicy policy,
      ToolCatalog catalog,
      Predicate<JsonNode> printable,
      RandomGenerator random) {
    this.policy = policy;
    this.catalog = catalog;
    this.printable = printable;
    this.random = random;
  }

  /// A call that people have answered, as it would be made now.
  private record Answered(ApprovalRequest request, ToolCall call) {
    Caller caller() {
      return call.caller();
    }
  }

  /// Whose calls of which tool are looked at together: who was asked is the same.
  private record Group(
      String tool, String agentType, String workspace, PersonId owner, boolean delegated) {
    static Group of(Answered answered) {
      Caller caller = answered.caller();
      return new Group(
          answered.call.tool().name().value(),
          caller.agentType(),
          caller.workspace(),
          caller.owner(),
          caller.delegator().isPresent());
    }
  }

  /// {@return what is suggested, by tool}
  ///
  /// @param answered what people have answered or changed, in whatever way
  /// @param least so many calls have to have been approved
  public List<Suggestion> of(Collection<ApprovalRequest> answered, int least) {
    Map<Group, List<Answered>> groups = new LinkedHashMap<>();
    List<Answered> against = new ArrayList<>();
    for (ApprovalRequest request : answered) {
      Optional<Answered> known = known(request);
      if (known.isPresent() && isAgainst(request)) {
        against.add(known.get());
      } else if (known.isPresent() && speaksFor(known.get())) {
        groups.computeIfAbsent(Group.of(known.get()), _ -> new ArrayList<>()).add(known.get());
      }
    }
    List<Suggestion> suggested = new ArrayList<>();
    groups.values().stream()
        .sorted(Comparator.comparing(calls -> Group.of(calls.getFirst()).tool))
        .forEach(calls -> suggest(calls, against, least, suggested));
    return suggested;
  }

  private Optional<Answered> known(ApprovalRequest request) {
    if (!(request.subject() instanceof Subject.Call asked)) {
      return Optional.empty();
    }
    return catalog.find(asked.tool().value()).map(tool -> new Answered(request, call(asked, tool)));
  }

  private ToolCall call(Subject.Call asked, Tool tool) {
    Arguments arguments = Arguments.of(JsonMapper.shared().readTree(asked.argumentsJson()));
    var digest = CallDigest.of(asked.caller(), tool.name(), arguments);
    return new ToolCall(CallId.random(random), asked.caller(), tool, arguments, digest);
  }

  private static boolean isAgainst(ApprovalRequest request) {
    return request.edit().isPresent()
        || request.decisions().stream()
            .anyMatch(answer -> answer.verdict() != dev.keyward.approvals.Verdict.APPROVE);
  }

  /// Where something was left out of what is stored, or a handle stands in it, the digest is
  /// another.
  private static boolean speaksFor(Answered answered) {
    ApprovalRequest request = answered.request;
    boolean whole = request.digest().equals(answered.call.digest());
    return whole
        && request.kind() == ApprovalKind.CONFIRM
        && request.rule().equals(TierDefaults.rule(Tier.WRITE))
        && answered.call.tool().tier() == Tier.WRITE
        && request.subject().shown().handles().isEmpty()
        && request.allowedBy().isEmpty()
        && !request.decisions().isEmpty()
        && request.decisions().stream().allMatch(answer -> isRead(request, answer))
        && answered.caller().delegator().map(Delegator::verified).orElse(true)
        && Gate.sameContext(request, answered.call)
        && answered.call.tool().input().check(answered.call.arguments()).isEmpty();
  }

  private static boolean isRead(ApprovalRequest request, Decision answer) {
    Duration after = Duration.between(request.asked(), answer.at());
    return after.compareTo(Habit.HASTY) >= 0;
  }

  /// One rule for the type where several of its agents have done enough each, else one for each
  /// agent that has.
  private void suggest(
      List<Answered> calls, List<Answered> against, int least, List<Suggestion> suggested) {
    Map<AgentId, List<Answered>> byAgent = new TreeMap<>(Comparator.comparing(AgentId::value));
    calls.forEach(
        call -> byAgent.computeIfAbsent(call.caller().agent(), _ -> new ArrayList<>()).add(call));
    byAgent.values().removeIf(theirs -> theirs.size() < least);
    if (byAgent.size() > 1) {
      List<Answered> all = byAgent.values().stream().flatMap(List::stream).toList();
      Optional<Suggestion> ofType = suggestion(all, against, true, suggested);
      if (ofType.isPresent()) {
        suggested.add(ofType.get());
        return;
      }
    }
    byAgent
        .values()
        .forEach(theirs -> suggestion(theirs, against, false, suggested).ifPresent(suggested::add));
  }

  private Optional<Suggestion> suggestion(
      List<Answered> calls, List<Answered> against, boolean ofType, List<Suggestion> others) {
    Answered one = calls.getFirst();
    Optional<Pins> pins =
        Pins.of(
            one.call.tool().input(),
            calls.stream().map(each -> each.call.arguments().json()).toList(),
            printable);
    Set<String> delegators =
        calls.stream()
            .flatMap(each -> each.caller().delegator().stream())
            .map(delegator -> delegator.person().value())
            .collect(Collectors.toCollection(TreeSet::new));
    if (pins.isEmpty() || delegators.size() > MOST_PEOPLE) {
      return Optional.empty();
    }
    String name = name(one, ofType, others);
    List<String> lines = lines(name, one, ofType, when(one, ofType, delegators, pins.get()));
    return checked(name, lines)
        .filter(rule -> holds(rule, calls, against))
        .map(_ -> of(name, lines, calls, pins.get()));
  }

  private static String when(Answered one, boolean ofType, Set<String> delegators, Pins pins) {
    List<String> all = new ArrayList<>();
    if (ofType) {
      all.add("agent.owner == " + Pins.text(one.caller().owner().value()));
    }
    all.add(
        delegators.isEmpty()
            ? "!delegator.present"
            : "delegator.verified && delegator.person in " + Pins.texts(delegators));
    all.addAll(pins.conditions());
    return String.join(" && ", all);
  }

  private static List<String> lines(String name, Answered one, boolean ofType, String when) {
    Caller caller = one.caller();
    List<String> who =
        ofType
            ? List.of(
                "  agent_types: [" + Pins.text(caller.agentType()) + "]",
                "  workspaces: [" + Pins.text(caller.workspace()) + "]")
            : List.of("  agents: [" + Pins.text(caller.agent().value()) + "]");
    return Stream.of(
            List.of(
                name + ":",
                "  effect: allow",
                "  tools: [" + Pins.text(one.call.tool().name().value()) + "]"),
            who,
            List.of("  when: '" + when.replace("'", "''") + "'"))
        .flatMap(List::stream)
        .toList();
  }

  /// A name that is nobody's yet.
  private String name(Answered one, boolean ofType, List<Suggestion> others) {
    String of = ofType ? one.caller().agentType() : one.caller().agent().value();
    String wanted =
        ("suggested-" + one.call.tool().name() + "-" + of)
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9-]", "-");
    Set<String> taken =
        Stream.concat(policy.names(), others.stream().map(Suggestion::rule))
            .collect(Collectors.toSet());
    for (int number = 1; ; number++) {
      String suffix = number == 1 ? "" : "-" + number;
      int room = LONGEST_NAME - suffix.length();
      String name = wanted.substring(0, Math.min(wanted.length(), room)) + suffix;
      if (!taken.contains(name)) {
        return name;
      }
    }
  }

  /// The rule as the policy's own reader takes it.
  private static Optional<Rule> checked(String name, List<String> lines) {
    String file =
        lines.stream()
            .map(line -> "  " + line + "\n")
            .collect(Collectors.joining("", "rules:\n", ""));
    return PolicyFile.read(name, file, List.of()).rules().map(rules -> rules.all().getFirst());
  }

  /// Whether the rule lets run each of these calls, for which people are asked without it, and says
  /// nothing of any that they denied or changed.
  private boolean holds(Rule rule, List<Answered> calls, List<Answered> against) {
    RulePolicy with = policy.with(rule);
    return calls.stream()
            .allMatch(
                each ->
                    policy.decide(each.call).verdict() instanceof Verdict.AskPeople
                        && with.decide(each.call).verdict().equals(new Verdict.Allow(rule.name())))
        && against.stream().noneMatch(each -> with.isAbout(rule, each.call));
  }

  private static Suggestion of(String name, List<String> lines, List<Answered> calls, Pins pins) {
    List<PersonId> people =
        calls.stream()
            .flatMap(each -> each.request.decisions().stream())
            .map(Decision::person)
            .distinct()
            .sorted(Comparator.comparing(PersonId::value))
            .toList();
    List<Instant> asked = calls.stream().map(each -> each.request.asked()).sorted().toList();
    return new Suggestion(
        name, lines, calls.size(), people, asked.getFirst(), asked.getLast(), pins.open());
  }
}
