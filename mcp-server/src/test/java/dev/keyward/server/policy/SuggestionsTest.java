package dev.keyward.server.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.approvals.Answer;
import dev.keyward.approvals.ApprovalRequest;
import dev.keyward.approvals.ApprovalSettings;
import dev.keyward.approvals.Approvals;
import dev.keyward.approvals.DecisionResult;
import dev.keyward.approvals.Person;
import dev.keyward.approvals.QuestionLimits;
import dev.keyward.approvals.Role;
import dev.keyward.approvals.TestSeal;
import dev.keyward.call.ApprovalId;
import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallId;
import dev.keyward.call.CallRefused;
import dev.keyward.call.Caller;
import dev.keyward.call.Delegator;
import dev.keyward.call.PassedHandle;
import dev.keyward.call.PersonId;
import dev.keyward.call.Recorded;
import dev.keyward.call.Refusal;
import dev.keyward.call.RunId;
import dev.keyward.catalog.CatalogFolder;
import dev.keyward.catalog.ToolCall;
import dev.keyward.catalog.ToolCatalog;
import dev.keyward.server.SettableClock;
import dev.keyward.store.Database;
import dev.keyward.store.TestSqlite;
import dev.keyward.store.Tx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/// Rules from what people have always approved: what they let run, and when there is none.
final class SuggestionsTest {
  private static final String SHOP =
      """
      system: shop
      origin: https://shop.example
      credential: none
      tools:
        set_price:
          title: Set a price
          description: Sets a price.
          tier: TIER
          summary: Set the price of {item} to {amount}
          input:
            properties:
              item: {type: string, description: Which.}
              amount: {type: integer, description: How much.}
              currency: {type: string, description: In what.}
              list: {type: string, description: On which list.}
              note: {type: string, description: Why.}
              everywhere: {type: boolean, description: In every shop.}
            required: [item, amount, currency]
          request: {method: POST, path: /prices, body: {json: [item, amount, currency, list, note, everywhere]}}
          result: [id]
      """;
  private static final Person OLGA = new Person(new PersonId("olga"), Set.of(Role.MEMBER));
  private static final Person MINA = new Person(new PersonId("mina"), Set.of(Role.MEMBER));

  @TempDir private Path folder;
  private final SettableClock clock = new SettableClock();
  private final Random random = new Random(20261129);
  private Rules rules = TestCalls.rules("rules: {}");
  private ToolCatalog catalog = TestCalls.CATALOG;
  private Database database;
  private Approvals approvals;
  private RulePolicy policy;
  private Gate gate;

  @BeforeEach
  void start() throws IOException {
    database = TestSqlite.open(folder.resolve("keyward.db"));
    catalog = catalog("write");
    approvals =
        new Approvals(
            database,
            clock,
            random,
            TestSeal.make(),
            (_, _) -> {},
            id -> List.of(OLGA, MINA).stream().filter(one -> one.id().equals(id)).findFirst(),
            new ApprovalSettings(Duration.ofDays(9), false, QuestionLimits.of(1000)));
    policy = new RulePolicy(() -> rules, false, new NoRuns(), database, clock);
    gate = new Gate(policy, approvals, () -> catalog);
  }

  @AfterEach
  void stop() {
    database.close();
  }

  @Test
  void whatWasAlwaysTheSameBecomesAConditionAndTheRestIsSaidToBeOpen() {
    for (int i = 0; i < 12; i++) {
      approve(call("a1", price("lamp-" + i, 5 + i, ", \"list\": \"" + "ab".charAt(i % 2) + "\"")));
    }

    Suggestion suggested = only(10);

    assertEquals(
        """
          # 12 calls approved by olga, 2026-11-20 to 2026-11-20; none denied, none changed.
          # Whatever these are: item (12 different).
          suggested-shop-set-price-a1:
            effect: allow
            tools: ["shop.set_price"]
            agents: ["a1"]
            when: '!delegator.present && args.amount >= 5 && args.amount <= 16 && args.currency == "EUR" && !has(args.everywhere) && has(args.list) && args.list in ["a", "b"] && !has(args.note)'
        """,
        suggested.yaml());
  }

  @Test
  void pastedIntoThePolicyItLetsRunTheSeenCallsAndNoOthers() {
    List<ToolCall> seen =
        List.of(
            call("a1", price("it's \"new\"", 5, "")),
            call("a1", price("lamp", 7, "")),
            call("a1", price("desk", 9, "")));
    seen.forEach(this::approve);
    assertInstanceOf(Verdict.AskPeople.class, policy.decide(seen.getFirst()).verdict());

    rules = TestCalls.rules("rules:\n" + only(3).yaml());

    for (ToolCall each : seen) {
      assertEquals(new Verdict.Allow("suggested-shop-set-price-a1"), policy.decide(each).verdict());
    }
    List<ToolCall> others =
        List.of(
            call("a1", price("lamp", 10, "")),
            call("a1", price("lamp", 7, "").replace("EUR", "USD")),
            call("a1", price("lamp", 7, ", \"everywhere\": true")),
            call("a1", price("lamp", 7, ", \"note\": \"\"")),
            call("a2", price("lamp", 7, "")),
            call(caller("a1", Optional.of(new Delegator(MINA.id(), true))), price("lamp", 7, "")));
    for (ToolCall each : others) {
      assertEquals(
          new Verdict.AskPeople("tier write", ApprovalKind.CONFIRM),
          policy.decide(each).verdict(),
          each.arguments().canonical());
    }
  }

  /// Whatever an agent writes into its arguments stays a text in the rule.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "x\\\" || true || \\\"",
        "' }\\nrules: {evil: {effect: allow}}",
        "\\\\\\\" + \\\\",
        "# ''",
        "{{}} ${x} \\u0007 \\t"
      })
  void anArgumentCannotSayMoreInTheRuleThanItself(String value) {
    String arguments = price("lamp", 7, "").replace("EUR", value);
    for (int i = 0; i < 3; i++) {
      approve(call("a1", arguments));
    }

    rules = TestCalls.rules("rules:\n" + only(3).yaml());

    assertEquals(1, rules.all().size());
    assertInstanceOf(Verdict.Allow.class, policy.decide(call("a1", arguments)).verdict());
    assertInstanceOf(
        Verdict.AskPeople.class, policy.decide(call("a1", price("lamp", 7, ""))).verdict());
  }

  @Test
  void aCallThatWasDeniedOrChangedIsLetRunByNoSuggestion() {
    for (int i = 0; i < 5; i++) {
      approve(call("a1", price("lamp", 7 + i, "")));
      approve(call("a2", price("lamp", 7 + i, "")));
    }
    decide(asked(call("a1", price("lamp", 8, ""))), OLGA, false);
    ApprovalRequest changed = asked(call("a2", price("lamp", 9, "")));
    Arguments to = Arguments.of(JsonMapper.shared().readTree(price("lamp", 6, "")));
    assertInstanceOf(
        DecisionResult.Recorded.class,
        approvals.edit(changed.id(), OLGA, changed.digest(), to, "Set it"));

    assertEquals(List.of(), suggested(5));
  }

  @Test
  void aDenialOfWhatTheRuleWouldNotLetRunIsNoObstacle() {
    for (int i = 0; i < 5; i++) {
      approve(call("a1", price("lamp", 7 + i, "")));
    }
    decide(asked(call("a1", price("lamp", 900, ""))), OLGA, false);

    rules = TestCalls.rules("rules:\n" + only(5).yaml());

    assertInstanceOf(
        Verdict.AskPeople.class, policy.decide(call("a1", price("lamp", 900, ""))).verdict());
  }

  /// A person who presses without reading opens nothing.
  @Test
  void whatNobodyCanHaveReadCountsForNothing() {
    for (int i = 0; i < 20; i++) {
      ApprovalRequest request = asked(call("a1", price("lamp", i, "")));
      clock.move(Duration.ofMillis(1_900));
      decide(request, OLGA, true);
    }

    assertEquals(List.of(), suggested(3));
  }

  @Test
  void fewerThanWantedAreNotEnough() {
    for (int i = 0; i < 4; i++) {
      approve(call("a1", price("lamp", i, "")));
    }

    assertEquals(List.of(), suggested(5));
    assertEquals(4, only(4).approved());
  }

  @Test
  void nothingIsSuggestedForADangerousWriteEvenWhereItWasAWriteBefore() throws IOException {
    for (int i = 0; i < 5; i++) {
      approve(call("a1", price("lamp", i, "")));
    }
    assertEquals(1, suggested(5).size());

    catalog = catalog("dangerous_write");

    assertEquals(List.of(), suggested(5));
  }

  @Test
  void whatARuleAsksForIsNotSuggestedAway() {
    rules = TestCalls.rules("rules: {prices: {effect: confirm, tools: [shop.set_price]}}");
    for (int i = 0; i < 5; i++) {
      approve(call("a1", price("lamp", i, "")));
    }

    assertEquals(List.of(), suggested(5));
    rules = TestCalls.rules("rules: {}");
    assertEquals(List.of(), suggested(5));
  }

  @Test
  void whereItRunsAlreadyOrARuleWouldStillAskNothingIsSuggested() {
    for (int i = 0; i < 5; i++) {
      approve(call("a1", price("lamp", i, "")));
    }

    rules = TestCalls.rules("rules: {prices: {effect: allow, agents: [a1]}}");
    assertEquals(List.of(), suggested(5));
    rules = TestCalls.rules("rules: {prices: {effect: review, tools: [shop.set_price]}}");
    assertEquals(List.of(), suggested(5));
  }

  @Test
  void whatHoldsASecretAHandleOrAHiddenSignIsNotWrittenOut() {
    List<String> currencies = List.of("s3cret", "EUR\u202e", "E".repeat(300));
    for (int each = 0; each < currencies.size(); each++) {
      for (int i = 0; i < 5; i++) {
        String arguments = price("lamp", i, "").replace("EUR", currencies.get(each));
        approve(call("a" + each, arguments));
      }
    }
    for (int i = 0; i < 5; i++) {
      approve(withHandle(call("h1", price("lamp", i, ""))));
      approve(withoutSecret(call("h2", price("lamp", i, ", \"note\": \"left out\""))));
    }

    assertEquals(List.of(), suggested(5));
  }

  @Test
  void whoIsOnlyClaimedSpeaksForNothingAndWhoIsVerifiedForThemselves() {
    Optional<Delegator> claimed = Optional.of(new Delegator(MINA.id(), false));
    Optional<Delegator> verified = Optional.of(new Delegator(MINA.id(), true));
    for (int i = 0; i < 5; i++) {
      decideSlowly(asked(call(caller("a1", verified), price("lamp", i, ""))), MINA);
    }

    rules = TestCalls.rules("rules:\n" + only(5).yaml());

    assertInstanceOf(Verdict.Allow.class, decided(verified));
    assertInstanceOf(Verdict.AskPeople.class, decided(claimed));
    assertInstanceOf(Verdict.AskPeople.class, decided(Optional.empty()));
    assertInstanceOf(Verdict.AskPeople.class, decided(Optional.of(new Delegator(OLGA.id(), true))));
  }

  @Test
  void severalAgentsOfATypeAreOneRuleWhereEachHasDoneEnough() {
    for (int i = 0; i < 5; i++) {
      approve(call("a1", price("lamp", i, "")));
      approve(call("a2", price("lamp", i, "")));
    }
    approve(call("a3", price("lamp", 900, "")));

    Suggestion suggested = only(5);

    assertEquals("suggested-shop-set-price-triage", suggested.rule());
    assertEquals(10, suggested.approved());
    assertTrue(suggested.yaml().contains("agent_types: [\"triage\"]"), suggested.yaml());
    assertTrue(suggested.yaml().contains("agent.owner == \"olga\""), suggested.yaml());
    rules = TestCalls.rules("rules:\n" + suggested.yaml());
    assertInstanceOf(
        Verdict.AskPeople.class, policy.decide(call("a3", price("lamp", 900, ""))).verdict());
  }

  @Test
  void aNameThatTheFileHasIsNotTakenAgain() {
    rules = TestCalls.rules("rules: {suggested-shop-set-price-a1: {effect: deny, agents: [z9]}}");
    for (int i = 0; i < 5; i++) {
      approve(call("a1", price("lamp", i, "")));
    }

    assertEquals("suggested-shop-set-price-a1-2", only(5).rule());
    assertFalse(suggested(5).isEmpty());
  }

  private Verdict decided(Optional<Delegator> delegator) {
    return policy.decide(call(caller("a1", delegator), price("lamp", 3, ""))).verdict();
  }

  private Suggestion only(int least) {
    List<Suggestion> suggested = suggested(least);
    assertEquals(1, suggested.size(), suggested::toString);
    return suggested.getFirst();
  }

  private List<Suggestion> suggested(int least) {
    return new Suggestions(
            policy, catalog, value -> !value.toString().contains("s3cret"), new Random(1))
        .of(approvals.answered(Instant.EPOCH), least);
  }

  private static String price(String item, int amount, String more) {
    return "{\"item\": "
        + Pins.text(item)
        + ", \"amount\": "
        + amount
        + ", \"currency\": \"EUR\""
        + more
        + "}";
  }

  private void approve(ToolCall call) {
    decideSlowly(asked(call), OLGA);
  }

  private void decideSlowly(ApprovalRequest request, Person person) {
    clock.move(Duration.ofSeconds(20));
    decide(request, person, true);
  }

  private void decide(ApprovalRequest request, Person person, boolean approve) {
    var verdict =
        approve ? dev.keyward.approvals.Verdict.APPROVE : dev.keyward.approvals.Verdict.DENY;
    assertInstanceOf(
        DecisionResult.Recorded.class,
        approvals.decide(request.id(), person, new Answer(verdict, "", request.digest(), "")));
  }

  private ApprovalRequest asked(ToolCall call) {
    var refused = assertThrows(CallRefused.class, () -> gate.permit(call, _ -> {}));
    ApprovalId id = assertInstanceOf(Refusal.Pending.class, refused.refusal()).approval();
    return approvals.find(id).orElseThrow();
  }

  private ToolCall call(String agent, String arguments) {
    return call(caller(agent, Optional.empty()), arguments);
  }

  /// Each in a run of its own.
  private Caller caller(String agent, Optional<Delegator> delegator) {
    return TestCalls.caller(agent, "triage", "support", RunId.random(random), delegator);
  }

  private ToolCall call(Caller caller, String arguments) {
    Arguments json = Arguments.of(JsonMapper.shared().readTree(arguments));
    var tool = catalog.find("shop.set_price").orElseThrow();
    return new ToolCall(
        CallId.random(random), caller, tool, json, CallDigest.of(caller, tool.name(), json));
  }

  /// The same, with a handle in place of its item.
  private ToolCall withHandle(ToolCall call) {
    String item = call.arguments().json().path("item").stringValue();
    var handle = new PassedHandle(item, "reset_link", call.tool().name(), Instant.EPOCH, "digest");
    return recorded(call, new Recorded(call.arguments(), List.of(handle), Optional.empty()));
  }

  /// The same, of which something was left out when it was stored.
  private ToolCall withoutSecret(ToolCall call) {
    return recorded(call, new Recorded(call.arguments(), List.of(), Optional.of("digest")));
  }

  private static ToolCall recorded(ToolCall call, Recorded recorded) {
    var digest = CallDigest.of(call.caller(), call.tool().name(), recorded);
    return new ToolCall(call.id(), call.caller(), call.tool(), call.arguments(), recorded, digest);
  }

  private ToolCatalog catalog(String tier) throws IOException {
    Path tools = Files.createDirectories(folder.resolve(tier));
    Files.writeString(tools.resolve("shop.yaml"), SHOP.replace("TIER", tier));
    try (CatalogFolder read = CatalogFolder.open(tools)) {
      return read.current();
    }
  }

  /// Nobody knows what such a run is for.
  private static final class NoRuns implements RunFacts {
    @Override
    public Job job(RunId run) {
      return new Job("", "", "autonomous");
    }

    @Override
    public boolean shown(Tx tx, RunId run, String kind, String value) {
      return false;
    }
  }
}
