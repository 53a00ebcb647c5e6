package dev.keyward.server.control;

import dev.keyward.call.AgentId;
import dev.keyward.call.RunId;
import dev.keyward.server.credential.lease.LeaseRow;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `lease.list`: what was made for runs and may still work, and what became of it at its issuer.
final class LeaseCommands {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final OperatorCommands.Parts parts;

  LeaseCommands(OperatorCommands.Parts parts) {
    this.parts = parts;
  }

  void offer(Map<String, OperatorCommands.Command> commands) {
    commands.put("lease.list", this::list);
  }

  private JsonNode list(Fields fields) {
    Optional<RunId> run = fields.optional("run", RunId::new);
    Optional<AgentId> agent = fields.optional("agent", AgentId::new);
    ArrayNode list = JSON.arrayNode();
    for (LeaseRow lease : parts.leases().list()) {
      boolean wanted =
          run.filter(id -> !id.equals(lease.of().run())).isEmpty()
              && agent.filter(id -> !id.equals(lease.of().agent())).isEmpty();
      if (wanted) {
        list.add(shown(lease));
      }
    }
    return list;
  }

  private ObjectNode shown(LeaseRow lease) {
    ObjectNode row = JSON.objectNode();
    row.put("lease", lease.of().lease().value());
    row.put("credential", lease.of().reference().toString());
    row.put("kind", lease.kind());
    row.put("agent", lease.of().agent().value());
    row.put("run", lease.of().run().value());
    row.put("scope", lease.scope());
    row.put("made", seconds(lease.made()));
    row.put("until", seconds(lease.expires()));
    row.put("state", lease.state().name().toLowerCase(Locale.ROOT));
    lease.why().ifPresent(why -> row.put("why", why));
    row.put("revocation", revocation(lease));
    if (lease.attempts() > 0) {
      row.put("attempts", lease.attempts());
    }
    return row;
  }

  private String revocation(LeaseRow lease) {
    boolean possible = parts.credentials().revokes(lease.of().reference());
    return lease
        .revocation()
        .orElseGet(() -> lease.attempts() > 0 ? "failing" : possible ? "possible" : "not_possible");
  }

  private static String seconds(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
