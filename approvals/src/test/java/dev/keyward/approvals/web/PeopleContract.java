package dev.keyward.approvals.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.keyward.approvals.Person;
import dev.keyward.approvals.ReviewScope;
import dev.keyward.approvals.Role;
import dev.keyward.approvals.passkey.Passkey;
import dev.keyward.call.EmailAddress;
import dev.keyward.call.PersonId;
import dev.keyward.call.ToolPattern;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import dev.keyward.store.Database;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the store of people promises, whatever engine is beneath it.
abstract class PeopleContract {
  private static final PersonId ALICE = new PersonId("alice");
  private static final PersonId BOB = new PersonId("bob");
  private static final Duration A_MOMENT = Duration.ofSeconds(1);

  @TempDir Path folder;
  private final TestClock clock = new TestClock();
  private Database database;
  private SqlPeople people;
  private final List<PersonChange> changes = new CopyOnWriteArrayList<>();

  /// Opens an empty, migrated database.
  abstract Database open(Path folder);

  @BeforeEach
  void start() {
    database = open(folder);
    people = new SqlPeople(database, clock, new SecureRandom(), (_, change) -> changes.add(change));
  }

  @AfterEach
  void stop() {
    database.close();
  }

  @Test
  void nobodyIsThereAtFirst() {
    assertEquals(List.of(), people.list());
    assertEquals(Optional.empty(), people.person(ALICE));
  }

  @Test
  void peopleKeepTheirRoles() {
    assertTrue(people.add(BOB, Set.of(Role.REVIEWER, Role.MEMBER)));
    assertTrue(people.add(ALICE, Set.of(Role.MEMBER)));

    assertEquals(
        List.of(person(ALICE, Role.MEMBER), person(BOB, Role.REVIEWER, Role.MEMBER)),
        people.list());
    assertEquals(Optional.of(person(ALICE, Role.MEMBER)), people.person(ALICE));
  }

  @Test
  void anAddressIsKeptUntilItIsTakenBackOrItsPersonGoes() {
    var address = new EmailAddress("alice@example.com");
    PersonId carol = new PersonId("carol");
    people.add(carol, Set.of(Role.REVIEWER));
    people.add(ALICE, Set.of(Role.MEMBER));
    people.add(BOB, Set.of(Role.MEMBER));
    assertFalse(people.address(new PersonId("nobody"), Optional.of(address)));

    assertTrue(people.address(ALICE, Optional.of(address)));
    assertEquals(Optional.of(address), people.address(ALICE));
    assertEquals(List.of(ALICE), people.reachable().stream().map(Person::id).toList());
    people.loans().lend(carol, ALICE, Duration.ofDays(1));
    assertEquals(
        people.person(ALICE).stream().toList(), people.reachable(), "with what is lent to them");

    people.address(ALICE, Optional.empty());
    people.address(BOB, Optional.of(address));
    people.remove(BOB);
    assertEquals(Optional.empty(), people.address(ALICE));
    assertEquals(Optional.empty(), people.address(BOB));
    assertEquals(List.of(), people.reachable());
  }

  @Test
  void anIdentityElsewhereIsOnePersonForGood() {
    assertEquals(ALICE, admitted("sso", "u-1", ALICE, Role.MEMBER).orElseThrow().id());
    assertEquals(ALICE, admitted("sso", "u-1", BOB, Role.REVIEWER).orElseThrow().id());

    assertEquals(Set.of(Role.REVIEWER), people.person(ALICE).orElseThrow().roles());
    assertEquals(Optional.empty(), people.person(BOB));
  }

  @Test
  void aNameThatExistsIsNobodyElses() {
    people.add(BOB, Set.of(Role.REVIEWER));
    admitted("sso", "u-1", ALICE, Role.MEMBER);

    assertEquals(Optional.empty(), admitted("sso", "u-2", ALICE, Role.REVIEWER));
    assertEquals(Optional.empty(), admitted("other", "u-1", ALICE, Role.REVIEWER));
    assertEquals(Optional.empty(), admitted("sso", "u-3", BOB, Role.REVIEWER));
    assertEquals(Set.of(Role.MEMBER), people.person(ALICE).orElseThrow().roles());
  }

  @Test
  void anOperatorBindsOnePersonToOneIdentity() {
    people.add(ALICE, Set.of(Role.MEMBER));
    people.add(BOB, Set.of(Role.MEMBER));

    assertTrue(people.bind(ALICE, "sso", "u-1"));
    assertFalse(people.bind(BOB, "sso", "u-1"));
    assertFalse(people.bind(ALICE, "sso", "u-2"));
    assertFalse(people.bind(new PersonId("nobody"), "sso", "u-3"));
    assertEquals(ALICE, admitted("sso", "u-1", BOB, Role.MEMBER).orElseThrow().id());
  }

  @Test
  void whoeverWasRemovedStaysOutUntilTheyAreBoundAgain() {
    admitted("sso", "u-1", ALICE, Role.REVIEWER);
    people.remove(ALICE);

    assertEquals(Optional.empty(), admitted("sso", "u-1", ALICE, Role.REVIEWER));
    people.add(ALICE, Set.of(Role.MEMBER));
    assertEquals(Optional.empty(), admitted("sso", "u-1", ALICE, Role.REVIEWER));
    assertTrue(people.bind(ALICE, "sso", "u-1"));
    assertEquals(ALICE, admitted("sso", "u-1", ALICE, Role.REVIEWER).orElseThrow().id());
  }

  private Optional<Person> admitted(String issuer, String subject, PersonId name, Role role) {
    return people
        .admit(new OutsideSignIn.Identified(issuer, subject, name, Set.of(role)), "")
        .map(Session::person);
  }

  @Test
  void addingSomebodyAgainRaisesNobody() {
    people.add(ALICE, Set.of(Role.MEMBER));

    assertFalse(people.add(ALICE, Set.of(Role.REVIEWER)));

    assertEquals(Optional.of(person(ALICE, Role.MEMBER)), people.person(ALICE));
  }

  @Test
  void aStrangerGetsNoLink() {
    assertEquals(Optional.empty(), people.newLink(ALICE));
  }

  @Test
  void aLinkSignsItsPersonIn() {
    people.add(ALICE, Set.of(Role.REVIEWER));

    Session session = signIn(ALICE);

    assertEquals(person(ALICE, Role.REVIEWER), session.person());
    assertEquals(
        Optional.of(ALICE), people.session(session.token()).map(live -> live.person().id()));
  }

  @Test
  void lookingAtALinkDoesNotUseItUp() {
    people.add(ALICE, Set.of());
    Secret link = link(ALICE);

    assertEquals(Optional.of(ALICE), people.linked(link).map(Person::id));
    assertEquals(Optional.of(ALICE), people.linked(link).map(Person::id));

    assertTrue(people.consume(link, "").isPresent());
  }

  @Test
  void aLinkWorksOnce() {
    people.add(ALICE, Set.of());
    Secret link = link(ALICE);
    people.consume(link, "");

    assertEquals(Optional.empty(), people.consume(link, ""));
    assertEquals(Optional.empty(), people.linked(link));
  }

  @Test
  void ofManyWhoUseALinkAtOnceOneWins() throws InterruptedException, ExecutionException {
    people.add(ALICE, Set.of());
    Secret link = link(ALICE);
    var go = new CountDownLatch(1);
    List<Future<Optional<Session>>> attempts = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 30; i++) {
        attempts.add(
            threads.submit(
                () -> {
                  go.await();
                  return people.consume(link, "");
                }));
      }
      go.countDown();
    }

    int won = 0;
    for (Future<Optional<Session>> attempt : attempts) {
      won += attempt.get().isPresent() ? 1 : 0;
    }
    assertEquals(1, won);
  }

  @Test
  void aLinkEndsAfterFifteenMinutes() {
    people.add(ALICE, Set.of());
    Secret early = link(ALICE);
    Secret late = link(ALICE);

    clock.pass(Duration.ofMinutes(15).minus(A_MOMENT));
    assertTrue(people.consume(early, "").isPresent());
    clock.pass(A_MOMENT);

    assertEquals(Optional.empty(), people.linked(late));
    assertEquals(Optional.empty(), people.consume(late, ""));
  }

  @Test
  void anInventedTokenOpensNothing() {
    people.add(ALICE, Set.of());
    link(ALICE);
    signIn(ALICE);

    assertEquals(Optional.empty(), people.consume(Secret.of("invented"), ""));
    assertEquals(Optional.empty(), people.session(Secret.of("invented")));
  }

  @Test
  void whoeverOnlyKnocksFillsNoRecord() {
    people.add(ALICE, Set.of());
    Secret used = link(ALICE);
    Secret late = link(ALICE);
    people.consume(used, "");
    clock.pass(SqlPeople.LINK_LIFETIME);
    changes.clear();

    for (int i = 0; i < 3; i++) {
      assertEquals(Optional.empty(), people.consume(Secret.of("invented " + i), ""));
      assertEquals(Optional.empty(), people.consume(used, ""));
      assertEquals(Optional.empty(), people.consume(late, ""));
    }

    var once = new PersonChange.SignInRefused();
    assertEquals(List.of(once, once), changes, "of each link that was made");
  }

  @Test
  void aLinkIsNoSessionAndASessionIsNoLink() {
    people.add(ALICE, Set.of());
    Secret link = link(ALICE);

    assertEquals(Optional.empty(), people.session(link));
    assertEquals(Optional.empty(), people.consume(signIn(ALICE).token(), ""));
  }

  @Test
  void aSessionEndsWhenNobodyUsesIt() {
    people.add(ALICE, Set.of());
    Secret token = signIn(ALICE).token();

    clock.pass(Duration.ofMinutes(30));

    assertEquals(Optional.empty(), people.session(token));
  }

  @Test
  void usingASessionKeepsItAlive() {
    people.add(ALICE, Set.of());
    Secret token = signIn(ALICE).token();

    for (int i = 0; i < 3; i++) {
      clock.pass(Duration.ofMinutes(28));
      assertTrue(people.session(token).isPresent());
    }
  }

  @Test
  void aSessionEndsAfterTenHoursHoweverBusy() {
    people.add(ALICE, Set.of());
    Secret token = signIn(ALICE).token();
    for (int i = 0; i < 29; i++) {
      clock.pass(Duration.ofMinutes(20));
      assertTrue(people.session(token).isPresent());
    }

    clock.pass(Duration.ofMinutes(20));

    assertEquals(Optional.empty(), people.session(token));
  }

  @Test
  void signingOutEndsThatSessionOnly() {
    people.add(ALICE, Set.of());
    Session here = signIn(ALICE);
    Session there = signIn(ALICE);

    people.signOut(here.token());

    assertEquals(Optional.empty(), people.session(here.token()));
    assertTrue(people.session(there.token()).isPresent());
  }

  @Test
  void linksAndSessionsEndWithThePerson() {
    people.add(ALICE, Set.of(Role.REVIEWER));
    Secret link = link(ALICE);
    Session session = signIn(ALICE);

    assertTrue(people.remove(ALICE));
    people.add(ALICE, Set.of(Role.REVIEWER));

    assertEquals(Optional.empty(), people.session(session.token()));
    assertEquals(Optional.empty(), people.consume(link, ""));
  }

  @Test
  void removingAStrangerRemovesNobody() {
    people.add(ALICE, Set.of());

    assertFalse(people.remove(BOB));

    assertEquals(1, people.list().size());
  }

  @Test
  void everySessionHasItsOwnFormToken() {
    people.add(ALICE, Set.of());
    Session one = signIn(ALICE);
    Session other = signIn(ALICE);

    assertNotEquals(one.csrf(), other.csrf());
    assertTrue(one.owns(one.csrf()));
    assertFalse(one.owns(other.csrf()));
  }

  @Test
  @TouchesSecret
  void noTokenIsKeptAsItIs() {
    people.add(ALICE, Set.of());
    Secret link = link(ALICE);
    Session session = signIn(ALICE);

    List<String> kept = new ArrayList<>();
    kept.addAll(column("SELECT token_hash FROM sign_in_link WHERE expires_at > 0"));
    kept.addAll(column("SELECT token_hash FROM person_session"));
    Secret attempt = attempt();
    kept.addAll(column("SELECT token_hash FROM passkey_attempt"));

    assertEquals(
        List.of(Tokens.hash(link), Tokens.hash(session.token()), Tokens.hash(attempt)), kept);
    assertFalse(link.use(kept::contains));
    assertEquals(43, link.length());
  }

  private List<String> column(String sql) {
    return database.read(tx -> tx.sql().createQuery(sql).mapTo(String.class).list());
  }

  private Secret link(PersonId person) {
    return people.newLink(person).orElseThrow().token();
  }

  @Test
  void aReviewersScopeIsKeptAndGoesWithThePerson() {
    var scope = new ReviewScope(Set.of(new ToolPattern("crm.*")), Set.of("crm"), Set.of("support"));
    people.add(ALICE, Set.of(Role.REVIEWER));

    assertTrue(people.scope(ALICE, scope));
    assertEquals(scope, people.person(ALICE).orElseThrow().scope());
    assertEquals(scope, people.list().getFirst().scope());
    assertEquals(scope, signIn(ALICE).person().scope());
    people.scope(ALICE, ReviewScope.ALL);
    assertEquals(ReviewScope.ALL, people.person(ALICE).orElseThrow().scope());

    people.scope(ALICE, scope);
    people.remove(ALICE);
    people.add(ALICE, Set.of(Role.REVIEWER));
    assertEquals(ReviewScope.ALL, people.person(ALICE).orElseThrow().scope());
    assertFalse(people.scope(BOB, scope));
  }

  @Test
  void sessionsAreListedNewestFirstWithoutAnythingThatOpensThem() {
    people.add(ALICE, Set.of(Role.MEMBER));
    people.add(BOB, Set.of(Role.MEMBER));
    Session old = people.consume(link(ALICE), "Old browser").orElseThrow();
    clock.pass(A_MOMENT);
    people.consume(link(ALICE), "x".repeat(1000));
    people.consume(link(BOB), "Bob's");

    List<OpenSession> open = people.sessions(ALICE);

    assertEquals(List.of(200, 11), open.stream().map(one -> one.browser().length()).toList());
    assertEquals(Optional.empty(), people.session(Secret.of(open.getLast().name())));
    assertTrue(people.session(old.token()).isPresent());
    clock.pass(SqlPeople.IDLE);
    assertEquals(List.of(), people.sessions(ALICE));
  }

  @Test
  void anEndedSessionIsOverAtOnceAndNobodyElses() {
    people.add(ALICE, Set.of(Role.MEMBER));
    people.add(BOB, Set.of(Role.MEMBER));
    Session here = signIn(ALICE);
    Session there = signIn(ALICE);
    Session bobs = signIn(BOB);
    String name = SessionRows.name(Tokens.hash(there.token()));

    assertFalse(people.endSession(BOB, name, false), "not his to end");
    assertTrue(people.endSession(ALICE, name, false));
    assertFalse(people.endSession(ALICE, name, false));

    assertEquals(Optional.empty(), people.session(there.token()));
    signIn(ALICE);
    assertEquals(1, people.endOthers(here));
    assertTrue(people.session(here.token()).isPresent());
    assertEquals(1, people.endSessions(ALICE));
    assertEquals(Optional.empty(), people.session(here.token()));
    assertTrue(people.session(bobs.token()).isPresent());
  }

  @Test
  void aTerminalGetsOneSessionOfWhoeverLetItIn() {
    people.add(ALICE, Set.of(Role.REVIEWER));
    Session alice = signIn(ALICE);
    TerminalLogins.Begun begun = begin();

    assertTrue(people.terminals().fetch(begun.device()) instanceof TerminalLogins.Fetch.NotYet);
    assertTrue(people.terminals().look(alice, begun.code()) instanceof TerminalLogins.Look.Found);
    assertTrue(people.terminals().fetch(begun.device()) instanceof TerminalLogins.Fetch.NotYet);
    String typed = begun.code().toLowerCase(Locale.ROOT).replace("-", " ");
    assertTrue(people.terminals().answer(alice, typed, true) instanceof TerminalLogins.Look.Found);
    Session terminal = fetched(begun);

    assertEquals(ALICE, terminal.person().id());
    assertTrue(people.terminals().fetch(begun.device()) instanceof TerminalLogins.Fetch.Over);
    assertEquals(Optional.empty(), people.session(terminal.token()), "it opens no page");
    assertEquals(Optional.empty(), people.glance(terminal.token()));
    assertEquals(Optional.empty(), people.terminalSession(alice.token()));
    assertTrue(people.terminalSession(terminal.token()).isPresent());
    assertEquals(
        List.of(false, true),
        people.sessions(ALICE).stream().map(OpenSession::terminal).sorted().toList());
  }

  @Test
  void aRefusedTerminalIsNeverLetIn() {
    people.add(ALICE, Set.of(Role.REVIEWER));
    Session alice = signIn(ALICE);
    TerminalLogins.Begun begun = begin();

    people.terminals().answer(alice, begun.code(), false);

    assertTrue(
        people.terminals().answer(alice, begun.code(), true) instanceof TerminalLogins.Look.None);
    assertTrue(people.terminals().fetch(begun.device()) instanceof TerminalLogins.Fetch.Over);
  }

  @Test
  void whoGuessesCodesIsSoonToldNothing() {
    people.add(ALICE, Set.of(Role.REVIEWER));
    people.add(BOB, Set.of(Role.REVIEWER));
    Session alice = signIn(ALICE);
    TerminalLogins.Begun begun = begin();
    for (int i = 0; i < TerminalLogins.TRIES; i++) {
      assertTrue(
          people.terminals().look(alice, "BBBB-BBB" + i) instanceof TerminalLogins.Look.None);
    }

    assertTrue(people.terminals().look(alice, begun.code()) instanceof TerminalLogins.Look.Tired);
    assertTrue(
        people.terminals().answer(alice, begun.code(), true) instanceof TerminalLogins.Look.Tired);
    assertTrue(
        people.terminals().look(signIn(BOB), begun.code()) instanceof TerminalLogins.Look.Found);
  }

  @Test
  void aCodeIsGoodForTenMinutesAndForOneAnswer() {
    people.add(ALICE, Set.of(Role.REVIEWER));
    people.add(BOB, Set.of(Role.REVIEWER));
    TerminalLogins.Begun late = begin();
    TerminalLogins.Begun taken = begin();
    people.terminals().answer(signIn(BOB), taken.code(), true);

    assertTrue(
        people.terminals().answer(signIn(ALICE), taken.code(), true)
            instanceof TerminalLogins.Look.None);
    clock.pass(TerminalLogins.LIFETIME);
    assertTrue(
        people.terminals().look(signIn(ALICE), late.code()) instanceof TerminalLogins.Look.None);
    assertTrue(people.terminals().fetch(taken.device()) instanceof TerminalLogins.Fetch.Over);
  }

  @Test
  void aTerminalEndsWithItsPersonAndNoLaterThanWhatLetItIn() {
    people.add(ALICE, Set.of(Role.REVIEWER));
    Session alice = signIn(ALICE);
    for (int i = 0; i < 20; i++) {
      clock.pass(Duration.ofMinutes(29));
      assertTrue(people.session(alice.token()).isPresent());
    }
    Session terminal = terminalOf(alice);
    TerminalLogins.Begun unfetched = begin();
    people.terminals().answer(alice, unfetched.code(), true);

    assertTrue(people.terminalSession(terminal.token()).isPresent());
    clock.pass(Duration.ofMinutes(20));
    assertEquals(Optional.empty(), people.terminalSession(terminal.token()), "10 h after sign-in");

    Session again = terminalOf(signIn(ALICE));
    people.remove(ALICE);
    people.add(ALICE, Set.of(Role.REVIEWER));
    assertEquals(Optional.empty(), people.terminalSession(again.token()));
    assertTrue(people.terminals().fetch(unfetched.device()) instanceof TerminalLogins.Fetch.Over);
  }

  @Test
  void whatWasEndedComesBackByNoTerminalThatWasLetInBefore() {
    people.add(ALICE, Set.of(Role.REVIEWER));
    people.add(BOB, Set.of(Role.REVIEWER));
    TerminalLogins.Begun bobs = letInBy(signIn(BOB));
    for (Consumer<Session> end :
        List.<Consumer<Session>>of(
            session -> people.signOut(session.token()),
            session -> people.endSession(ALICE, name(session), false),
            _ -> people.endSessions(ALICE),
            _ -> people.endOthers(signIn(ALICE)),
            _ -> people.forgetPasskey(ALICE))) {
      Session stolen = signIn(ALICE);
      people.keepPasskey(stolen, new Passkey("credential", "key"));
      Session fetched = terminalOf(stolen);
      TerminalLogins.Begun waiting = letInBy(stolen);

      end.accept(stolen);

      assertEquals(Optional.empty(), people.terminalSession(fetched.token()));
      assertTrue(people.terminals().fetch(waiting.device()) instanceof TerminalLogins.Fetch.Over);
      people.endSessions(ALICE);
    }
    assertTrue(people.terminalSession(fetched(bobs).token()).isPresent());
  }

  @Test
  void aTerminalEndsWithTheBrowserThatLetItInAndWithNoOther() {
    people.add(ALICE, Set.of(Role.REVIEWER));
    Session here = signIn(ALICE);
    Session there = signIn(ALICE);
    Session heres = terminalOf(here);
    Session theres = terminalOf(there);

    people.signOut(here.token());
    people.signOutTerminal(there.token());
    assertEquals(Optional.empty(), people.terminalSession(heres.token()));
    assertTrue(people.terminalSession(theres.token()).isPresent());

    people.signOutTerminal(theres.token());
    assertEquals(Optional.empty(), people.terminalSession(theres.token()));
    assertTrue(people.session(there.token()).isPresent());
  }

  @Test
  void whoWaitsToComeInDoesNotKeepOthersOut() {
    for (int i = 0; i < 10; i++) {
      assertTrue(people.terminals().begin("client", "host", "192.0.2.1").isPresent());
    }

    assertEquals(Optional.empty(), people.terminals().begin("client", "host", "192.0.2.1"));
    assertTrue(people.terminals().begin("client", "host", "192.0.2.2").isPresent());
    clock.pass(TerminalLogins.LIFETIME);
    assertTrue(people.terminals().begin("client", "host", "192.0.2.1").isPresent());
  }

  @Test
  @TouchesSecret
  void nothingThatLetsATerminalInIsKeptAsItIs() {
    people.add(ALICE, Set.of(Role.REVIEWER));
    Session terminal = terminalOf(signIn(ALICE));
    TerminalLogins.Begun begun = begin();

    List<String> kept = new ArrayList<>(column("SELECT device_hash FROM terminal_login"));
    kept.addAll(column("SELECT code_hash FROM terminal_login"));
    kept.addAll(column("SELECT token_hash FROM person_session"));

    assertFalse(begun.device().use(kept::contains) || terminal.token().use(kept::contains));
    assertFalse(kept.contains(begun.code()));
    boolean known = terminal.token().use(token -> token.startsWith("kw_person_"));
    assertTrue(known);
  }

  @Test
  void aPlaceIsLentForDaysAndEndsByItself() {
    people.add(ALICE, Set.of(Role.REVIEWER));
    people.add(BOB, Set.of(Role.MEMBER));
    Session bob = signIn(BOB);

    assertEquals(Optional.empty(), lend(ALICE, BOB, Duration.ofDays(2)));

    assertEquals(Set.of(ALICE), lendersOf(BOB));
    Person seen = people.session(bob.token()).orElseThrow().person();
    assertEquals(people.person(BOB).orElseThrow(), seen, "his session knows it, too");
    clock.pass(Duration.ofDays(2));
    assertEquals(Set.of(), lendersOf(BOB));
    assertEquals(List.of(), people.loans().list());
    assertFalse(people.loans().end(ALICE, BOB, Optional.of(ALICE)), "it is over");
  }

  @Test
  void aLoanThatIsProlongedGoesOnAndOneThatHasEndedBeginsAnew() {
    people.add(ALICE, Set.of(Role.REVIEWER));
    people.add(BOB, Set.of(Role.MEMBER));
    lend(ALICE, BOB, Duration.ofDays(2));
    Set<Person> lent = people.person(BOB).orElseThrow().lenders();

    clock.pass(Duration.ofDays(1));
    lend(ALICE, BOB, Duration.ofDays(2));
    assertEquals(lent, people.person(BOB).orElseThrow().lenders());

    clock.pass(Duration.ofDays(2));
    lend(ALICE, BOB, Duration.ofDays(2));
    assertEquals(clock.instant(), lenderOf(BOB).since(), "it had run out");
    clock.pass(Duration.ofDays(1));
    people.loans().end(ALICE, BOB, Optional.empty());
    lend(ALICE, BOB, Duration.ofDays(2));
    assertEquals(clock.instant(), lenderOf(BOB).since(), "it had been ended");
  }

  @Test
  void aLoanEndsByAnybodysWishAndWithEitherPerson() {
    people.add(ALICE, Set.of(Role.REVIEWER));
    people.add(BOB, Set.of(Role.MEMBER));
    people.loans().lend(ALICE, BOB, Duration.ofDays(14));
    assertTrue(people.loans().end(ALICE, BOB, Optional.of(BOB)));
    assertEquals(Set.of(), lendersOf(BOB));

    for (PersonId gone : List.of(ALICE, BOB)) {
      lend(ALICE, BOB, Duration.ofDays(1));
      Set<Role> roles = people.person(gone).orElseThrow().roles();
      people.remove(gone);
      people.add(gone, roles);
      assertEquals(Set.of(), lendersOf(BOB), gone.value());
    }
  }

  @Test
  void whatSomebodyLentThemselvesEndsWithTheirSessionsByAnOperator() {
    PersonId carol = new PersonId("carol");
    people.add(ALICE, Set.of(Role.REVIEWER));
    people.add(BOB, Set.of(Role.REVIEWER));
    people.add(carol, Set.of(Role.MEMBER));
    people.loans().lend(ALICE, BOB, Duration.ofDays(1));
    lend(BOB, carol, Duration.ofDays(1));
    lend(ALICE, carol, Duration.ofDays(1));
    Session session = signIn(ALICE);
    people.endOthers(session);
    assertEquals(Set.of(ALICE, BOB), lendersOf(carol));
    changes.clear();

    people.endSessions(ALICE);

    assertEquals(Set.of(BOB), lendersOf(carol));
    assertEquals(Set.of(ALICE), lendersOf(BOB), "an operator's word stays");
    var back = new PersonChange.PlaceTakenBack(ALICE, carol, Optional.empty());
    assertEquals(List.of(back, new PersonChange.SessionsEnded(ALICE, true)), changes);

    lend(ALICE, carol, Duration.ofDays(1));
    people.keepPasskey(signIn(ALICE), new Passkey("credential", "key"));
    changes.clear();
    people.forgetPasskey(ALICE);
    assertEquals(Set.of(BOB), lendersOf(carol));
    assertEquals(List.of(back, new PersonChange.PasskeyForgotten(ALICE)), changes);
  }

  @Test
  void whoeverHasAPasskeyLendsWithItOnly() {
    PasskeyAttempts.Held alices = held(ALICE, Role.REVIEWER);
    people.add(BOB, Set.of(Role.MEMBER));
    Loan loan = people.loans().loan(ALICE, BOB, Duration.ofDays(1));

    for (Optional<Passkey> other :
        List.of(Optional.<Passkey>empty(), Optional.of(new Passkey("another", "key")))) {
      assertTrue(people.loans().lend(loan, other).isPresent());
    }
    assertEquals(Set.of(), lendersOf(BOB));
    assertEquals(Optional.empty(), people.loans().lend(loan, Optional.of(alices.passkey())));
    assertEquals(Set.of(ALICE), lendersOf(BOB));
  }

  @Test
  void onlyAReviewerLendsAndToSomebodyElseAndNotForGood() {
    PersonId carol = new PersonId("carol");
    people.add(ALICE, Set.of(Role.REVIEWER));
    people.add(BOB, Set.of(Role.MEMBER));
    people.add(carol, Set.of(Role.AUDITOR));
    lend(ALICE, BOB, Duration.ofDays(1));

    assertTrue(lend(BOB, carol, Duration.ofDays(1)).isPresent(), "lent on");
    assertTrue(lend(ALICE, ALICE, Duration.ofDays(1)).isPresent());
    assertTrue(lend(ALICE, carol, Duration.ofDays(1)).isPresent());
    assertTrue(lend(ALICE, BOB, Duration.ofDays(15)).isPresent());
    assertTrue(lend(ALICE, BOB, Duration.ZERO).isPresent());
    PersonId nobody = new PersonId("nobody");
    assertTrue(lend(ALICE, nobody, Duration.ofDays(1)).isPresent());
    assertEquals(1, people.loans().list().size());
  }

  @Test
  void aProvenPasskeySignsItsPersonInOnce() {
    PasskeyAttempts.Held alices = held(ALICE, Role.REVIEWER);
    clock.pass(A_MOMENT);
    Secret attempt = attempt();
    changes.clear();

    Session session = end(attempt, alices).orElseThrow();

    assertEquals(ALICE, people.session(session.token()).orElseThrow().person().id());
    assertEquals("A browser", people.sessions(ALICE).getFirst().browser());
    assertEquals(Optional.empty(), end(attempt, alices));
    assertEquals(List.of(new PersonChange.SignedInWithPasskey(ALICE)), changes);
  }

  @Test
  void ofTwentyAnswersToOneAttemptOneCounts() throws InterruptedException, ExecutionException {
    PasskeyAttempts.Held alices = held(ALICE, Role.MEMBER);
    Secret attempt = attempt();
    List<Future<Optional<Session>>> answers = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        answers.add(threads.submit(() -> end(attempt, alices)));
      }
    }

    int in = 0;
    for (Future<Optional<Session>> answer : answers) {
      in += answer.get().isPresent() ? 1 : 0;
    }
    assertEquals(1, in);
  }

  @Test
  void anAnswerThatProvesNothingUsesItsAttemptUp() {
    PasskeyAttempts.Held alices = held(ALICE, Role.MEMBER);
    Secret attempt = attempt();
    changes.clear();

    assertEquals(Optional.empty(), people.passkeyAttempts().end(attempt, Optional::empty, ""));
    assertEquals(Optional.empty(), end(attempt, alices));
    assertEquals(Optional.empty(), end(Secret.of("invented"), alices));

    assertEquals(List.of(new PersonChange.PasskeyNotLetIn()), changes, "others only knock");
  }

  @Test
  void anAttemptEndsAfterTwoMinutesAndIsForgotten() {
    PasskeyAttempts.Held alices = held(ALICE, Role.MEMBER);
    Secret early = attempt();
    Secret late = attempt();

    clock.pass(PasskeyAttempts.LIFETIME.minus(A_MOMENT));
    assertTrue(end(early, alices).isPresent());
    clock.pass(A_MOMENT);

    assertEquals(Optional.empty(), end(late, alices));
    Secret next = attempt();
    assertEquals(List.of(Tokens.hash(next)), column("SELECT token_hash FROM passkey_attempt"));
  }

  @Test
  void whoMayComeInIsSaidWhenTheAttemptEnds() {
    PasskeyAttempts.Held before = held(ALICE, Role.MEMBER);
    people.forgetPasskey(ALICE);
    assertEquals(Optional.empty(), end(attempt(), before), "forgotten");
    PasskeyAttempts.Held now = held(ALICE, "another", Role.MEMBER);
    assertEquals(Optional.empty(), end(attempt(), before), "not the one of today");
    assertTrue(end(attempt(), now).isPresent());

    people.remove(ALICE);
    people.add(ALICE, Set.of(Role.MEMBER));
    assertEquals(Optional.empty(), end(attempt(), now), "somebody else of that name");
    assertEquals(Optional.empty(), people.passkeyAttempts().held("another"));
  }

  @Test
  void whoSignsInElsewhereIsSignedInByNoPasskeyOfTheirs() {
    PasskeyAttempts.Held alices = held(ALICE, Role.MEMBER);
    PasskeyAttempts.Held bobs = held(BOB, "bobs", Role.MEMBER);
    people.bind(ALICE, "sso", "u-1");

    assertEquals(Optional.empty(), end(attempt(), alices));
    assertTrue(end(attempt(), bobs).isPresent());
  }

  @Test
  void tooManyAttemptsOfOneAddressAreNotBegun() {
    for (int i = 0; i < PasskeyAttempts.MOST_OF_AN_ADDRESS; i++) {
      attempt();
    }

    assertEquals(Optional.empty(), people.passkeyAttempts().begin("192.0.2.7"));
    assertTrue(people.passkeyAttempts().begin("192.0.2.8").isPresent());
    clock.pass(PasskeyAttempts.LIFETIME);
    attempt();
  }

  private Secret attempt() {
    return people.passkeyAttempts().begin("192.0.2.7").orElseThrow();
  }

  private Optional<Session> end(Secret attempt, PasskeyAttempts.Held proven) {
    return people.passkeyAttempts().end(attempt, () -> Optional.of(proven), "A browser");
  }

  private PasskeyAttempts.Held held(PersonId person, Role role) {
    return held(person, "credential", role);
  }

  private PasskeyAttempts.Held held(PersonId person, String credential, Role role) {
    people.add(person, Set.of(role));
    assertTrue(people.keepPasskey(signIn(person), new Passkey(credential, "key")));
    return people.passkeyAttempts().held(credential).orElseThrow();
  }

  private Person lenderOf(PersonId person) {
    return people.person(person).orElseThrow().lenders().iterator().next();
  }

  private Set<PersonId> lendersOf(PersonId person) {
    return people.person(person).orElseThrow().lenders().stream()
        .map(Person::id)
        .collect(Collectors.toSet());
  }

  private Optional<String> lend(PersonId lender, PersonId borrower, Duration time) {
    return people.loans().lend(people.loans().loan(lender, borrower, time), Optional.empty());
  }

  private TerminalLogins.Begun begin() {
    return people.terminals().begin("keyward", "laptop", "192.0.2.7").orElseThrow();
  }

  private Session terminalOf(Session person) {
    return fetched(letInBy(person));
  }

  private TerminalLogins.Begun letInBy(Session person) {
    TerminalLogins.Begun begun = begin();
    people.terminals().answer(person, begun.code(), true);
    return begun;
  }

  private static String name(Session session) {
    return SessionRows.name(Tokens.hash(session.token()));
  }

  private Session fetched(TerminalLogins.Begun begun) {
    return people.terminals().fetch(begun.device()) instanceof TerminalLogins.Fetch.In(var session)
        ? session
        : fail("nobody has let it in");
  }

  private Session signIn(PersonId person) {
    return people.consume(link(person), "").orElseThrow();
  }

  /// Somebody who was added just now.
  private Person person(PersonId id, Role... roles) {
    return new Person(id, Set.of(roles), ReviewScope.ALL, Set.of(), clock.instant());
  }
}
