package dev.keyward.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.keyward.demo.company.World;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// MCP Inspector, a client that others wrote, against a real broker: over Streamable HTTP, over
/// HTTP+SSE, over stdio as a bridge to the broker that runs, and over stdio with everything in one
/// process.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class InspectorTest {
  private static final List<String> TOOLS =
      List.of("crm.add_note", "crm.read_ticket", "stripe.list_invoices");

  private Inspector inspector;
  private LiveBroker serving;
  private LiveBroker idle;
  private String key;
  private String idleKey;

  /// How the Inspector reaches the broker.
  enum Door {
    HTTP,
    SSE,
    STDIO_JOINING,
    STDIO_ALONE
  }

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    Optional<Path> node = OutsideTools.namedNode();
    Optional<Path> script = OutsideTools.inspector();
    assumeTrue(node.isPresent() && script.isPresent(), OutsideTools.NO_INSPECTOR);
    inspector =
        new Inspector(
            node.orElseThrow(),
            script.orElseThrow(),
            Files.createDirectory(folder.resolve("inspector")),
            "legacy");
    idle = LiveBroker.prepare(folder.resolve("idle"));
    idleKey = idle.addAgent("inspector", TOOLS);
    serving = LiveBroker.prepare(folder.resolve("serving"));
    key = serving.addAgent("inspector", TOOLS);
    serving.serve();
  }

  @AfterAll
  void stop() {
    Optional.ofNullable(serving).ifPresent(LiveBroker::close);
    Optional.ofNullable(idle).ifPresent(LiveBroker::close);
  }

  @ParameterizedTest
  @EnumSource
  void listsWhatTheAgentMaySeeAndNothingElse(Door door) throws Exception {
    Inspector.Run run = through(door, keyOf(door), "--method", "tools/list");

    assertEquals(0, run.exit(), run::all);
    List<String> names =
        StreamSupport.stream(run.result().at("/result/tools").spliterator(), false)
            .map(tool -> tool.path("name").stringValue())
            .sorted()
            .toList();
    assertEquals(
        List.of("crm.add_note", "crm.read_ticket", "stripe.list_invoices"),
        names.stream().filter(name -> !name.startsWith("keyward.")).toList());
    assertTrue(names.contains("keyward.approval_wait"), names::toString);
  }

  @ParameterizedTest
  @EnumSource
  void listsTheSchemaOfTheCatalog(Door door) throws Exception {
    JsonNode tool = tool(through(door, keyOf(door), "--method", "tools/list"), "crm.read_ticket");

    assertEquals("Read a ticket", tool.path("title").stringValue());
    assertEquals("object", tool.at("/inputSchema/type").stringValue());
    assertEquals("[\"ticket_id\"]", tool.at("/inputSchema/required").toString());
    assertEquals(
        "^[0-9]{1,12}$", tool.at("/inputSchema/properties/ticket_id/pattern").stringValue());
    assertFalse(tool.at("/inputSchema/additionalProperties").asBoolean(true));
    assertTrue(tool.at("/annotations/readOnlyHint").asBoolean(false), tool::toString);
  }

  @ParameterizedTest
  @EnumSource
  void callsATool(Door door) throws Exception {
    Inspector.Run run = through(door, keyOf(door), readTicket(World.CHARGED_TWICE));

    assertEquals(0, run.exit(), run::all);
    JsonNode result = run.result().path("result");
    assertFalse(result.path("isError").asBoolean(false), run::all);
    JsonNode ticket = JsonMapper.shared().readTree(result.at("/content/0/text").stringValue());
    assertEquals(World.CHARGED_TWICE, ticket.path("id").stringValue());
    assertNoKeys(run);
  }

  @Test
  void anErrorThatRepeatsTheKeyArrivesWithoutIt() throws Exception {
    Inspector.Run run = through(Door.HTTP, key, readTicket(World.BROKEN));

    assertTrue(run.result().at("/result/isError").asBoolean(false), run::all);
    assertNoKeys(run);
  }

  @Test
  void aWriteThatNobodyHasAgreedToIsNotSent() throws Exception {
    int notes = serving.crm().notesOn(World.CHARGED_TWICE).size();
    Inspector.Run run = through(Door.HTTP, key, addNote("hello"));

    assertTrue(run.result().at("/result/isError").asBoolean(false), run::all);
    assertTrue(run.all().contains("keyward.approval_wait"), run::all);
    assertEquals(notes, serving.crm().notesOn(World.CHARGED_TWICE).size());
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP", "SSE", "STDIO_JOINING"})
  void aWriteRunsOnceAPersonHasAgreed(Door door) throws Exception {
    String note = "Over " + door;
    Inspector.Run asked = through(door, key, addNote(note));
    String approval = asked.result().at("/result/_meta/keyward~1call/approval").stringValue();

    Reviewer mina =
        Reviewer.signIn(LiveBroker.PERSON, URI.create(serving.signInLink()), new Wiretap());
    assertTrue(mina.approve(approval));
    Inspector.Run waited = through(door, key, awaitApproval(approval));
    Inspector.Run wrote = through(door, key, addNote(note));

    assertTrue(waited.all().contains("is given"), waited::all);
    assertFalse(wrote.result().at("/result/isError").asBoolean(false), wrote::all);
    assertEquals(
        List.of(note),
        serving.crm().notesOn(World.CHARGED_TWICE).stream().filter(note::equals).toList());
    assertNoKeys(wrote);
  }

  @ParameterizedTest
  @EnumSource
  void anUnknownToolAndAnInvisibleOneGetTheSameAnswer(Door door) throws Exception {
    String unknown = refusal(door, "crm.no_such_tool");
    String invisible = refusal(door, "crm.read_page");

    assertEquals(
        withoutCallIds(unknown).replace("crm.no_such_tool", "TOOL"),
        withoutCallIds(invisible).replace("crm.read_page", "TOOL"));
  }

  @ParameterizedTest
  @EnumSource
  void aWrongKeyOpensNothingAndLearnsNothing(Door door) throws Exception {
    String wrong = "kw_agent_" + "A".repeat(43);
    Inspector.Run run = through(door, wrong, "--method", "tools/list");

    assertNotEquals(0, run.exit(), run::all);
    assertFalse(run.all().contains("crm."), run::all);
    assertFalse(run.all().contains("Exception"), run::all);
    assertNoKeys(run);
  }

  @ParameterizedTest
  @CsvSource({
    "auto, HTTP",
    "auto, SSE",
    "auto, STDIO_JOINING",
    "modern, HTTP",
    "modern, STDIO_JOINING"
  })
  void speaksEveryEraOfTheProtocol(String era, Door door) throws Exception {
    Inspector speaking = inspector.speaking(era);

    Inspector.Run listed = through(speaking, door, key, "--method", "tools/list");
    Inspector.Run read = through(speaking, door, key, readTicket(World.CHARGED_TWICE));

    assertEquals("Read a ticket", tool(listed, "crm.read_ticket").path("title").stringValue());
    assertEquals(0, read.exit(), read::all);
    assertTrue(read.all().contains(World.CHARGED_TWICE), read::all);
    assertNoKeys(read);
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP", "SSE"})
  void itsFirstLineListsAndReads(Door door) throws Exception {
    Optional<Path> script = OutsideTools.firstInspector();
    assumeTrue(script.isPresent(), OutsideTools.NO_FIRST_INSPECTOR);
    var first = new FirstInspector(inspector.node(), script.orElseThrow(), inspector.folder());

    Inspector.Run listed = through(first, door, "--method", "tools/list");
    Inspector.Run read =
        through(
            first,
            door,
            "--method",
            "tools/call",
            "--tool-name",
            "crm.read_ticket",
            "--tool-arg",
            "ticket_id=\"" + World.CHARGED_TWICE + "\"");

    assertEquals(0, listed.exit(), listed::all);
    assertTrue(listed.all().contains("crm.read_ticket"), listed::all);
    assertFalse(listed.all().contains("crm.read_page"), listed::all);
    assertEquals(0, read.exit(), read::all);
    JsonNode ticket =
        JsonMapper.shared().readTree(read.result().at("/content/0/text").stringValue());
    assertEquals(World.CHARGED_TWICE, ticket.path("id").stringValue());
    assertNoKeys(read);
  }

  @Test
  void theSchemasArePortable() throws Exception {
    Inspector.Run run = through(Door.HTTP, key, "--method", "tools/list", "--strict");

    assertEquals(0, run.exit(), run::all);
  }

  private String refusal(Door door, String tool) throws Exception {
    Inspector.Run run =
        through(
            door,
            keyOf(door),
            "--method",
            "tools/call",
            "--tool-name",
            tool,
            "--tool-args-json",
            "{}");
    assertNotEquals(0, run.exit(), run::all);
    assertNoKeys(run);
    return run.all();
  }

  private static String withoutCallIds(String text) {
    return text.replaceAll("call_[A-Za-z0-9_-]+", "CALL");
  }

  private static String[] readTicket(String id) {
    // As JSON: from --tool-arg ticket_id=4812 the Inspector makes a number.
    String arguments = "{\"ticket_id\": \"" + id + "\"}";
    return new String[] {
      "--method", "tools/call", "--tool-name", "crm.read_ticket", "--tool-args-json", arguments
    };
  }

  private static String[] addNote(String text) {
    String arguments =
        "{\"ticket_id\": \"%s\", \"text\": \"%s\", \"internal\": true}"
            .formatted(World.CHARGED_TWICE, text);
    return new String[] {
      "--method", "tools/call", "--tool-name", "crm.add_note", "--tool-args-json", arguments
    };
  }

  private static String[] awaitApproval(String approval) {
    String arguments = "{\"approval\": \"" + approval + "\", \"seconds\": 45}";
    return new String[] {
      "--method",
      "tools/call",
      "--tool-name",
      "keyward.approval_wait",
      "--tool-args-json",
      arguments
    };
  }

  private static JsonNode tool(Inspector.Run run, String name) {
    assertEquals(0, run.exit(), run::all);
    return StreamSupport.stream(run.result().at("/result/tools").spliterator(), false)
        .filter(tool -> tool.path("name").stringValue().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private String keyOf(Door door) {
    return door == Door.STDIO_ALONE ? idleKey : key;
  }

  private Inspector.Run through(Door door, String agentKey, String... what) throws Exception {
    return through(inspector, door, agentKey, what);
  }

  private Inspector.Run through(Inspector client, Door door, String agentKey, String... what)
      throws Exception {
    return switch (door) {
      case HTTP -> client.http(serving.agentsUrl().toString(), agentKey, what);
      case SSE -> client.sse(serving.agentsUrl().resolve("/sse").toString(), agentKey, what);
      case STDIO_JOINING -> client.stdio(serving.folder(), agentKey, what);
      case STDIO_ALONE -> client.stdio(idle.folder(), agentKey, what);
    };
  }

  private Inspector.Run through(FirstInspector client, Door door, String... what) throws Exception {
    URI agents = serving.agentsUrl();
    return door == Door.SSE
        ? client.at(agents.resolve("/sse"), "sse", key, what)
        : client.at(agents, "http", key, what);
  }

  private void assertNoKeys(Inspector.Run run) {
    for (LiveBroker broker : List.of(serving, idle)) {
      for (String secret : broker.companyKeys()) {
        assertFalse(run.all().contains(secret));
      }
    }
    assertFalse(run.all().contains(key) || run.all().contains(idleKey));
  }
}
