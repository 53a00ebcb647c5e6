package dev.keyward.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.keyward.server.credential.Canary;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/// TLS client certificates that the broker shows to a tool's own origin, through a whole broker and
/// two servers that ask everybody for one.
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ClientCertificateTest {
  private static final String NOBODY = "nobody";
  private static final String FILES =
      """
      system: files
      origin: HERE
      credential: {ref: "local:files#identity", in: client_certificate}
      tools:
        read:
          title: Read a file
          description: Reads one file.
          tier: read
          summary: Read a file
          input: {properties: {}}
          request: {method: GET, path: "/read"}
          result: [id]
        other:
          title: Read elsewhere
          description: Reads a file of another system.
          tier: read
          summary: Read elsewhere
          input: {properties: {}}
          origin: THERE
          credential: none
          request: {method: GET, path: "/other"}
          result: [id]
        open:
          title: Read what is open
          description: Reads what anybody may read there.
          tier: read
          summary: Read what is open
          input: {properties: {}}
          credential: none
          request: {method: GET, path: "/open"}
          result: [id]
      """;

  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final Canary log = Canary.listening();
  private volatile StandIn.Script script = StandIn.json("{}");
  private HttpsServer here;
  private HttpsServer there;
  private TestAuthority authority;
  private TestBroker broker;
  private AgentClient agent;
  private String first;

  @BeforeAll
  void open(@TempDir Path folder) throws Exception {
    authority = new TestAuthority(folder);
    SSLContext server = authority.serverThatAsks("ip:127.0.0.1");
    here = listen(server, "here");
    there = listen(server, "there");
    broker = TestBroker.in(folder);
    Files.writeString(broker.home().folder().resolve("ca.pem"), authority.pem());
    String text = Files.readString(broker.home().config());
    Files.writeString(
        broker.home().config(),
        text.replace(
            "private_origins: [",
            "ca_files: {\"%s\": ca.pem, \"%s\": ca.pem}, private_origins: [\"%s\", \"%s\", "
                .formatted(origin(here), origin(there), origin(here), origin(there))));
    broker.stop();
    broker.start();
    Files.writeString(
        broker.home().catalog().resolve("files.yaml"),
        FILES.replace("THERE", origin(there)).replace("HERE", origin(here)));
    broker.operate("catalog.list", "{}");
    agent = broker.agent("a1", "files.*");
    first = authority.clientPem("first");
    broker.secret("files#identity", first);
  }

  private void rotate(String value) {
    var arguments = JsonMapper.shared().createObjectNode().put("name", "files#identity");
    broker.operate("secret.rotate", arguments.put("value", value).toString());
  }

  @BeforeEach
  void start() {
    rotate(first);
    script = StandIn.json("{\"id\":\"7\"}");
    seen.clear();
  }

  @AfterAll
  void close() {
    broker.close();
    here.stop(0);
    there.stop(0);
    log.close();
  }

  private HttpsServer listen(SSLContext context, String name) throws IOException {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            var wanted = context.getDefaultSSLParameters();
            wanted.setWantClientAuth(true);
            parameters.setSSLParameters(wanted);
          }
        });
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          seen.add(name + exchange.getRequestURI() + " " + peer(exchange));
          script.answer(exchange);
        });
    server.start();
    return server;
  }

  private static String peer(HttpExchange exchange) {
    try {
      return ((HttpsExchange) exchange).getSSLSession().getPeerPrincipal().getName();
    } catch (SSLPeerUnverifiedException e) {
      return NOBODY;
    }
  }

  @Test
  void theCertificateIsShownAtTheToolsOriginAndNothingOfItIsInTheRequest() {
    Called called = agent.call("files.read", "{}");

    assertEquals("ok", called.code(), called.raw());
    assertEquals(List.of("here/read CN=first"), seen);
  }

  @Test
  void noOtherToolAndNoOtherOriginSeesTheCertificate() {
    for (String tool : List.of("files.read", "files.open", "files.other")) {
      assertEquals("ok", agent.call(tool, "{}").code(), tool);
    }

    assertEquals(
        List.of("here/read CN=first", "here/open " + NOBODY, "there/other " + NOBODY), seen);
  }

  @Test
  void aRedirectToAnotherOriginIsNotFollowed() {
    script = StandIn.of(307, "text/plain", "", "Location", origin(there) + "/take");

    assertEquals("upstream_unusable", agent.call("files.read", "{}").code());

    assertEquals(List.of("here/read CN=first"), seen);
  }

  @Test
  void aNewCertificateIsShownFromTheNextCallOnAndWhatIsUnderWayEndsWithTheOld() throws Exception {
    var arrived = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    script = StandIn.held(arrived, go, StandIn.json("{\"id\":\"7\"}"));
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Called> slow = threads.submit(() -> agent.call("files.read", "{}"));
      assertTrue(arrived.await(30, TimeUnit.SECONDS));
      script = StandIn.json("{\"id\":\"8\"}");
      rotate(authority.clientPem("second"));

      assertEquals("ok", agent.call("files.read", "{}").code());
      go.countDown();
      assertEquals("ok", slow.get().code());
    }
    assertEquals("ok", agent.call("files.read", "{}").code());

    assertEquals(List.of("here/read CN=first", "here/read CN=second", "here/read CN=second"), seen);
  }

  @ParameterizedTest
  @ValueSource(strings = {"canary", "KEY ONLY", "CERTIFICATE ONLY", "BROKEN"})
  void whatIsNoCertificateWithItsKeyIsToldAndNothingIsSent(String stored) {
    int key = first.indexOf("-----BEGIN PRIVATE");
    String value =
        switch (stored) {
          case "KEY ONLY" -> first.substring(key);
          case "CERTIFICATE ONLY" -> first.substring(0, key);
          case "BROKEN" -> first.replace("MII", "canary");
          default -> stored;
        };
    rotate(value);

    Called called = agent.call("files.read", "{}");

    assertEquals("credential_missing", called.code(), called.raw());
    assertEquals(List.of(), seen);
  }

  @Test
  void nothingOfTheKeyEverLeaves() throws Exception {
    script = StandIn.json("{\"id\":" + quoted(first) + "}");
    Called called = agent.call("files.read", "{}");
    String key = first.substring(first.indexOf("-----BEGIN PRIVATE")).split("\n", -1)[1].strip();

    List<String> exits = new ArrayList<>(List.of(called.raw(), log.logged()));
    for (String command : List.of("audit.list", "secret.list", "catalog.list", "doctor")) {
      exits.add(broker.operate(command, "{}").toString());
    }
    try (Stream<Path> files = Files.walk(broker.home().folder())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        exits.add(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    }
    assertTrue(key.length() > 40);
    exits.forEach(exit -> assertFalse(exit.contains(key)));
  }

  @Test
  void anAuthorityFileThatIsNoneDoesNotStart() throws Exception {
    Path file = broker.home().folder().resolve("ca.pem");
    broker.stop();
    Files.writeString(file, "canary");

    String said = String.valueOf(assertThrows(CannotStart.class, broker::start).getMessage());

    assertTrue(said.contains("egress.ca_files"), said);
    assertFalse(said.contains("canary"), said);
    Files.writeString(file, authority.pem());
    broker.start();
    agent = broker.visited(agent);
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\r", "").replace("\n", "\\n") + "\"";
  }

  private static String origin(HttpsServer server) {
    return "https://127.0.0.1:" + server.getAddress().getPort();
  }
}
