package dev.keyward.server.identity.oauth;

import dev.keyward.call.AgentId;
import dev.keyward.call.Delegator;
import dev.keyward.call.Hashes;
import dev.keyward.server.token.Claims;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Who holds a token, so that the next one of the same holder goes on in the same run.
final class Holder {
  private Holder() {}

  /// {@return a name for issuer, subject, client, agent and delegator together}
  static String of(Claims claims, AgentId agent, Optional<Delegator> delegator) {
    ArrayNode parts = JsonNodeFactory.instance.arrayNode(); // so that no two lists read the same
    parts.add(claims.issuer()).add(claims.subject()).add(agent.value());
    parts.add(claims.text("azp").or(() -> claims.text("client_id")).orElse(""));
    delegator.ifPresent(person -> parts.add(person.person().value()));
    return Hashes.sha256Hex(parts.toString());
  }
}
