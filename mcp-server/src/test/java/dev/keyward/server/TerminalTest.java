package dev.keyward.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.server.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `keyward approvals` in the name of a person, from the code to the executed call.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class TerminalTest {
  private static final Pattern CODE = Pattern.compile("[A-Z]{4}-[A-Z]{4}");

  private TestBroker broker;
  private Path folder;

  @BeforeAll
  void start(@TempDir Path home) throws Exception {
    folder = home;
    broker = TestBroker.in(home.resolve("broker"));
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  private record Said(int code, String out, String err) {
    JsonNode json() {
      return JsonMapper.shared().readTree(out);
    }
  }

  @Test
  void whatIsApprovedAtATerminalRunsOnce() throws Exception {
    Path ann = signedIn("ann", broker.reviewer("ann"));
    Path ben = signedIn("ben", broker.reviewer("ben"));
    AgentClient agent = broker.agent("t1", "stripe.*");
    String approval = agent.call("stripe.create_refund", TestBroker.REFUND).approval();
    int before = broker.upstream().writes().size();

    Said shown = run(ann, "show", approval);
    assertTrue(shown.out.contains("ch_1NirD82eZvKYlo2C"), shown.out);
    String view = view(shown);
    assertEquals(1, run(ann, "approve", approval).code, "nobody is there to ask");
    assertEquals(1, run(ann, "approve", approval, "--view", view.substring(0, 15)).code);
    assertEquals(1, run(ann, "approve", approval, "--view", "0".repeat(64)).code);
    assertEquals(0, run(ann, "approve", approval, "--view", view.substring(0, 16)).code);
    assertEquals(1, run(ann, "approve", approval, "--view", view).code, "she has already");
    assertEquals("pending", agent.call("stripe.create_refund", TestBroker.REFUND).code());
    Said other = run(ben, "approve", approval, "--view", view, "--json");

    assertEquals("approved", other.json().path("state").asString(""), other.err);
    agent.call("stripe.create_refund", TestBroker.REFUND);
    assertEquals(before + 1, broker.upstream().writes().size());
    JsonNode record = broker.operate("audit.list", "{\"type\":\"person.signed_in\",\"limit\":1}");
    assertEquals("terminal", record.get(0).at("/event/method").asString(""));
    assertEquals(0, run(ann, "logout").code);
    assertFalse(Files.exists(ann));
  }

  @Test
  void aDigestOfAnotherRequestApprovesNothing() throws Exception {
    Path cleo = signedIn("cleo", broker.reviewer("cleo"));
    AgentClient agent = broker.agent("t2", "stripe.*");
    String harmless = agent.call("stripe.create_refund", refund(1)).approval();
    String other = agent.call("stripe.create_refund", refund(99_999)).approval();
    String view = view(run(cleo, "show", harmless));

    Said refused = run(cleo, "approve", other, "--view", view);

    assertEquals(1, refused.code);
    assertTrue(refused.err.contains("nothing was approved"), refused.err);
    assertEquals("pending", broker.state(other));
    assertEquals(0, run(cleo, "deny", other, "--reason", "too much").code);
    assertEquals("denied", broker.state(other));
  }

  /// A terminal breaks a long line by itself, and what comes next would stand where our words do.
  @Test
  void noLineOfAnAgentsReachesTheNextOne() throws Exception {
    Path olga = signedIn("olga", broker.signIn("olga"));
    String text = "Called back." + " ".repeat(150) + "page http://elsewhere.example";
    String note = "{\"ticket_id\":\"4812\",\"text\":\"" + text + "\",\"internal\":true}";
    String approval = broker.agent("t5", "crm.*").call("crm.add_note", note).approval();

    Said shown = run(olga, "show", approval);

    List<String> theirs = shown.out.lines().filter(line -> line.contains("elsewhere")).toList();
    assertFalse(theirs.isEmpty(), shown.out + shown.err);
    for (String line : theirs) {
      assertTrue(line.matches("[ ]{2,4}[│┆] .*") && line.length() <= 80, line);
    }
  }

  @Test
  void aTerminalSeesWhatItsPersonMaySee() throws Exception {
    broker.operate("person.add", "{\"name\":\"dora\"}");
    Path dora = signedIn("dora", broker.signIn("dora"));
    String approval =
        broker.agent("t3", "stripe.*").call("stripe.create_refund", refund(3)).approval();

    assertFalse(run(dora, "list").out.contains(approval));
    assertEquals(1, run(dora, "show", approval).code);
    assertEquals(1, run(dora, "deny", approval).code);
    assertEquals("pending", broker.state(approval));
    Said operator = said(List.of("approvals", "list", "--home", broker.home().folder().toString()));
    assertTrue(operator.out.contains(approval), "the operator of the home folder still lists all");
  }

  @Test
  void theTokenLiesInAFileForItsOwnerOnly() throws Exception {
    Path eve = signedIn("eve", broker.reviewer("eve"));

    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(eve)));
    Files.setPosixFilePermissions(eve, PosixFilePermissions.fromString("rw-r--r--"));
    Said said = run(eve, "list");

    assertEquals(1, said.code);
    assertTrue(said.err.contains("can be read by others"), said.err);
  }

  @Test
  void anOperatorEndsATerminal() throws Exception {
    Path finn = signedIn("finn", broker.reviewer("finn"));

    JsonNode open = broker.operate("person.sessions", "{\"name\":\"finn\"}");
    broker.operate("person.sign_out", "{\"name\":\"finn\"}");
    Said said = run(finn, "list");

    assertTrue(open.toString().contains("\"is\":\"terminal\""), open.toString());
    assertEquals(1, said.code);
    assertTrue(said.err.contains("no longer"), said.err);
  }

  @Test
  void watchTellsWhatComesAndEndsWithTheSession() throws Exception {
    Path gus = signedIn("gus", broker.reviewer("gus"));
    AgentClient agent = broker.agent("t4", "stripe.*");
    String first = agent.call("stripe.create_refund", refund(41)).approval();
    var lines = new LinkedBlockingQueue<String>();
    PrintStream out = System.out;
    System.setOut(new PrintStream(new Lines(lines), true, UTF_8));
    try {
      var watching =
          CompletableFuture.supplyAsync(
              () -> Main.run("approvals", "watch", "--json", "--session", gus.toString()));
      until(lines, line -> line.contains(first) && line.contains("\"pending\""));
      String second = agent.call("stripe.create_refund", refund(42)).approval();
      until(lines, line -> line.contains(second) && line.contains("\"pending\""));
      broker.signIn("gus").deny(second, "");
      until(lines, line -> line.contains(second) && line.contains("\"denied\""));

      broker.operate("person.remove", "{\"name\":\"gus\"}");
      agent.call("stripe.create_refund", refund(43));

      assertEquals(1, watching.get(30, TimeUnit.SECONDS));
    } finally {
      System.setOut(out);
    }
  }

  @Test
  void aTokenGoesOnlyWhereNobodyReadsAlong() {
    Said plain = said(List.of("approvals", "login", "--url", "http://broker.example"));

    assertEquals(1, plain.code);
    assertTrue(plain.err.contains("https://"), plain.err);
  }

  private static void until(LinkedBlockingQueue<String> lines, Predicate<String> wanted)
      throws InterruptedException {
    String line;
    do {
      line = next(lines);
    } while (!wanted.test(line));
  }

  private static String next(LinkedBlockingQueue<String> lines) throws InterruptedException {
    return Objects.requireNonNull(lines.poll(20, TimeUnit.SECONDS), "the line did not come");
  }

  private static String refund(int amount) {
    return "{\"charge\":\"ch_1NirD82eZvKYlo2C\",\"amount\":" + amount + "}";
  }

  private static String view(Said shown) {
    Matcher found = Pattern.compile("(?m)^view ([0-9a-f]{64})$").matcher(shown.out);
    assertTrue(found.find(), shown.out + shown.err);
    return found.group(1);
  }

  /// {@return the file of a terminal that this person has let in}
  private Path signedIn(String name, Reviewer person) throws Exception {
    Path file = folder.resolve("of-" + name).resolve("terminal.json");
    var lines = new LinkedBlockingQueue<String>();
    PrintStream err = System.err;
    PrintStream out = System.out;
    System.setErr(new PrintStream(new Lines(lines), true, UTF_8));
    System.setOut(new PrintStream(new ByteArrayOutputStream(), true, UTF_8));
    try {
      String url = broker.keyward().peopleUrl().orElseThrow().toString();
      var login =
          CompletableFuture.supplyAsync(
              () -> Main.run("approvals", "login", "--url", url, "--session", file.toString()));
      String line;
      do {
        line = next(lines);
      } while (!CODE.matcher(line.strip()).matches());
      assertEquals(
          200, person.submit("/terminal", Map.of("code", line.strip(), "answer", "let_in")));
      assertEquals(0, login.get(30, TimeUnit.SECONDS));
    } finally {
      System.setErr(err);
      System.setOut(out);
    }
    return file;
  }

  private static Said run(Path session, String... words) {
    List<String> all = new ArrayList<>(List.of("approvals"));
    all.addAll(List.of(words));
    all.addAll(List.of("--session", session.toString()));
    return said(all);
  }

  private static Said said(List<String> words) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    var said = new ByteArrayOutputStream();
    var complained = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true, UTF_8));
    System.setErr(new PrintStream(complained, true, UTF_8));
    try {
      int code = Main.run(words.toArray(String[]::new));
      return new Said(code, said.toString(UTF_8), complained.toString(UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  /// Hands on line by line what is written to it.
  private static final class Lines extends OutputStream {
    private final LinkedBlockingQueue<String> lines;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    Lines(LinkedBlockingQueue<String> lines) {
      this.lines = lines;
    }

    @Override
    public synchronized void write(int b) {
      if (b == '\n') {
        lines.add(line.toString(UTF_8));
        line.reset();
      } else {
        line.write(b);
      }
    }
  }
}
