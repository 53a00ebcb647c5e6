package dev.keyward.server.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.server.AgentClient;
import dev.keyward.server.Called;
import dev.keyward.server.StandIn;
import dev.keyward.server.TestAuthority;
import dev.keyward.server.config.Home;
import dev.keyward.store.TestPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A broker as a process, before a PostgreSQL server that asks for a password (SCRAM) over TLS.
@Timeout(180)
final class PostgresLoginTest {
  private static final String PASSWORD = "pg-canary-7Hq2mZx84LwT";
  private static final String WRONG = "pg-canary-wrong-Kd93Wn";

  @TempDir static Path certificates;
  private static TestPostgres server;

  @TempDir Path folder;
  private final StandIn company = new StandIn();
  private Optional<BrokerProcess> started = Optional.empty();

  @BeforeAll
  static void startServer() throws Exception {
    Path certificate = certificates.resolve("server.crt");
    Path key = certificates.resolve("server.key");
    var ours = new TestAuthority(Files.createDirectory(certificates.resolve("ours")));
    var theirs = new TestAuthority(Files.createDirectory(certificates.resolve("theirs")));
    ours.serverFor("ip:127.0.0.1", certificate, key);
    Files.writeString(certificates.resolve("ours.pem"), ours.pem());
    Files.writeString(certificates.resolve("theirs.pem"), theirs.pem());
    server = TestPostgres.start();
    server.demandPassword("keyward", PASSWORD, certificate, key);
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void writePasswords() throws IOException {
    Files.createDirectories(folder.resolve("home"));
    Files.writeString(folder.resolve("right"), PASSWORD + "\n");
    Files.writeString(folder.resolve("wrong"), WRONG + "\n");
  }

  @AfterEach
  void stop() {
    started.ifPresent(BrokerProcess::end);
    company.close();
  }

  @Test
  void overVerifiedTlsItWorksAndThePasswordIsNowhereElse() throws Exception {
    Home home = home("127.0.0.1", "password_file: ../right, tls: verify-full, tls_ca: ours.pem");
    BrokerProcess broker = start(home).listening();
    broker.operate("secret.set", Map.of("name", "desk#token", "value", "desk-key-0"));
    broker.operate("person.add", Map.of("name", "olga"));
    var added =
        broker.operate(
            "agent.add", Map.of("name", "a1", "owner", "olga", "tools", List.of("desk.*")));
    var agent = new AgentClient("a1", () -> broker.agents(), added.path("key").stringValue());

    Called read = agent.call("desk.read_ticket", "{\"text\":\"a\"}");
    Called write = agent.call("desk.tag_ticket", "{\"text\":\"a\"}");
    String doctor = broker.operate("doctor", Map.of()).toString();
    String audit = broker.operate("audit.list", Map.of()).toString();
    String open =
        server.answer(
            "SELECT string_agg(DISTINCT ssl::text, ' ') FROM pg_stat_ssl"
                + " JOIN pg_stat_activity USING (pid) WHERE usename = 'keyward'");
    assertEquals(0, broker.stop());

    assertEquals("ok", read.code(), read.raw());
    assertEquals("ok", write.code(), write.raw());
    assertEquals("true", open, "the connections with TLS");
    assertTrue(audit.contains("call.intent"), audit);
    for (String said : List.of(read.raw(), write.raw(), doctor, audit, broker.endOfLog())) {
      assertFalse(said.contains(PASSWORD), said);
    }
    assertEquals(List.of(), filesWith(PASSWORD, home.folder()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "127.0.0.1 | password_file: ../wrong, tls: verify-full, tls_ca: ours.pem"
            + " | refuses this user or password",
        "127.0.0.1 | tls: verify-full, tls_ca: ours.pem | asks for a password",
        "127.0.0.1 | password_file: ../right, tls: verify-full, tls_ca: theirs.pem"
            + " | no trusted TLS connection to the database at",
        "127.0.0.1 | password_file: ../right, tls: verify-full"
            + " | no trusted TLS connection to the database at",
        "localhost | password_file: ../right, tls: verify-full, tls_ca: ours.pem"
            + " | no trusted TLS connection to the database at",
        "127.0.0.1 | password_file: ../right, tls: disable | refuses this user or password",
      })
  void whatIsWrongIsSaidInOneLineAtStart(String host, String settings, String said)
      throws Exception {
    BrokerProcess broker = start(home(host, settings));

    assertEquals(3, broker.ended(), broker.endOfLog());
    List<String> lines = broker.endOfLog().lines().toList();
    assertEquals(1, lines.size(), broker.endOfLog());
    assertTrue(lines.getFirst().startsWith("keyward: "), lines.getFirst());
    assertTrue(lines.getFirst().contains(said), lines.getFirst());
    assertFalse(lines.getFirst().contains("pg-canary"), lines.getFirst());
    assertEquals(List.of(), filesWith("pg-canary", folder.resolve("home")));
  }

  private Home home(String host, String settings) throws IOException {
    Path at = folder.resolve("home");
    Home home =
        CrashHome.make(
            at,
            company.origin(),
            "database: {url: \"postgresql://%s:%d/keyward\", user: keyward, %s}\n"
                .formatted(host, server.port(), settings));
    for (String ca : List.of("ours.pem", "theirs.pem")) {
      Files.copy(certificates.resolve(ca), at.resolve(ca));
    }
    return home;
  }

  private BrokerProcess start(Home home) {
    BrokerProcess broker = BrokerProcess.start(home);
    started = Optional.of(broker);
    return broker;
  }

  private static List<Path> filesWith(String text, Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).filter(file -> holds(file, text)).toList();
    }
  }

  private static boolean holds(Path file, String text) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
