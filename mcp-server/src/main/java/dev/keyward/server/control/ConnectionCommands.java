package dev.keyward.server.control;

import dev.keyward.redaction.Secret;
import dev.keyward.server.credential.Revoker.Revoked;
import dev.keyward.server.credential.connection.ConnectionRow;
import dev.keyward.server.credential.mint.Accounts;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `connection.begin`, `connection.finish`, `connection.list`, `connection.remove`: the accounts
/// that people connect once.
final class ConnectionCommands {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final OperatorCommands.Parts parts;

  ConnectionCommands(OperatorCommands.Parts parts) {
    this.parts = parts;
  }

  void offer(Map<String, OperatorCommands.Command> commands) {
    commands.put("connection.begin", this::begin);
    commands.put("connection.finish", this::finish);
    commands.put("connection.list", _ -> list());
    commands.put("connection.remove", this::remove);
  }

  private JsonNode begin(Fields fields) {
    try {
      Accounts.Begun begun = parts.accounts().begin(fields.text("name"), way(fields));
      return JSON.objectNode().put("page", begun.page().toString()).put("state", begun.state());
    } catch (Accounts.Refused e) {
      throw new OperatorError(String.valueOf(e.getMessage()));
    }
  }

  private JsonNode finish(Fields fields) {
    Secret code = fields.parsed("code", Secret::of);
    try {
      String name =
          parts.accounts().finish(way(fields), fields.text("state"), code, Optional.empty());
      return JSON.objectNode().put("connected", name);
    } catch (Accounts.Refused e) {
      throw new OperatorError(String.valueOf(e.getMessage()));
    }
  }

  private static Accounts.Way way(Fields fields) {
    return Accounts.Way.ofOperator(fields.parsed("back", URI::create));
  }

  private JsonNode list() {
    Map<String, ConnectionRow> rows = new HashMap<>();
    parts.connections().list().forEach(row -> rows.put(row.name(), row));
    var names = new TreeSet<>(rows.keySet());
    names.addAll(parts.accounts().names());
    ArrayNode list = JSON.arrayNode();
    for (String name : names) {
      ObjectNode shown = list.addObject().put("name", name);
      ConnectionRow row = rows.get(name);
      if (row == null) {
        shown.put("state", "not connected");
      } else {
        shown.put("state", row.lost() ? "refused by its issuer; connect it again" : "connected");
        shown.put("scope", row.scope());
        shown.put("connected", seconds(row.connected()));
        shown.put("used", seconds(row.used()));
      }
    }
    return list;
  }

  /// What its issuer does not take back stays good there, which the operator is told.
  private JsonNode remove(Fields fields) {
    String name = fields.text("name");
    String revocation =
        switch (parts.accounts().revoke(name)) {
          case Revoked.Done() -> "done";
          case Revoked.NotPossible() -> "not_possible";
          case Revoked.Failed _ -> "failed";
        };
    if (!parts.connections().remove(name, revocation)) {
      throw new OperatorError("no account of that name is connected");
    }
    ObjectNode removed = JSON.objectNode().put("removed", name).put("revocation", revocation);
    return revocation.equals("done")
        ? removed
        : removed.put("warning", "the grant may still be good at its issuer; withdraw it there");
  }

  private static String seconds(Instant at) {
    return at.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
