package dev.keyward.server.policy;

import dev.keyward.call.CallId;
import dev.keyward.call.ToolName;
import dev.keyward.catalog.ToolCall;
import dev.keyward.server.condition.Facts;
import dev.keyward.server.policy.Rule.Says;
import dev.keyward.store.Database;
import dev.keyward.store.Tx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// The operator's rules over the defaults of the tiers. Thread-safe.
///
/// The strictest rule that matches wins, one that cannot be evaluated denies, and where none
/// matches the tier decides. No rule lowers a dangerous write below its floor.
public final class RulePolicy implements Policy {
  private static final String FOR_PEOPLE = "more access is for people to give";
  private static final Duration BETWEEN_TIDYINGS = Duration.ofHours(1);

  private final Supplier<Rules> rules;
  private final TierDefaults tiers;
  private final RunFacts runs;
  private final Database database;
  private final InstantSource clock;
  private volatile Instant tidyAgain = Instant.EPOCH;

  /// Decides by the rules as of now.
  ///
  /// @param singleOperator whether one person runs this install
  public RulePolicy(
      Supplier<Rules> rules,
      boolean singleOperator,
      RunFacts runs,
      Database database,
      InstantSource clock) {
    this(rules, new TierDefaults(singleOperator), runs, database, clock);
  }

  private RulePolicy(
      Supplier<Rules> rules,
      TierDefaults tiers,
      RunFacts runs,
      Database database,
      InstantSource clock) {
    this.rules = rules;
    this.tiers = tiers;
    this.runs = runs;
    this.database = database;
    this.clock = clock;
  }

  /// One rule's say in an explanation.
  public record Line(Rule rule, Says says) {}

  /// A verdict, and what every rule says.
  ///
  /// @param lines strictest rules first
  public record Explanation(Judgement judgement, List<Line> lines) {
    /// Copies the list.
    public Explanation {
      lines = List.copyOf(lines);
    }
  }

  @Override
  public Judgement decide(ToolCall call) {
    Rules now = rules.get();
    boolean looksBack = now.about(call.tool().name()).rules().stream().anyMatch(Rule::looksBack);
    return looksBack
        ? database.read(tx -> judge(now, call, Optional.of(tx)))
        : judge(now, call, Optional.empty());
  }

  @Override
  public Judgement decide(Tx tx, ToolCall call) {
    Rules now = rules.get();
    if (counted(now, call)) {
      History.lock(tx, call.caller());
    }
    return judge(now, call, Optional.of(tx));
  }

  @Override
  public Judgement decide(Tx tx, MoreAccess wanted) {
    Rules now = rules.get();
    var facts = new CallFacts(wanted, runs, tx, clock.instant(), now.zone());
    Verdict otherwise = Effect.of(tiers.of(wanted.tier())).by(FOR_PEOPLE);
    return judge(now, Asked.of(wanted), facts, otherwise, false);
  }

  @Override
  public boolean denies(Asked asked) {
    var facts = new AskedFacts(asked);
    return rules.get().about(asked.tool()).rules().stream()
        .filter(rule -> !rule.observed() && rule.knownBefore())
        .anyMatch(
            rule ->
                switch (rule.about(asked, facts)) {
                  case Says.Yes() -> rule.effect() == Effect.DENY;
                  case Says.No _ -> false;
                  case Says.Failed _ -> true;
                });
  }

  @Override
  public boolean mayAsk(ToolName tool) {
    return rules.get().about(tool).rules().stream()
        .filter(rule -> !rule.observed())
        .anyMatch(rule -> rule.effect() != Effect.ALLOW && rule.effect() != Effect.DENY);
  }

  @Override
  public void note(Tx tx, ToolCall call) {
    Rules.AboutTool about = rules.get().about(call.tool().name());
    if (about.noted() || call.tool().tier().changes()) {
      History.note(tx, call, about.amounts(), clock.instant());
    }
  }

  @Override
  public void forget(Tx tx, CallId call) {
    History.forget(tx, call);
  }

  /// {@return what would become of `call`, and what every rule says about it}
  public Explanation explain(ToolCall call) {
    Rules now = rules.get();
    return database.read(
        tx -> {
          Facts facts = facts(now, call, Optional.of(tx));
          List<Line> lines =
              now.all().stream()
                  .map(rule -> new Line(rule, rule.about(Asked.of(call), facts)))
                  .toList();
          return new Explanation(judge(now, call, Optional.of(tx)), lines);
        });
  }

  /// {@return this policy as it would be with one more rule}
  RulePolicy with(Rule more) {
    return new RulePolicy(() -> rules.get().with(more), tiers, runs, database, clock);
  }

  /// {@return the names of the rules as of now}
  Stream<String> names() {
    return rules.get().all().stream().map(Rule::name);
  }

  /// {@return whether one of its rules speaks of `call`, or cannot say}
  boolean isAbout(Rule rule, ToolCall call) {
    return explain(call).lines().stream()
        .filter(line -> line.rule().equals(rule))
        .noneMatch(line -> line.says() instanceof Says.No);
  }

  /// Forgets what no rule can ask for any more, once an hour. To be called now and then.
  public void tidy() {
    Instant now = clock.instant();
    if (now.isBefore(tidyAgain)) {
      return;
    }
    tidyAgain = now.plus(BETWEEN_TIDYINGS);
    var _ = database.submitPatiently(tx -> History.tidy(tx, now));
  }

  private Facts facts(Rules now, ToolCall call, Optional<Tx> tx) {
    return new CallFacts(call, runs, tx, clock.instant(), now.zone());
  }

  /// The rules come strictest first, so the first that matches is the strictest. The milder ones
  /// are still asked, since one that cannot be evaluated denies; only after a denial nothing
  /// changes.
  private Judgement judge(Rules now, ToolCall call, Optional<Tx> tx) {
    Verdict otherwise = tiers.of(call.tool().tier());
    return judge(now, Asked.of(call), facts(now, call, tx), otherwise, counted(now, call));
  }

  private Judgement judge(Rules now, Asked asked, Facts facts, Verdict otherwise, boolean counted) {
    List<Judgement.Observed> observed = new ArrayList<>();
    Optional<Verdict> found = Optional.empty();
    Optional<String> failure = Optional.empty();
    Set<String> personal = new HashSet<>();
    for (Rule rule : now.about(asked.tool()).rules()) {
      boolean denied = found.filter(Verdict.Deny.class::isInstance).isPresent();
      if (denied && !rule.observed()) {
        continue;
      }
      Optional<Effect> wanted =
          switch (rule.about(asked, facts)) {
            case Says.Yes() -> Optional.of(rule.effect());
            case Says.No _ -> Optional.empty();
            case Says.Failed(var why) -> {
              failure = rule.observed() ? failure : Optional.of(why);
              yield Optional.of(Effect.DENY);
            }
          };
      if (rule.observed()) {
        wanted.ifPresent(effect -> observed.add(new Judgement.Observed(rule.name(), effect)));
        continue;
      }
      wanted.ifPresent(_ -> personal.addAll(rule.personal()));
      if (wanted.isPresent() && (found.isEmpty() || wanted.get() == Effect.DENY)) {
        found = Optional.of(wanted.get().by(rule.name()));
      }
    }
    Verdict verdict = found.map(said -> tiers.atLeast(asked.tier(), said)).orElse(otherwise);
    return new Judgement(verdict, now.digest(), failure, observed, counted, personal);
  }

  private static boolean counted(Rules now, ToolCall call) {
    Asked asked = Asked.of(call);
    return now.about(call.tool().name()).rules().stream()
        .anyMatch(rule -> rule.counts() && rule.scope().leavesOut(asked).isEmpty());
  }
}
