package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Listings that hold two tools, and the tool that finds the others.
@Timeout(120)
final class FindToolsTest {
  private static final String FIND = "keyward.find_tools";

  @TempDir Path folder;
  private TestBroker broker;

  @BeforeEach
  void start() throws Exception {
    broker = TestBroker.in(folder);
    broker.stop();
    Path config = broker.home().config();
    String settings = Files.readString(config);
    Files.writeString(
        config, settings.replaceFirst("127\\.0\\.0\\.1:0\"", "127.0.0.1:0\", list_at_most: 2"));
    broker.start();
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @Test
  void aListingHoldsTheFirstAndSaysHowManyAreLeft() {
    AgentClient agent = broker.agent("a1", "stripe.*");

    JsonNode tools = agent.list().message().path("result").path("tools");

    assertEquals(
        List.of("stripe.create_refund", "stripe.list_invoices", FIND), names(tools).subList(0, 3));
    assertTrue(tools.path(2).path("description").asString().contains("2 that you may call"));
    assertEquals(tools, agent.list().message().path("result").path("tools"));
  }

  @Test
  void whoseToolsFitIntoTheListingIsNotOfferedToFindMore() {
    AgentClient agent = broker.agent("a1", "crm.read_ticket", "stripe.read_customer");

    assertEquals(
        List.of("crm.read_ticket", "stripe.read_customer"),
        names(agent.list().message().path("result").path("tools")));
  }

  @Test
  void aToolThatIsNotListedIsFoundWithItsSchemaAndCalled() {
    AgentClient agent = broker.agent("a1", "stripe.*");
    broker.upstream().answers("{\"id\":\"cus_1\"}");

    JsonNode found = find(agent, "Read CUSTOMER!");

    assertEquals("stripe.read_customer", found.at("/tools/0/name").asString());
    assertEquals("[\"customer\"]", found.at("/tools/0/inputSchema/required").toString());
    assertEquals("ok", agent.call("stripe.read_customer", "{\"customer\":\"cus_1\"}").code());
  }

  @Test
  void whatTheAgentMayNotCallIsNotFound() {
    AgentClient agent = broker.agent("a1", "crm.*");

    assertEquals(
        List.of(),
        names(
            find(agent, "refund stripe payment customer")
                .path("tools")
                .valueStream()
                .filter(tool -> tool.path("name").asString().startsWith("stripe"))
                .toList()));
    assertEquals("[]", find(agent, "zebra").path("tools").toString());
  }

  @Test
  void theBestMatchComesFirstAndOnlySoMany() {
    AgentClient agent = broker.agent("a1", "stripe.*");

    Called found = agent.call(FIND, "{\"query\":\"invoices payment\",\"limit\":1}");

    assertEquals(List.of("stripe.list_invoices"), names(json(found).path("tools")));
  }

  @Test
  void theSafeNameIsListedAndFindsSafeNames() {
    JsonNode added =
        broker.operate(
            "agent.add",
            "{\"name\":\"s2\",\"owner\":\"olga\",\"tools\":[\"stripe.*\"],\"tool_names\":\"safe\"}");
    AgentClient agent = broker.stranger(added.get("key").stringValue());

    assertTrue(
        names(agent.list().message().path("result").path("tools")).contains("keyward_find_tools"));
    Called found = agent.call("keyward_find_tools", "{\"query\":\"customer\"}");
    assertEquals("stripe_read_customer", json(found).at("/tools/0/name").asString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"query\":7}",
        "{\"query\":\"\"}",
        "{\"query\":\"... \"}",
        "{\"query\":\"a\",\"limit\":0}",
        "{\"query\":\"a\",\"limit\":1.5}",
        "{\"query\":\"a\",\"limit\":26}",
        "{\"query\":\"a\",\"regex\":\".*\"}"
      })
  void whatItDoesNotTakeIsRefused(String arguments) {
    Called refused = broker.agent("a1", "crm.*").call(FIND, arguments);

    assertTrue(refused.failed());
    assertEquals("invalid_arguments", refused.code());
  }

  @Test
  void aSecretInADescriptionIsNotFoundEither() throws Exception {
    String catalog = Files.readString(broker.home().catalog().resolve("crm.yaml"));
    broker.catalog(
        "crm.yaml",
        catalog.replaceFirst("description: ", "description: " + TestBroker.CRM_KEY + " "));

    Called found = broker.agent("a1", "crm.*").call(FIND, "{\"query\":\"ticket\",\"limit\":25}");

    assertFalse(found.text().contains(TestBroker.CRM_KEY));
  }

  @Test
  void hintsClaimNoMoreThanTheCatalogSays() {
    AgentClient agent = broker.agent("a1", "stripe.*");
    JsonNode hints = agent.list().message().path("result").at("/tools/0/annotations");

    assertFalse(hints.path("readOnlyHint").asBoolean(true));
    assertTrue(hints.path("destructiveHint").asBoolean(false));
    assertFalse(hints.path("idempotentHint").asBoolean(true)); // the second refund is a second one
    assertTrue(hints.path("openWorldHint").asBoolean(false));
  }

  private static JsonNode find(AgentClient agent, String query) {
    return json(agent.call(FIND, "{\"query\":\"" + query + "\"}"));
  }

  private static JsonNode json(Called called) {
    return JsonMapper.shared().readTree(called.text());
  }

  private static List<String> names(JsonNode tools) {
    return names(tools.valueStream().toList());
  }

  private static List<String> names(List<JsonNode> tools) {
    return tools.stream().map(tool -> tool.path("name").asString()).toList();
  }
}
