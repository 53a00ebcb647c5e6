package dev.keyward.server.control;

import dev.keyward.catalog.CredentialUse;
import dev.keyward.catalog.HttpBinding;
import dev.keyward.catalog.Placement;
import dev.keyward.catalog.SqlBinding;
import dev.keyward.catalog.Tool;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// `catalog.list`, `catalog.show`.
final class CatalogCommands {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final List<String> REQUEST = List.of("query", "headers", "body_kind", "body");
  private static final List<String> ANSWER =
      List.of("result", "error", "output", "ids", "handles", "care", "summary", "preview");

  private final OperatorCommands.Parts parts;

  CatalogCommands(OperatorCommands.Parts parts) {
    this.parts = parts;
  }

  void offer(Map<String, OperatorCommands.Command> commands) {
    commands.put("catalog.list", _ -> list());
    commands.put("catalog.show", this::show);
  }

  /// The files as they are now, not as they were when they were last looked at.
  private JsonNode list() {
    parts.catalog().reload();
    ArrayNode list = JSON.arrayNode();
    parts.catalog().current().tools().forEach(tool -> list.add(row(tool)));
    return list;
  }

  private JsonNode show(Fields fields) {
    Tool tool =
        parts
            .catalog()
            .current()
            .find(fields.text("tool"))
            .orElseThrow(() -> new OperatorError("the catalog has no tool of that name"));
    ObjectNode row = row(tool);
    row.put("description", tool.description());
    row.put("digest", tool.digest());
    request(row, tool);
    row.put("timeout_seconds", tool.limits().timeout().toSeconds());
    row.put("max_response_bytes", tool.limits().maxResponseBytes());
    row.put("concurrent_calls", tool.limits().concurrentCalls());
    row.set("input", tool.input().json());
    JsonNode document = tool.document();
    copy(document.path("binding"), REQUEST, row);
    copy(document, ANSWER, row);
    return row;
  }

  private static void copy(JsonNode document, List<String> fields, ObjectNode row) {
    for (String field : fields) {
      JsonNode value = document.path(field);
      if (!value.isMissingNode() && !(value.isArray() && value.isEmpty())) {
        row.set(field, value);
      }
    }
  }

  private void request(ObjectNode row, Tool tool) {
    switch (tool.binding()) {
      case HttpBinding http -> {
        row.put("method", http.method());
        row.put("path", http.pathTemplate());
        row.put("response", http.response().name().toLowerCase(Locale.ROOT));
        http.idempotencyHeader().ifPresent(header -> row.put("idempotency_header", header));
      }
      case SqlBinding sql -> {
        row.put("database", sql.database());
        row.put("statement", sql.statement());
        row.put("tls", sql.tls().wire());
        row.put("max_rows", sql.mostRows());
      }
    }
    tool.credential()
        .ifPresent(
            use -> {
              row.put("credential_in", words(use.placement()));
              parts
                  .credentials()
                  .kind(use.ref())
                  .ifPresent(kind -> row.put("credential_kind", kind));
              use.scope().ifPresent(scope -> row.put("credential_scope", scope));
            });
  }

  private static String words(Placement placement) {
    return switch (placement) {
      case Placement.Bearer() -> "bearer";
      case Placement.Basic() -> "basic";
      case Placement.ClientCertificate() -> "TLS client certificate";
      case Placement.Header(var name, var prefix) ->
          "header " + name + (prefix.isEmpty() ? "" : ", after \"" + prefix + "\"");
      case Placement.Query(var name) -> "query " + name;
      case Placement.Cookie(var name) -> "cookie " + name;
      case Placement.Form(var name) -> "form field " + name;
      case Placement.Hmac hmac -> "signature in " + hmac.header();
      case Placement.Login(var user) -> "login" + user.map(name -> " of " + name).orElse("");
      case Placement.SigV4(var service, var region) -> "AWS signature, " + service + " " + region;
    };
  }

  private static ObjectNode row(Tool tool) {
    ObjectNode row =
        JSON.objectNode()
            .put("name", tool.name().value())
            .put("title", tool.title())
            .put("tier", tool.tier().wire())
            .put("system", tool.target().system())
            .put("origin", tool.target().origin().toString());
    tool.credential()
        .map(CredentialUse::ref)
        .ifPresent(
            ref -> {
              row.put("credential", ref.toString());
              row.put("standing", !ref.minted()); // what is kept works until somebody changes it
            });
    return row;
  }
}
