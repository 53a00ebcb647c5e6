package dev.keyward.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The protocol's official conformance suite against a real broker, for both eras.
///
/// The tools that it asks for stand in a catalog of their own, with a stand-in system behind them,
/// as far as a tool of a catalog can be what the suite wants. The rest stands in
/// `conformance-REVISION.yml`, and for the extension Tasks in `conformance-tasks.yml`, with a
/// reason on each line; a line that is not needed fails the suite.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(600)
final class ConformanceTest {
  private static final String DOOR = "conformance-door.mjs";
  private static final int AT_ONCE = 3;
  private static final String TASKS_SINCE = "2026-07-28";

  /// The scenarios of the extension Tasks.
  private static final List<String> TASKS =
      Stream.of(
              "lifecycle",
              "capability-negotiation",
              "wire-fields",
              "request-state-removal",
              "mrtr-input",
              "request-headers",
              "dispatch-and-envelope",
              "status-notifications",
              "required-task-error",
              "mrtr-composition")
          .map(name -> "tasks-" + name)
          .toList();

  /// What the stand-in system answers, by path.
  private static final Map<String, String> ANSWERS =
      Map.of(
          "/simple_text", "This is a simple text response for testing.",
          "/trigger_tool_change", "Changed.",
          "/slow_compute", "Computed.",
          "/confirm_delete", "Not deleted.");

  private final AtomicInteger changes = new AtomicInteger();
  private Path node;
  private Path suite;
  private Path folder;
  private HttpServer fixtures;
  private LiveBroker broker;
  private String key;

  @BeforeAll
  void start(@TempDir Path temporary) throws IOException {
    Optional<Path> found = OutsideTools.namedNode();
    Optional<Path> script = OutsideTools.conformance();
    assumeTrue(found.isPresent() && script.isPresent(), OutsideTools.NO_CONFORMANCE);
    node = found.orElseThrow();
    suite = script.orElseThrow();
    folder = temporary;
    fixtures = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    fixtures.createContext("/", ConformanceTest::answer);
    fixtures.createContext("/trigger_tool_change", this::changeTools);
    fixtures.createContext("/greet", ConformanceTest::greet);
    for (String slow : List.of("/slow_compute", "/failing_job", "/confirm_delete")) {
      fixtures.createContext(slow, ConformanceTest::answerLater);
    }
    fixtures.start();
    URI origin = URI.create("http://127.0.0.1:" + fixtures.getAddress().getPort());
    broker =
        LiveBroker.prepare(temporary.resolve("home"))
            .with("test.yaml", catalog("conformance.yaml", origin), origin)
            .with("slow.yaml", catalog("conformance-slow.yaml", origin), origin)
            .with("failing.yaml", catalog("conformance-failing.yaml", origin), origin)
            .with("confirm.yaml", catalog("conformance-confirm.yaml", origin), origin);
    List<String> tools = List.of("test.*", "slow.*", "failing.*", "confirm.*");
    key = broker.addAgent("conformance", tools, "safe");
    broker.serve();
    Files.writeString(folder.resolve(DOOR), resource(DOOR));
  }

  @AfterAll
  void stop() {
    Optional.ofNullable(broker).ifPresent(LiveBroker::close);
    Optional.ofNullable(fixtures).ifPresent(server -> server.stop(0));
  }

  @ParameterizedTest
  @Order(1)
  @ValueSource(strings = {"2025-11-25", "2026-07-28"})
  void everyScenarioThatAppliesPasses(String revision) throws Exception {
    Path baseline = folder.resolve("conformance-" + revision + ".yml");
    Files.writeString(baseline, resource("conformance-" + revision + ".yml"));

    Run run =
        run("--suite", "all", "--spec-version", revision, "--expected-failures", "" + baseline);

    assertEquals(0, run.exit(), run.out());
    assertTrue(run.out().contains("Baseline check passed"), run.out());
    assertFalse(broker.companyKeys().stream().anyMatch(run.out()::contains));
  }

  /// They are on no revision's list, so each is named and run by itself; a few at a time, since
  /// most of what they do is wait. After the others: a call that is short must not take two
  /// seconds.
  @Test
  @Order(2)
  void everyScenarioOfTasksThatAppliesPasses() throws Exception {
    Path baseline = folder.resolve("conformance-tasks.yml");
    Files.writeString(baseline, resource("conformance-tasks.yml"));
    try (ExecutorService few = Executors.newFixedThreadPool(AT_ONCE)) {
      List<Callable<Run>> scenarios =
          TASKS.stream().<Callable<Run>>map(name -> () -> scenario(name, baseline)).toList();

      for (Future<Run> ended : few.invokeAll(scenarios)) {
        Run run = ended.get();
        assertEquals(0, run.exit(), run.out());
        assertFalse(run.out().contains("not applicable"), run.out());
      }
    }
  }

  private Run scenario(String name, Path baseline) throws IOException, InterruptedException {
    return run(
        "--scenario",
        name,
        "--spec-version",
        TASKS_SINCE,
        "--force",
        "--expected-failures",
        "" + baseline);
  }

  /// What came of a run.
  private record Run(int exit, String out) {}

  private Run run(String... arguments) throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", ".txt");
    var command =
        new java.util.ArrayList<>(
            List.of("" + node, "--import", "" + folder.resolve(DOOR).toUri(), "" + suite));
    command.addAll(List.of("server", "--url", "" + broker.agentsUrl()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("KEYWARD_AGENT_KEY", key);
    Process process = builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
    process.getOutputStream().close();
    try {
      assertTrue(process.waitFor(300, TimeUnit.SECONDS), "the suite has not ended");
    } finally {
      process.destroyForcibly();
    }
    return new Run(process.exitValue(), Files.readString(out));
  }

  private static String catalog(String name, URI origin) throws IOException {
    return resource(name).replace("ORIGIN", origin.toString());
  }

  /// The catalog's file changes while a tool of it is called.
  private void changeTools(HttpExchange exchange) throws IOException {
    URI origin = URI.create("http://127.0.0.1:" + fixtures.getAddress().getPort());
    String change = "Answers with a line of text, since change " + changes.incrementAndGet() + ".";
    broker.with(
        "test.yaml",
        catalog("conformance.yaml", origin).replace("Answers with a line of text.", change),
        origin);
    answer(exchange);
  }

  /// Later than a call can take that is not to become a task, unless no time at all is asked for.
  private static void answerLater(HttpExchange exchange) {
    String query = Optional.ofNullable(exchange.getRequestURI().getQuery()).orElse("");
    var seconds = Pattern.compile("seconds=(\\d+)").matcher(query);
    long asked = seconds.find() ? Long.parseLong(seconds.group(1)) : 1;
    long millis = asked == 0 ? 0 : Math.max(2300, 1000 * asked);
    CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS)
        .execute(
            () -> {
              try {
                answer(exchange);
              } catch (IOException gone) {
                exchange.close(); // the call was taken back
              }
            });
  }

  private static void greet(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getQuery();
    answer(exchange, "Hello, " + query.substring(query.indexOf('=') + 1) + "!");
  }

  private static void answer(HttpExchange exchange) throws IOException {
    answer(exchange, ANSWERS.getOrDefault(exchange.getRequestURI().getPath(), ""));
  }

  private static void answer(HttpExchange exchange, String answer) throws IOException {
    byte[] body = answer.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    exchange.sendResponseHeaders(answer.isEmpty() ? 500 : 200, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = ConformanceTest.class.getResourceAsStream(name)) {
      return new String(
          Optional.ofNullable(in).orElseThrow(() -> new IOException(name)).readAllBytes(), UTF_8);
    }
  }
}
