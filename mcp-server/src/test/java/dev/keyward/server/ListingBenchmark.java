package dev.keyward.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// How long `tools/list` takes over HTTP with a thousand tools in the catalog; run by hand, as
/// [dev.keyward.server.policy.PolicyBenchmark].
final class ListingBenchmark {
  private static final int SYSTEMS = 10;
  private static final int TOOLS = 100;
  private static final int WARM = 200;
  private static final int ROUNDS = 301;
  private static final String RULES =
      "rules: {nights: {tiers: [write], when: 'time.hour < 6', effect: deny}}";

  private ListingBenchmark() {}

  /// Prints the medians.
  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory("keyward-listing");
    Path rules = Files.writeString(folder.resolve("rules.yaml"), RULES);
    try (var broker = TestBroker.in(folder, "policy: {file: \"" + rules + "\"}\n")) {
      for (int i = 0; i < SYSTEMS; i++) {
        broker.catalog("system" + i + ".yaml", catalog("system" + i));
      }
      String[] all =
          Stream.iterate(0, i -> i < SYSTEMS, i -> i + 1)
              .map(i -> "system" + i + ".*")
              .toArray(String[]::new);
      AgentClient agent = broker.agent("a1", all);
      RunDoor.Reply run =
          new RunDoor(broker)
              .open(
                  agent.key(),
                  "[{\"tools\":[\"system7.tool_7\",\"system7.tool_8\"],\"where\":[\"number <"
                      + " 9\"]}]");
      AgentClient narrow = broker.stranger(run.token());
      measure("1000 tools, a key that sees all of them", agent::list);
      measure("1000 tools, a run that reaches two", narrow::list);
    } finally {
      try (Stream<Path> files = Files.walk(folder)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    }
  }

  private static void measure(String what, Supplier<Called> list) {
    double[] millis = new double[ROUNDS];
    int tools = 0;
    for (int i = -WARM; i < ROUNDS; i++) {
      long begun = System.nanoTime();
      Called listed = list.get();
      if (i >= 0) {
        millis[i] = (System.nanoTime() - begun) / 1e6;
        tools = listed.message().at("/result/tools").size();
      }
    }
    Arrays.sort(millis);
    System.out.printf(
        "%-42s %4d listed   median %6.2f ms   p99 %6.2f ms%n",
        what, tools, millis[ROUNDS / 2], millis[ROUNDS * 99 / 100]);
  }

  private static String catalog(String system) {
    var text =
        new StringBuilder(
            """
            system: %s
            origin: https://%s.example
            credential: none
            tools:
            """
                .formatted(system, system));
    for (int i = 0; i < TOOLS; i++) {
      text.append(
          """
            tool_%d:
              title: Tool %d
              description: Does what the tool of this number does, with one record of the system.
              tier: %s
              summary: Do it to {record}
              input:
                properties: {record: {type: string, maxLength: 40}, number: {type: integer}}
                required: [record]
              request: {method: POST, path: "/records/{record}", body: {json: [number]}}
              result: [id, name]
          """
              .formatted(i, i, i % 2 == 0 ? "read" : "write"));
    }
    return text.toString();
  }
}
