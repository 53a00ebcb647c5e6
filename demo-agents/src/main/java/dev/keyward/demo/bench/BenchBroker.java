package dev.keyward.demo.bench;

import dev.keyward.server.audit.SigningKey;
import dev.keyward.server.config.Home;
import dev.keyward.server.control.ControlClient;
import dev.keyward.server.control.Operations;
import dev.keyward.server.credential.MasterKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A real broker in a process of its own, started by the launcher as an operator does, with nothing
/// turned off: 100 secrets in its store, one of them the upstream's key, and agents of 64 sessions.
final class BenchBroker implements Target {
  private static final String PASSWORD = "KEYWARD_DATABASE_PASSWORD";
  private static final int SECRETS = 100;
  private static final int SESSIONS_PER_AGENT = 64;

  /// What is called.
  static final String TOOL = "shop.read_item";

  /// What waits at the upstream.
  static final String SLOW_TOOL = "shop.read_slowly";

  private final String name;
  private final Path home;
  private final Started process;
  private final List<String> keys;
  private final int callers;

  private BenchBroker(String name, Path home, Started process, List<String> keys, int callers) {
    this.name = name;
    this.home = home;
    this.process = process;
    this.keys = keys;
    this.callers = callers;
  }

  /// Makes the home folder and starts the broker.
  ///
  /// @param keyward the program, as a command
  /// @param home does not exist yet
  /// @param database where the broker keeps everything; SQLite in its home if empty
  /// @param key the upstream's
  /// @param connections how many there will be at most
  /// @param parked how many further calls will wait all the time
  static BenchBroker start(
      String name,
      List<String> keyward,
      Path home,
      Optional<BenchOptions.Postgres> database,
      int upstream,
      String key,
      int connections,
      int parked)
      throws IOException {
    write(new Home(home), upstream, database);
    int callers = agents(connections);
    var process = Started.program(ColdStart.with(keyward, "serve", "--home", home.toString()));
    try {
      List<String> keys =
          fill(new ControlClient(new Home(home).socket()), key, callers + agents(parked));
      var broker = new BenchBroker(name, home, process, keys, callers);
      broker.proveScrubbing(key);
      return broker;
    } catch (IOException | RuntimeException e) {
      process.close();
      throw e;
    }
  }

  @Override
  public String name() {
    return name;
  }

  /// {@return the folder that it works on}
  Path home() {
    return home;
  }

  /// {@return the key of an agent}
  String key() {
    return keys.getFirst();
  }

  /// {@return the key of the agent that holds the connection of that number}
  String key(int number) {
    return keys.get(number / SESSIONS_PER_AGENT);
  }

  /// {@return the key of the agent whose call of that number waits}
  String parkedKey(int number) {
    return keys.get(callers + number / SESSIONS_PER_AGENT);
  }

  private static int agents(int connections) {
    return (connections + SESSIONS_PER_AGENT - 1) / SESSIONS_PER_AGENT;
  }

  @Override
  public Started process() {
    return process;
  }

  @Override
  public Mcp open(int number) throws IOException {
    return Mcp.open(process.port(), key(number), TOOL);
  }

  @Override
  public void close() {
    process.close();
  }

  /// A benchmark of a broker that protects nothing would be worth nothing.
  private void proveScrubbing(String key) throws IOException {
    try (Mcp leak = Mcp.open(process.port(), keys.getFirst(), "shop.read_leak")) {
      boolean right = leak.call();
      if (!right || leak.answer().contains(key) || !leak.answer().contains("[redacted]")) {
        throw new IOException("the broker does not scrub, or does not answer");
      }
    }
  }

  /// Through the socket, as an operator's commands do, so that it may be a broker of another
  /// version.
  private static List<String> fill(Operations operations, String key, int agents) {
    operate(operations, "secret.set", Map.of("name", "local:shop#token", "value", key));
    for (int i = 1; i < SECRETS; i++) {
      operate(operations, "secret.set", Map.of("name", "local:other#k" + i, "value", randomKey()));
    }
    operate(operations, "person.add", Map.of("name", "mina", "roles", List.of()));
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < agents; i++) {
      Map<String, Object> agent =
          Map.of(
              "name", "agent-" + i, "type", "bench", "owner", "mina", "tools", List.of("shop.*"));
      keys.add(operate(operations, "agent.add", agent).path("key").stringValue());
    }
    return keys;
  }

  /// {@return a key as services issue them}
  static String randomKey() {
    byte[] bytes = new byte[30];
    new SecureRandom().nextBytes(bytes);
    return "sk_bench_" + Base64.getUrlEncoder().encodeToString(bytes);
  }

  private static JsonNode operate(Operations operations, String command, Map<String, Object> with) {
    return operations.operate(command, JsonMapper.shared().valueToTree(with));
  }

  private static void write(Home home, int upstream, Optional<BenchOptions.Postgres> database)
      throws IOException {
    Files.createDirectories(home.catalog());
    Files.setPosixFilePermissions(home.folder(), PosixFilePermissions.fromString("rwx------"));
    Files.writeString(
        home.config(),
        """
        agents: {listen: "127.0.0.1:0"}
        people: {listen: "127.0.0.1:0"}
        egress: {private_origins: ["http://127.0.0.1:%d"]}
        limits:
          agent: {per_minute: 1000000, at_once: 10000}
          run: {per_minute: 1000000, at_once: 10000}
          tool: {per_minute: 1000000}
          target: {per_minute: 1000000, at_once: 10000}
        """
                .formatted(upstream)
            + database.map(BenchBroker::setting).orElse(""));
    MasterKey.create(home.masterKey());
    SigningKey.create(home.auditKey(), home.auditPublicKey(), "keyward-bench", new SecureRandom());
    Files.writeString(
        home.catalog().resolve("shop.yaml"), CATALOG.replace("{port}", String.valueOf(upstream)));
  }

  private static String setting(BenchOptions.Postgres database) {
    String password = System.getenv(PASSWORD) == null ? "" : ", password_env: " + PASSWORD;
    return "database: {url: \""
        + database.url()
        + "\", user: "
        + database.user()
        + password
        + "}\n";
  }

  private static final String CATALOG =
      """
      system: shop
      origin: http://127.0.0.1:{port}
      credential: {ref: local:shop#token, in: bearer}
      limits: {concurrent_calls: 10000}
      tools:
        read_item:
          title: Read an item
          description: Reads one item by its number.
          tier: read
          summary: Read item {item}
          input:
            properties:
              item: {type: string, description: The item's number., pattern: "^item-[0-9]{4}$"}
            required: [item]
          request: {method: GET, path: "/items/{item}"}
          result: [id, title, status, quantity, price, currency, tags, supplier, "notes[]"]
        read_slowly:
          title: Read an item that takes long
          description: Reads one item that takes long.
          tier: read
          summary: Read item {item}
          limits: {timeout: 10m}
          input:
            properties:
              item: {type: string, description: The item's number., pattern: "^item-[0-9]{4}$"}
            required: [item]
          request: {method: GET, path: /slow, query: [item]}
          result: [id]
        read_leak:
          title: Read an item whose notes hold the key
          description: Reads one item whose notes hold the key.
          tier: read
          summary: Read item {item}
          input:
            properties:
              item: {type: string, description: The item's number., pattern: "^item-[0-9]{4}$"}
            required: [item]
          request: {method: GET, path: /leak, query: [item]}
          result: [id, title, status, quantity, price, currency, tags, supplier, "notes[]"]
      """;
}
