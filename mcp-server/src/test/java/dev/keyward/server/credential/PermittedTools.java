package dev.keyward.server.credential;

import dev.keyward.call.AgentId;
import dev.keyward.call.Arguments;
import dev.keyward.call.CallDigest;
import dev.keyward.call.CallId;
import dev.keyward.call.Caller;
import dev.keyward.call.PersonId;
import dev.keyward.call.RunId;
import dev.keyward.catalog.CatalogFile;
import dev.keyward.catalog.Tool;
import dev.keyward.catalog.ToolCall;
import dev.keyward.server.policy.PermittedCall;
import dev.keyward.server.policy.PermittedCalls;
import java.net.URI;
import java.util.Optional;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;

/// Permitted calls of small tools that a catalog file declares.
public final class PermittedTools {
  private PermittedTools() {}

  /// {@return a call of a write `shop.act {id}` whose credential is `ref`, or none if it is empty}
  public static PermittedCall write(URI origin, String ref) {
    String credential = ref.isEmpty() ? "" : "credential: {ref: '" + ref + "', in: bearer}\n";
    String yaml =
        "system: shop\norigin: "
            + origin
            + "\n"
            + credential
            + """
            tools:
              act:
                title: Act
                description: Acts.
                tier: write
                summary: Act on {id}
                input:
                  properties: {id: {type: string}}
                  required: [id]
                request: {method: POST, path: "/things/{id}"}
                idempotency: Idempotency-Key
                result: [ok]
            """;
    CatalogFile file = CatalogFile.read("shop.yaml", yaml);
    if (!file.problems().isEmpty()) {
      throw new AssertionError(file.problems().toString());
    }
    return call(file.tools().getFirst());
  }

  private static PermittedCall call(Tool tool) {
    var random = new Random(7);
    var caller =
        new Caller(
            new AgentId("triage-1"),
            "triage",
            "support",
            new PersonId("ada"),
            RunId.random(random),
            Optional.empty());
    var arguments = Arguments.of(JsonMapper.shared().readTree("{\"id\":\"a b\"}"));
    var digest = CallDigest.of(caller, tool.name(), arguments);
    return PermittedCalls.of(new ToolCall(CallId.random(random), caller, tool, arguments, digest));
  }
}
