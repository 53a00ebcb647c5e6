package dev.keyward.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.keyward.demo.company.World;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Both lines of the official TypeScript SDK against a real broker, in every era and over every
/// transport that they know: list, call, wait for a person who decides on the page, and get the
/// result.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
final class TypeScriptClientTest {
  private static final List<String> TOOLS = List.of("crm.add_note", "crm.read_ticket");

  private Path node;
  private Path folder;
  private LiveBroker broker;
  private String key;

  @BeforeAll
  void start(@TempDir Path temporary) throws IOException {
    Optional<Path> found = OutsideTools.node();
    Optional<Path> modules = OutsideTools.typeScriptSdk();
    assumeTrue(found.isPresent() && modules.isPresent(), OutsideTools.NO_TYPESCRIPT_SDK);
    node = found.orElseThrow();
    folder = Files.createDirectory(temporary.resolve("client"));
    TypeScriptClient.install(folder, modules.orElseThrow());
    broker = LiveBroker.prepare(temporary.resolve("home"));
    key = broker.addAgent("typescript", TOOLS);
    broker.serve();
  }

  @AfterAll
  void stop() {
    Optional.ofNullable(broker).ifPresent(LiveBroker::close);
  }

  @ParameterizedTest
  @CsvSource({
    "1, http",
    "1, sse",
    "1, stdio",
    "2, http",
    "2, sse",
    "2, stdio",
    "2-auto, http",
    "2-auto, sse",
    "2-auto, stdio",
    "2-modern, http",
    "2-modern, stdio"
  })
  void listsReadsAsksWaitsAndWritesOnce(String line, String door) throws Exception {
    String note = "From line " + line + " over " + door;
    List<String> arguments = List.of(line, door, address(door), World.CHARGED_TWICE, note);
    try (var client = TypeScriptClient.start(node, folder, key, arguments)) {
      JsonNode list = client.next("list");
      JsonNode read = client.next("read");
      JsonNode asked = client.next("asked");
      assertEquals(0, times(note), "it is not sent before somebody has agreed");
      Reviewer mina =
          Reviewer.signIn(LiveBroker.PERSON, URI.create(broker.signInLink()), new Wiretap());
      assertTrue(mina.approve(asked.at("/_meta/keyward~1call/approval").asString("")));
      JsonNode waited = client.next("waited");
      JsonNode wrote = client.next("wrote");

      assertEquals(
          List.of(
              "crm.add_note",
              "crm.read_ticket",
              "keyward.approval_wait",
              "keyward.approval_status",
              "keyward.approval_cancel"),
          list.path("tools").valueStream().map(tool -> tool.path("name").asString()).toList());
      assertEquals(
          World.CHARGED_TWICE, JsonMapper.shared().readTree(text(read)).path("id").asString(""));
      assertTrue(asked.path("isError").asBoolean(false));
      assertEquals("pending", code(asked));
      assertEquals("approved", code(waited));
      assertEquals("ok", code(wrote));
      assertEquals(1, times(note));
      assertEquals(0, client.exit(), client.errors());
      for (String secret : broker.companyKeys()) {
        String all = client.errors() + list + read + asked + waited + wrote;
        assertFalse(all.contains(secret));
      }
    }
  }

  private String address(String door) {
    return switch (door) {
      case "http" -> broker.agentsUrl().toString();
      case "sse" -> broker.agentsUrl().resolve("/sse").toString();
      default -> JsonMapper.shared().writeValueAsString(OutsideTools.keywardStdio(broker.folder()));
    };
  }

  private long times(String note) {
    return broker.crm().notesOn(World.CHARGED_TWICE).stream().filter(note::equals).count();
  }

  private static String code(JsonNode result) {
    return result.at("/_meta/keyward~1call/code").asString("");
  }

  private static String text(JsonNode result) {
    return result.at("/content/0/text").asString("");
  }
}
