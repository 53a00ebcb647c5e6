package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.CallId;
import dev.keyward.call.Cancellation;
import dev.keyward.redaction.Secret;
import dev.keyward.server.cli.LogLine;
import dev.keyward.server.cli.Main;
import dev.keyward.server.config.ConfigFile;
import dev.keyward.server.control.ControlClient;
import dev.keyward.server.control.OperatorError;
import dev.keyward.server.credential.EncryptedFile;
import dev.keyward.server.credential.HeldSecret;
import dev.keyward.server.credential.MasterKey;
import dev.keyward.server.pipeline.IncomingCall;
import dev.keyward.server.pipeline.Interaction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Plants secrets, lets the upstream return them in every spelling and place, and looks for them at
/// every exit there is.
@Timeout(180)
final class CanarySuiteTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String ODD = "p\u00e4\"ss\\w\u00f6rd'<7Qz&9Lm>\u20ac-kV3";
  private static final String NUMBER = "8675309124680135";
  private static final String PARTS = "{\"client_secret\":\"cs-0Vd71PwsTy83LmZx\"}";
  private static final String PART = "cs-0Vd71PwsTy83LmZx";
  private static final String ROTATED = "crm-next-Tq0aZs8Xw2Ed6Rf4";

  private static final String EXTRA =
      """
      system: extra
      origin: https://extra.example
      tools:
        put:
          title: Put KEY
          description: Puts KEY.
          tier: write
          summary: "Put {text} with KEY"
          input: {properties: {text: {type: string, maxLength: 20}}, required: [text]}
          request: {method: POST, path: /put, body: {json: [text]}}
          result: [id]
      """;

  private static final List<String> READS =
      List.of(
          "agent.list",
          "person.list",
          "secret.list",
          "catalog.list",
          "approvals.list",
          "audit.list",
          "doctor",
          "status");

  @TempDir Path folder;
  private final Listening log = new Listening();
  private final Map<String, String> exits = new LinkedHashMap<>();
  private TestBroker broker;
  private StandIn upstream;
  private AgentClient agent;

  @BeforeEach
  void start() throws Exception {
    log.begin();
    broker = TestBroker.in(folder);
    upstream = broker.upstream();
    broker.secret("odd#password", ODD);
    broker.secret("pin#number", NUMBER);
    broker.secret("oauth#client", PARTS);
    agent = broker.agent("a1", "crm.*", "stripe.*");
  }

  @AfterEach
  void stop() {
    broker.close();
    log.end();
  }

  @Test
  void whatAnUpstreamReturnsLeavesClean() {
    for (String secret : secrets()) {
      for (var spelling : Spelled.of(secret).entrySet()) {
        upstream.answers(ticket(spelling.getValue()));
        exit("ticket, " + spelling.getKey(), read());
        upstream.answers(page(spelling.getValue()));
        exit("page, " + spelling.getKey(), agent.call("crm.read_page", "{\"slug\":\"p\"}"));
        upstream.answers(
            StandIn.of(500, "application/json", error(spelling.getValue()).toString()));
        exit("error, " + spelling.getKey(), read());
      }
    }

    assertClean();
    assertTrue(exits.values().stream().anyMatch(text -> text.contains("[redacted]")));
    assertTrue(
        upstream.journal().stream()
            .anyMatch(seen -> seen.authorization().orElse("").contains(TestBroker.CRM_KEY)));
  }

  @Test
  void aSecretSplitOverFieldsIsNotPutTogetherByTheAgent() {
    for (String secret : List.of(TestBroker.CRM_KEY, TestBroker.STRIPE_KEY)) {
      for (int at = 4; at < secret.length() - 4; at += 5) {
        ObjectNode split = JSON.objectNode();
        split.put("subject", secret.substring(0, at)).put("status", secret.substring(at));
        upstream.answers(split.toString());

        Called read = read();

        var joined = new StringBuilder();
        for (JsonNode value : JsonMapper.shared().readTree(read.text())) {
          joined.append(value.asString(""));
        }
        exit("joined at " + at, joined.toString());
      }
    }

    assertClean();
  }

  /// Jetty writes down whole requests, and the database its statements, if they are asked to.
  @Test
  void theLogIsCleanHoweverMuchItSaysLibrariesIncluded() {
    log.through(new LogLine(broker.keyward()::scrubbed));
    log.librariesToo();
    for (String secret : secrets()) {
      upstream.answers(ticket(secret));
      exit("ticket at the finest log", read());
    }

    assertClean();
    assertTrue(log.text().contains("[redacted]"), "no library said anything to scrub");
  }

  @Test
  void numbersAndKeysAreScrubbedToo() {
    ObjectNode invoices = JSON.objectNode().put("object", NUMBER);
    ObjectNode invoice = invoices.putArray("data").addObject();
    invoice.put("id", "in_1").put("total", Long.parseLong(NUMBER));
    invoice.putObject("description").put(TestBroker.STRIPE_KEY, 1).put(ODD, 2);
    upstream.answers(invoices.toString());

    exit("invoices", agent.call("stripe.list_invoices", "{}"));

    assertClean();
  }

  @Test
  void whatBreaksOffLeavesClean() {
    List<StandIn.Script> broken =
        List.of(
            StandIn.of(200, "application/json", "{\"id\":\"" + TestBroker.CRM_KEY),
            StandIn.of(200, "text/" + TestBroker.CRM_KEY, TestBroker.CRM_KEY),
            StandIn.of(302, "text/plain", "", "Location", "/" + TestBroker.CRM_KEY),
            StandIn.of(401, "text/plain", "", "WWW-Authenticate", "Bearer " + TestBroker.CRM_KEY),
            StandIn.of(200, "application/json", "{}", "X-Echo", TestBroker.CRM_KEY),
            StandIn.of(
                200,
                "application/json",
                "{\"" + TestBroker.CRM_KEY + "\":1,\"" + TestBroker.CRM_KEY + "\":2}"),
            StandIn.of(200, "application/json", "{}", "Content-Encoding", TestBroker.CRM_KEY),
            exchange -> {
              throw new IllegalStateException(TestBroker.CRM_KEY);
            });
    for (StandIn.Script script : broken) {
      upstream.answers(script);
      exit("broken", read());
    }

    whatHangsAboutIsClean();
  }

  @Test
  void whatAnAgentSendsBackIsNotKept() {
    for (String secret : secrets()) {
      for (String spelled : Spelled.of(secret).values()) {
        ObjectNode note = JSON.objectNode().put("ticket_id", "1").put("internal", true);
        exit("note", agent.call("crm.add_note", note.put("text", spelled).toString()));
        ObjectNode search = JSON.objectNode().put("query", spelled);
        exit("search", agent.call("crm.search_tickets", search.toString()));
      }
    }
    exit("tool", agent.call("crm." + PART, "{}"));
    exit("list", agent.list());

    whatHangsAboutIsClean();
  }

  @Test
  void pagesAndCommandsShowNone() throws Exception {
    upstream.answers(ticket(TestBroker.CRM_KEY));
    Called asked = agent.call("crm.add_note", TestBroker.NOTE);
    Reviewer olga = broker.signIn("olga");
    olga.approve(asked.approval());
    Called ran = agent.call("crm.add_note", TestBroker.NOTE);
    assertEquals("ok", ran.code());
    Called denied = agent.call("stripe.create_refund", TestBroker.REFUND);
    Reviewer rex = broker.reviewer("rex");
    rex.deny(denied.approval(), "no");
    olga.open(asked.approval());
    olga.get("/approvals");
    olga.get("/nothing/" + "here");
    rex.open(asked.approval());
    exit("told", agent.call("stripe.create_refund", TestBroker.REFUND));
    exit("olga's pages", olga.all());
    exit("rex's pages", rex.all());

    broker.operate("secret.rotate", "{\"name\":\"crm#token\",\"value\":\"" + ROTATED + "\"}");
    for (String command : READS) {
      exit(command, broker.operate(command, "{}").toString());
    }
    commands(asked.approval());

    whatHangsAboutIsClean();
  }

  @Test
  void aSecretInAReviewersReasonReachesNobodyAndIsNotKept() {
    Called asked = agent.call("crm.add_note", TestBroker.NOTE);
    Reviewer olga = broker.signIn("olga");
    assertEquals(303, olga.deny(asked.approval(), "use " + TestBroker.CRM_KEY + " instead"));
    olga.open(asked.approval());

    exit("refusal", agent.call("crm.add_note", TestBroker.NOTE));
    exit("waiting", agent.awaitApproval(asked.approval(), 0));
    exit("olga's pages", olga.all());

    assertTrue(said("refusal").contains("use [redacted] instead"), said("refusal"));
    whatHangsAboutIsClean();
  }

  @Test
  void aSecretThatTheOperatorPutIntoTheCatalogIsOnNoPageAndInNoTask() {
    broker.catalog("extra.yaml", EXTRA.replace("KEY", TestBroker.CRM_KEY));
    AgentClient a2 = broker.agent("a2", "extra.*");
    TaskClient follower = TaskClient.of(broker, a2).opening();
    String task = follower.task("extra.put", "{\"text\":\"x\"}");
    String approval = follower.approval(task);
    Reviewer olga = broker.signIn("olga");

    olga.get("/approvals");
    olga.open(approval);
    olga.get("/stop");
    exit("task", follower.get(task).toString());
    exit("olga's pages", olga.all());
    exit(
        "shown",
        broker.operate("approvals.show", "{\"approval\":\"" + approval + "\"}").toString());
    exit("catalog", broker.operate("catalog.show", "{\"tool\":\"extra.put\"}").toString());
    exit("problem", refused("catalog.show", "{\"tool\":\"" + TestBroker.CRM_KEY + "\"}"));
    exit("no agent", refused("agent.show", "{\"name\":\"" + TestBroker.CRM_KEY + "\"}"));

    assertTrue(said("olga's pages").contains("Put [redacted]"));
    assertClean();
  }

  /// What an agent has sent may be a secret only from today on.
  @Test
  void whatTheBrokerComesToHoldLaterIsGoneFromWhatWaits() {
    String later = "Zr8mK2vLq7Tx4Bn9Wd3Hs6Yc";
    Called asked =
        agent.call("crm.add_note", TestBroker.NOTE.replace("Called the customer.", "x " + later));
    broker.secret("later#token", later);
    Reviewer olga = broker.signIn("olga");
    olga.get("/approvals");
    olga.open(asked.approval());

    exit("olga's pages", olga.all());
    exit("list", broker.operate("approvals.list", "{}").toString());
    exit(
        "shown",
        broker.operate("approvals.show", "{\"approval\":\"" + asked.approval() + "\"}").toString());
    exit("kept", broker.operate("audit.list", "{\"call\":\"" + asked.call() + "\"}").toString());

    exits.forEach((exit, text) -> assertTrue(!text.contains(later), exit));
  }

  @Test
  void aCallThatIsFollowedTellsNone() {
    TaskClient follower = TaskClient.of(broker, agent).opening();
    Reviewer olga = broker.signIn("olga");
    for (String secret : secrets()) {
      upstream.answers(ticket(secret));
      String task = follower.task("crm.add_note", TestBroker.NOTE);
      olga.approve(follower.approval(task));
      exit("task", follower.end(task).toString());
      exit("no such answer", follower.update(task, secret, secret).toString());
    }
    for (String secret : List.of(TestBroker.CRM_KEY, NUMBER)) { // they can stand in a header
      exit("no such task", follower.about("tasks/get", secret).toString());
      exit("no such method", follower.send(secret, secret, JSON.objectNode()).toString());
    }

    whatHangsAboutIsClean();
  }

  @Test
  void theDoorForJobsRepeatsNothing() {
    var door = new RunDoor(broker);
    for (String secret : secrets()) {
      ObjectNode purpose = JSON.objectNode().put("purpose", secret);
      purpose.putArray("grants").addObject().putArray("tools").add("crm.*");
      exit("purpose", door.post(agent.key(), purpose.toString()).toString());
      ObjectNode field = JSON.objectNode().put("purpose", "x").put(secret, 1);
      exit("field", door.post(agent.key(), field.toString()).toString());
      exit(
          "tool",
          door.open(agent.key(), "[{\"tools\":[" + JSON.stringNode(secret) + "]}]").toString());
    }

    whatHangsAboutIsClean();
  }

  /// Java would print it.
  @Test
  void whatAThreadDiesOfIsNotPrinted() throws Exception {
    PrintStream err = System.err;
    var before = Thread.getDefaultUncaughtExceptionHandler();
    var said = new ByteArrayOutputStream();
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    try {
      assertEquals(0, Main.run("--version"));
      Thread.ofVirtual()
          .name("doomed")
          .start(
              () -> {
                throw new IllegalStateException(TestBroker.CRM_KEY);
              })
          .join();
    } finally {
      System.setErr(err);
      Thread.setDefaultUncaughtExceptionHandler(before);
      log.begin();
    }

    exit("standard error", said.toString(StandardCharsets.UTF_8));

    assertTrue(said("standard error").contains("a thread broke: doomed"));
    assertClean();
  }

  @Test
  void aSecretThatTheOperatorPutIntoTheCatalogIsNotListed() {
    broker.catalog(
        "extra.yaml",
        """
        system: extra
        origin: https://extra.example
        tools:
          look:
            title: Look
            description: Uses %s to look.
            tier: read
            summary: Look
            input: {properties: {}}
            request: {method: GET, path: /look}
            result: [id]
        """
            .formatted(TestBroker.CRM_KEY));
    String listed = broker.agent("a2", "extra.*").list().raw();
    assertTrue(listed.contains("extra.look"), listed);

    exit("list", listed);

    assertClean();
  }

  @Test
  void theKeysOfAgentsAndPeopleAreKeptAsHashesOnly() throws Exception {
    String link = broker.operate("person.link", "{\"name\":\"olga\"}").get("link").stringValue();
    read();
    broker.stop();

    String token = link.substring(link.lastIndexOf('/') + 1);
    for (Path file : files()) {
      String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
      for (String secret : List.of(agent.key(), token)) {
        assertTrue(!bytes.contains(secret), file + " holds a key");
        assertTrue(!log.text().contains(secret), "the log holds a key");
      }
    }
  }

  @Test
  void nothingPrintsASecret() throws Exception {
    var secret = Secret.of(TestBroker.CRM_KEY);
    MasterKey master = MasterKey.read(broker.home().masterKey());
    var store =
        EncryptedFile.open(broker.home().secrets(), master, broker.clock(), new SecureRandom());
    List<Object> printed =
        List.of(
            secret,
            List.of(secret),
            new HeldSecret(secret, 1, Instant.EPOCH),
            new IncomingCall(
                CallId.random(new SecureRandom()),
                secret,
                "crm.read_ticket",
                JSON.objectNode(),
                JSON.objectNode(),
                "http",
                "",
                Interaction.NONE,
                new Cancellation(),
                _ -> {}),
            store,
            store.held(),
            store.list(),
            ConfigFile.read(broker.home()),
            broker.home(),
            broker.keyward(),
            broker.keyward().operations());
    printed.forEach(one -> exit(one.getClass().getSimpleName(), String.valueOf(one)));
    String key = Files.readString(broker.home().masterKey()).strip();
    assertTrue(!master.toString().contains(key));

    assertClean();
  }

  @Test
  void theAgentsListenerRepeatsNothingOfABadRequest() throws Exception {
    int port = broker.keyward().agentsUrl().orElseThrow().getPort();
    int people = broker.keyward().peopleUrl().orElseThrow().getPort();
    for (int at : List.of(port, people)) {
      for (String request :
          List.of(
              "GET /"
                  + PART
                  + " HTTP/1.1\r\nHost: 127.0.0.1:"
                  + at
                  + "\r\nConnection: close\r\n\r\n",
              "GET /mcp HTTP/1.1\r\nHost: " + PART + "\r\nConnection: close\r\n\r\n",
              PART + " /mcp HTTP/1.1\r\nHost: 127.0.0.1:" + at + "\r\nConnection: close\r\n\r\n",
              "GET /mcp HTTP/1.1\r\nHost: 127.0.0.1:"
                  + at
                  + "\r\nAuthorization: Bearer "
                  + PART
                  + "\r\nConnection: close\r\n\r\n",
              "GET /mcp " + PART + "\r\n\r\n")) {
        exit("port " + at, exchange(at, request));
      }
    }

    whatHangsAboutIsClean();
  }

  private static List<String> secrets() {
    return List.of(TestBroker.CRM_KEY, TestBroker.STRIPE_KEY, ODD, NUMBER, PART);
  }

  private Called read() {
    return agent.call("crm.read_ticket", "{\"ticket_id\":\"1\"}");
  }

  private static String ticket(String planted) {
    ObjectNode ticket = JSON.objectNode().put("id", planted).put("subject", "a " + planted + " b");
    ticket.put("body", "token=" + planted + "&x=1\n" + planted);
    ticket.put(planted, "undeclared");
    ticket.putObject("requester").put("name", planted).put("email", planted + "@example.com");
    ArrayNode notes = ticket.putArray("notes");
    notes.addObject().put("text", "{\"nested\": \"" + planted + "\"}").put("author", planted);
    notes.addObject().put("text", "<a href=\"https://x.example/?k=" + planted + "\">x</a>");
    return ticket.toString();
  }

  private static ObjectNode error(String planted) {
    ObjectNode error = JSON.objectNode().put("trace", planted);
    error.putObject("error").put("code", planted).put("message", "Bearer " + planted);
    return error;
  }

  private static StandIn.Script page(String planted) {
    return StandIn.of(
        200,
        "text/html; charset=utf-8",
        "<html><head><title>t "
            + planted
            + "</title><meta name=x content='"
            + planted
            + "'><script>var k='"
            + planted
            + "'</script></head><body><!-- "
            + planted
            + " --><p data-k=\""
            + planted
            + "\">hello <b>"
            + planted
            + "</b></p><img alt='"
            + planted
            + "' src='/x'><a href='/?k="
            + planted
            + "'>link</a><textarea>"
            + planted
            + "</textarea></body></html>");
  }

  private String refused(String command, String arguments) {
    return String.valueOf(
        assertThrows(OperatorError.class, () -> broker.operate(command, arguments)).getMessage());
  }

  private void exit(String name, Called called) {
    exit(name + " (raw)", called.raw());
    exit(name, called.text());
  }

  private void exit(String name, String text) {
    exits.merge(name, text, (before, more) -> before + "\n" + more);
  }

  private String said(String name) {
    return exits.getOrDefault(name, "");
  }

  /// The log, the files, and every exit so far.
  private void whatHangsAboutIsClean() {
    for (String command : READS) {
      exit(command, broker.operate(command, "{}").toString());
    }
    exit("log", log.text());
    broker.stop();
    try {
      for (Path file : files()) {
        byte[] bytes = Files.readAllBytes(file);
        exit(file + "", new String(bytes, StandardCharsets.UTF_8));
        exit(file + " (bytes)", new String(bytes, StandardCharsets.ISO_8859_1));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertClean();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(broker.home().folder())) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  /// Every command that shows something, as a program and as a person sees it.
  private void commands(String approval) {
    var client = new ControlClient(broker.home().socket());
    for (String command : READS) {
      exit("socket " + command, client.operate(command, JSON.objectNode()).toString());
    }
    for (List<String> words :
        List.of(
            List.of("agent", "list"),
            List.of("person", "list"),
            List.of("secret", "list"),
            List.of("catalog", "check"),
            List.of("catalog", "list"),
            List.of("catalog", "show", "crm.read_ticket"),
            List.of("approvals", "list"),
            List.of("approvals", "show", approval),
            List.of("audit", "list"),
            List.of("audit", "verify"),
            List.of("doctor"))) {
      exit("keyward " + words, run(words, List.of()));
      exit("keyward " + words + " --json", run(words, List.of("--json")));
    }
  }

  private String run(List<String> words, List<String> more) {
    List<String> line = new ArrayList<>(words);
    line.addAll(more);
    line.addAll(List.of("--home", broker.home().folder().toString()));
    PrintStream out = System.out;
    PrintStream err = System.err;
    var said = new ByteArrayOutputStream();
    var both = new PrintStream(said, true, StandardCharsets.UTF_8);
    System.setOut(both);
    System.setErr(both);
    try {
      int code = Main.run(line.toArray(String[]::new));
      assertTrue(code == 0 || code == 4, words + " ended with " + code + ": " + said);
    } finally {
      System.setOut(out);
      System.setErr(err);
      log.begin();
    }
    String text = said.toString(StandardCharsets.UTF_8);
    assertTrue(!text.isBlank(), words + " said nothing");
    return text;
  }

  private static String exchange(int port, String request) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private void assertClean() {
    Set<String> leaks = new TreeSet<>();
    List<String> all = new ArrayList<>(secrets());
    all.addAll(List.of(ROTATED, PARTS));
    for (String secret : all) {
      for (var spelling : Spelled.of(secret).entrySet()) {
        for (var exit : exits.entrySet()) {
          if (exit.getValue().contains(spelling.getValue())) {
            leaks.add(exit.getKey() + " holds " + secret + " " + spelling.getKey());
          }
        }
      }
    }

    assertTrue(!exits.isEmpty());
    assertEquals(Set.of(), leaks);
  }

  /// Hears every line of every logger at its finest, exceptions and their messages included.
  private static final class Listening extends Handler {
    private final Logger root = Logger.getLogger("");
    private final Logger ours = Logger.getLogger("dev.keyward");
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private volatile Formatter format = new SimpleFormatter();

    void through(Formatter other) {
      format = other;
    }

    void librariesToo() {
      root.setLevel(Level.FINE);
    }

    void begin() {
      root.removeHandler(this);
      root.addHandler(this);
      setLevel(Level.ALL);
      root.setLevel(Level.INFO);
      ours.setLevel(Level.ALL);
    }

    void end() {
      root.removeHandler(this);
      root.setLevel(Level.INFO);
      ours.setLevel(null);
    }

    String text() {
      return String.join("\n", lines);
    }

    @Override
    public void publish(LogRecord record) {
      lines.add(format.format(record));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
