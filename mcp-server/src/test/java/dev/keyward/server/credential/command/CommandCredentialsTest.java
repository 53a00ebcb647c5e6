package dev.keyward.server.credential.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.redaction.Secret;
import dev.keyward.server.SettableClock;
import dev.keyward.server.config.CommandSettings;
import dev.keyward.server.config.ProgramSettings;
import dev.keyward.server.credential.Canary;
import dev.keyward.server.credential.HeldSecret;
import dev.keyward.server.credential.Lookup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class CommandCredentialsTest {
  private static final CredentialRef CRM = CredentialRef.parse("command:crm#value");
  private static final String VALUE = "canary-value-9sKd02Mx";
  private static final String NEXT = "canary-next-Tq0aZs8X";

  @TempDir Path folder;
  private final SettableClock clock = new SettableClock();
  private Optional<CommandCredentials> open = Optional.empty();

  @BeforeEach
  void store() throws IOException {
    Files.writeString(folder.resolve("said"), VALUE);
    Files.writeString(folder.resolve("runs"), "");
  }

  @AfterEach
  void close() {
    open.ifPresent(CommandCredentials::close);
  }

  @Test
  void whatTheProgramPrintsServesForItsTimeAndIsAskedForAgainThen() throws IOException {
    CommandCredentials store = open("cat said");

    assertEquals(new HeldSecret(Secret.of(VALUE), 1, clock.instant()), found(store.current(CRM)));
    Files.writeString(folder.resolve("said"), NEXT);
    clock.move(Duration.ofSeconds(59));
    assertEquals(Secret.of(VALUE), found(store.current(CRM)).value());
    assertEquals(1, runs());
    clock.move(Duration.ofSeconds(2));

    HeldSecret next = found(store.current(CRM));
    assertEquals(Secret.of(NEXT), next.value());
    assertEquals(2, next.version());
  }

  @Test
  void theSameValueIsTheSameVersion() {
    CommandCredentials store = open("cat said");
    store.current(CRM);
    clock.move(Duration.ofSeconds(61));

    assertEquals(1, found(store.current(CRM)).version());
    assertEquals(2, runs());
  }

  @Test
  void aRotationIsSeenPastWhatIsKeptButNoProgramIsRunInALoop() throws IOException {
    CommandCredentials store = open("cat said");
    store.current(CRM);
    Files.writeString(folder.resolve("said"), NEXT);

    for (int i = 0; i < 10; i++) {
      assertEquals(Secret.of(NEXT), found(store.newest(CRM)).value());
    }

    assertEquals(Secret.of(NEXT), found(store.current(CRM)).value(), "it replaced what was kept");
    assertEquals(2, runs());
  }

  @Test
  void ofManyWhoAskAtOnceOneRunsTheProgram() throws Exception {
    CommandCredentials store = open("while [ ! -e go ]; do sleep 0.05; done; cat said");
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      callers.add(Thread.startVirtualThread(() -> store.current(CRM)));
    }
    Files.writeString(folder.resolve("go"), "");
    for (Thread caller : callers) {
      caller.join();
    }

    assertEquals(Secret.of(VALUE), found(store.current(CRM)).value());
    assertEquals(1, runs());
  }

  @Test
  void aFailureIsNotRetriedAtOnceAndQuotesNothing() throws IOException {
    CommandCredentials store = open("cat said; cat said >&2; exit 7");

    assertEquals(
        new Lookup.Unavailable("cannot be had: the program ends with exit code 7"),
        store.current(CRM));
    store.current(CRM);
    assertEquals(1, runs());
    clock.move(Duration.ofSeconds(6));
    store.current(CRM);
    assertEquals(2, runs());
  }

  @Test
  void aKeptValueIsNoExcuseForAProgramThatFails() throws IOException {
    CommandCredentials store = open("cat said");
    store.current(CRM);
    Files.delete(folder.resolve("said"));

    assertInstanceOf(Lookup.Unavailable.class, store.newest(CRM));
    assertEquals(Secret.of(VALUE), found(store.current(CRM)).value());
    clock.move(Duration.ofSeconds(61));
    assertInstanceOf(Lookup.Unavailable.class, store.current(CRM));
  }

  @Test
  void fieldsAreThoseOfTheJsonThatIsPrinted() throws IOException {
    Files.writeString(
        folder.resolve("said"),
        "{\"token\": \"" + VALUE + "\", \"key\": \"" + NEXT + "\", \"n\": 7, \"none\": \"\"}");
    CommandCredentials store = open("cat said");

    assertEquals(Secret.of(VALUE), found(store.current(field("token"))).value());
    assertEquals(Secret.of(NEXT), found(store.current(field("key"))).value());
    assertEquals(1, runs());
    for (String field : List.of("n", "none", "other")) {
      var missing = assertInstanceOf(Lookup.Missing.class, store.current(field(field)));
      Canary.assertFree(missing.why(), VALUE);
    }
  }

  @Test
  void whatIsNoJsonHasNoFieldsAndIsNotQuoted() {
    var missing = assertInstanceOf(Lookup.Missing.class, open("cat said").current(field("token")));

    Canary.assertFree(missing.why(), VALUE);
  }

  @Test
  void onlyProgramsOfTheSettingsAreRun() {
    CommandCredentials store = open("cat said");

    for (String name : List.of("other", "crm/x", "bin/sh")) {
      var ref = CredentialRef.parse("command:" + name + "#value");
      assertTrue(
          assertInstanceOf(Lookup.Missing.class, store.current(ref)).why().contains("config.yaml"));
    }
    assertEquals(0, runs());
  }

  private CommandCredentials open(String script) {
    var program =
        new ProgramSettings(
            List.of("/bin/sh", "-c", "echo run >> runs; " + script),
            List.of(),
            Duration.ofSeconds(20));
    var store =
        CommandCredentials.open(
            Map.of("crm", new CommandSettings(program, Duration.ofSeconds(60))),
            folder,
            name -> Optional.ofNullable(System.getenv(name)),
            clock);
    open = Optional.of(store);
    return store;
  }

  private int runs() {
    try {
      return Files.readAllLines(folder.resolve("runs")).size();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static CredentialRef field(String name) {
    return CredentialRef.parse("command:crm#" + name);
  }

  private static HeldSecret found(Lookup lookup) {
    return assertInstanceOf(Lookup.Found.class, lookup).secret();
  }
}
