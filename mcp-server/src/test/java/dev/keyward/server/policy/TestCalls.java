package dev.keyward.server.policy;

import dev.keyward.call.AgentId;
import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallId;
import dev.keyward.call.Caller;
import dev.keyward.call.Delegator;
import dev.keyward.call.PersonId;
import dev.keyward.call.RunId;
import dev.keyward.catalog.CatalogFolder;
import dev.keyward.catalog.ExampleCatalogs;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCall;
import dev.keyward.catalog.ToolCatalog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;

/// Calls of the example catalogs' tools, for tests of the policy.
final class TestCalls {
  static final ToolCatalog CATALOG = catalog();
  static final RunId RUN = run(1);
  private static final Random RANDOM = new Random(20261128);

  private TestCalls() {}

  /// {@return the rules of a text, which must be right}
  static Rules rules(String text) {
    PolicyFile.Reading reading = PolicyFile.read("policy.yaml", text, List.of());
    return reading
        .rules()
        .orElseThrow(() -> new IllegalArgumentException(reading.problems().toString()));
  }

  static Tool tool(String name) {
    return CATALOG.find(name).orElseThrow();
  }

  static RunId run(int seed) {
    return RunId.random(new Random(seed));
  }

  /// {@return a caller of type `triage` in workspace `support`}
  static Caller caller(String agent) {
    return caller(agent, "triage", "support", RUN, Optional.empty());
  }

  static Caller caller(
      String agent, String type, String workspace, RunId run, Optional<Delegator> delegator) {
    return new Caller(new AgentId(agent), type, workspace, new PersonId("olga"), run, delegator);
  }

  /// {@return a call with a name of its own}
  static synchronized ToolCall call(Caller caller, String tool, String arguments) {
    Arguments json = Arguments.of(JsonMapper.shared().readTree(arguments));
    Tool named = tool(tool);
    return new ToolCall(
        CallId.random(RANDOM), caller, named, json, CallDigest.of(caller, named.name(), json));
  }

  private static ToolCatalog catalog() {
    try {
      Path folder = Files.createTempDirectory("keyward-catalog");
      for (String name : ExampleCatalogs.names()) {
        Files.writeString(folder.resolve(name), ExampleCatalogs.text(name));
      }
      try (CatalogFolder catalog = CatalogFolder.open(folder)) {
        return catalog.current();
      } finally {
        for (String name : ExampleCatalogs.names()) {
          Files.delete(folder.resolve(name));
        }
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
