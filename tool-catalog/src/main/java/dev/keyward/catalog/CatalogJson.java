package dev.keyward.catalog;

import dev.keyward.call.CanonicalJson;
import dev.keyward.call.Tier;
import dev.keyward.call.ToolName;
import dev.keyward.call.ToolPattern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Maps a catalog file's tree to tools, and a tool to the document that its digest is taken over.
///
/// The tree has passed the format's schema, so fields have their types here.
final class CatalogJson {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int FORMAT = 1;
  private static final String RESERVED = "keyward";

  private static final List<String> PLACES =
      List.of("header", "query", "cookie", "form", "hmac", "sigv4", "login");

  private final Problems problems;
  private final Part file;

  CatalogJson(JsonNode root, Problems problems) {
    this.problems = problems;
    this.file = new Part(root, "");
  }

  /// {@return the tree of a JSON text that ships with Keyward}
  static JsonNode tree(String json) {
    return new JsonMapper().readTree(json);
  }

  /// {@return the tools of the file, in its order; of use only if no problem was noted}
  List<Tool> tools() {
    String system = file.get("system").text();
    if (system.equals(RESERVED) || system.startsWith(RESERVED + "_")) {
      problems.add("/system", "must not be keyward, which names the broker's own tools");
    }
    List<Tool> tools = new ArrayList<>();
    for (String action : file.get("tools").json().propertyNames()) {
      Part tool = file.get("tools").get(action);
      tool(system, action, tool).ifPresent(tools::add);
    }
    return tools;
  }

  private Optional<Tool> tool(String system, String action, Part tool) {
    Tier tier = Tier.valueOf(tool.get("tier").text().toUpperCase(Locale.ROOT));
    ToolParts parts = new ToolParts(file, tool, tier);
    ResponseKind response =
        ResponseKind.valueOf(tool.get("response").textOr("json").toUpperCase(Locale.ROOT));
    ObjectNode schema = new InputRules(problems).input(tool.get("input"));

    Optional<ToolName> name =
        problems.attempt(tool.at(), () -> new ToolName(system + "." + action));
    Optional<InputSchema> input =
        problems.attempt(
            tool.get("input").at(),
            () -> new InputSchema(schema, tool.get("input").get("exactly_one_of").texts()));
    ToolHandles handles = new ResultRules(problems, parts).handles();
    ResultCare care = new ResultRules(problems, parts).care();
    Optional<JsonNode> output = output(parts, handles);
    Optional<Target> target = target(system, parts);
    Optional<? extends Binding> binding = binding(parts, schema, response);
    Optional<CredentialUse> credential = credential(parts.credential(), target);
    Optional<Projection> projection = new ResultRules(problems, parts).read(response);
    Optional<Summary> summary = summary(parts, schema);
    Optional<PreviewRead> preview = new PreviewRules(problems, parts).read(system);
    Optional<Limits> limits = limits(parts);
    if (!problems.none()) {
      return Optional.empty();
    }
    Tool draft =
        new Tool(
            name.orElseThrow(),
            tool.get("title").text(),
            tool.get("description").text().strip(),
            input.orElseThrow(),
            output,
            tier,
            target.orElseThrow(),
            binding.orElseThrow(),
            credential,
            projection.orElseThrow(),
            handles,
            care,
            summary.orElseThrow(),
            preview,
            limits.orElseThrow(),
            "");
    return Optional.of(draft.withDigest(CanonicalJson.sha256(document(draft))));
  }

  private Optional<? extends Binding> binding(
      ToolParts parts, ObjectNode schema, ResponseKind response) {
    boolean sql = parts.tool().get("sql").present();
    boolean database = parts.own("origin").textOr("").startsWith(Target.DATABASE + ":");
    if (sql != database) {
      problems.add(
          parts.tool().at(),
          "must have sql and an origin postgresql://host, or request and one of http");
    }
    if (sql) {
      return new SqlRules(problems, parts, schema).read();
    }
    if (!parts.request().present()) {
      problems.add(parts.tool().at(), "must have request, or sql");
      return Optional.empty();
    }
    if (parts.credential().get("in").json().path("login").isString()
        || parts.credential().get("in").json().asString("").equals("login")) {
      problems.add(parts.credential().get("in").at(), "must be login only beside sql");
    }
    return new RequestRules(problems, parts, schema).read(response);
  }

  private Optional<JsonNode> output(ToolParts parts, ToolHandles handles) {
    Part output = parts.tool().get("output");
    if (!output.present()) {
      return Optional.empty();
    }
    ObjectNode schema = new InputRules(problems).output(output);
    new ResultRules(problems, parts).checkOutput(schema);
    if (problems.none()) {
      handles.fields().forEach(field -> HandleSchemas.relaxOutput(schema, field));
    }
    return Optional.of(schema);
  }

  private Optional<Target> target(String system, ToolParts parts) {
    Part origin = parts.own("origin");
    if (!origin.present()) {
      problems.add(parts.tool().at(), "must have an origin, its own or one at the top of the file");
      return Optional.empty();
    }
    return problems.attempt(origin.at(), () -> Target.of(system, origin.text()));
  }

  private Optional<CredentialUse> credential(Part credential, Optional<Target> target) {
    if (!credential.json().isObject()) {
      return Optional.empty();
    }
    Part ref = credential.get("ref");
    Optional<CredentialRef> parsed =
        problems.attempt(ref.at(), () -> CredentialRef.parse(ref.text()));
    Optional<Placement> placement = placement(credential.get("in"));
    if (placement.filter(Placement.ClientCertificate.class::isInstance).isPresent()) {
      checkCertificate(credential.get("in"), parsed, target);
    }
    Part scope = credential.get("scope");
    if (scope.present() && parsed.filter(CredentialRef::minted).isEmpty()) {
      problems.add(scope.at(), "must stand only beside a ref of a minted credential, mint:name");
    }
    Optional<String> words = scope.present() ? Optional.of(scope.text()) : Optional.empty();
    return parsed.flatMap(r -> placement.map(p -> new CredentialUse(r, p, words)));
  }

  private void checkCertificate(Part in, Optional<CredentialRef> ref, Optional<Target> target) {
    if (target.filter(one -> !one.origin().getScheme().equals("https")).isPresent()) {
      problems.add(in.at(), "must not be client_certificate unless the origin is https");
    }
    if (ref.filter(CredentialRef::minted).isPresent()) {
      problems.add(in.at(), "must not be client_certificate for a minted credential");
    }
  }

  private Optional<Placement> placement(Part in) {
    if (in.json().isString()) {
      return Optional.of(
          switch (in.text()) {
            case "basic" -> new Placement.Basic();
            case "client_certificate" -> new Placement.ClientCertificate();
            case "login" -> new Placement.Login(Optional.empty());
            default -> new Placement.Bearer();
          });
    }
    List<String> ways = PLACES.stream().filter(place -> in.get(place).present()).toList();
    boolean stray = in.get("prefix").present() && !ways.contains("header");
    if (ways.size() != 1 || stray) {
      problems.add(
          in.at(),
          "must be bearer, basic, client_certificate, login, {header, prefix}, {query}, {cookie},"
              + " {form}, {hmac}, {sigv4} or {login}");
      return Optional.empty();
    }
    Part way = in.get(ways.getFirst());
    return Optional.of(
        switch (ways.getFirst()) {
          case "query" -> new Placement.Query(way.text());
          case "cookie" -> new Placement.Cookie(way.text());
          case "form" -> new Placement.Form(way.text());
          case "hmac" -> hmac(way);
          case "login" -> new Placement.Login(Optional.of(way.text()));
          case "sigv4" -> new Placement.SigV4(way.get("service").text(), way.get("region").text());
          default -> header(way, in.get("prefix").textOr(""));
        });
  }

  private Placement header(Part name, String prefix) {
    HeaderRules.againstCredential(name.text()).ifPresent(rule -> problems.add(name.at(), rule));
    return new Placement.Header(name.text(), prefix);
  }

  private Placement hmac(Part hmac) {
    for (String field : List.of("header", "timestamp_header")) {
      Part name = hmac.get(field);
      if (name.present()) {
        HeaderRules.againstCredential(name.text()).ifPresent(rule -> problems.add(name.at(), rule));
      }
    }
    return new Placement.Hmac(
        hmac.get("header").text(),
        hmac.get("signed").text(),
        hmac.get("value").textOr("{signature}"),
        hmac.get("timestamp_header").textOr(""));
  }

  private Optional<Summary> summary(ToolParts parts, JsonNode input) {
    Part summary = parts.tool().get("summary");
    if (!summary.present() && parts.tier().changes()) {
      problems.add(summary.at(), "is required for tools that change something");
    }
    Part words = summary.present() ? summary : parts.tool().get("title");
    Optional<Summary> parsed = problems.attempt(words.at(), () -> new Summary(words.text()));
    for (String name : parsed.map(Summary::names).orElseGet(Set::of)) {
      if (!input.path("properties").has(name)) {
        problems.add(words.at(), "must name only arguments that input declares");
      }
    }
    return parsed;
  }

  private Optional<Limits> limits(ToolParts parts) {
    Part own = parts.tool().get("limits");
    Part shared = parts.file().get("limits");
    Part timeout = own.getOr("timeout", shared);
    Part bytes = own.getOr("max_response_bytes", shared);
    Part calls = own.getOr("concurrent_calls", shared);
    Part rate = own.getOr("per_minute", shared);
    Limits standard = Limits.DEFAULT;
    return problems.attempt(
        timeout.at(),
        () ->
            new Limits(
                timeout.present() ? duration(timeout.text()) : standard.timeout(),
                bytes.json().asInt(standard.maxResponseBytes()),
                calls.json().asInt(standard.concurrentCalls()),
                rate.present() ? Optional.of(rate.json().asInt()) : standard.perMinute()));
  }

  private static Duration duration(String text) {
    String digits = text.replaceAll("[a-z]", "");
    long number = Long.parseLong(digits);
    return switch (text.substring(digits.length())) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      default -> Duration.ofMinutes(number);
    };
  }

  /// {@return all of a tool that could change what a call does or shows}
  static ObjectNode document(Tool tool) {
    ObjectNode document = JSON.objectNode();
    document.put("v", FORMAT);
    document.put("name", tool.name().value());
    document.put("title", tool.title());
    document.put("description", tool.description());
    document.set("input", tool.input().declared());
    document.set("exactly_one_of", texts(tool.input().oneOf()));
    tool.outputSchema().ifPresent(output -> document.set("output", output));
    document.put("tier", tool.tier().wire());
    document.put("system", tool.target().system());
    document.put("origin", tool.target().origin().toString());
    document.set("binding", binding(tool.binding()));
    tool.credential().ifPresent(use -> document.set("credential", credential(use)));
    document.set("result", texts(tool.projection().result()));
    document.set("error", texts(tool.projection().error()));
    ids(tool.projection().ids()).ifPresent(ids -> document.set("ids", ids));
    handles(tool.handles()).ifPresent(handles -> document.set("handles", handles));
    care(tool.care()).ifPresent(care -> document.set("care", care));
    document.put("summary", tool.summary().template());
    tool.preview().ifPresent(preview -> document.set("preview", preview(preview)));
    document.put("timeout_ms", tool.limits().timeout().toMillis());
    document.put("max_response_bytes", tool.limits().maxResponseBytes());
    document.put("concurrent_calls", tool.limits().concurrentCalls());
    tool.limits().perMinute().ifPresent(calls -> document.put("per_minute", calls));
    return document;
  }

  private static ObjectNode binding(Binding binding) {
    return switch (binding) {
      case HttpBinding http -> {
        ObjectNode document = JSON.objectNode();
        document.put("kind", "http");
        document.put("method", http.method());
        document.put("path", http.pathTemplate());
        document.set("query", fields(http.query()));
        document.set("headers", headers(http.headers()));
        http.body()
            .ifPresent(
                body -> {
                  document.put("body_kind", body.kind().name().toLowerCase(Locale.ROOT));
                  document.set("body", fields(body.fields()));
                });
        document.put("response", http.response().wire());
        http.idempotencyHeader().ifPresent(name -> document.put("idempotency", name));
        yield document;
      }
      case SqlBinding sql -> {
        ObjectNode document = JSON.objectNode();
        document.put("kind", "sql").put("statement", sql.statement());
        document.put("database", sql.database()).put("tls", sql.tls().wire());
        sql.authorities().ifPresent(file -> document.put("tls_ca", file.toString()));
        yield document.put("max_rows", sql.mostRows());
      }
    };
  }

  private static ArrayNode fields(List<RequestField> fields) {
    ArrayNode document = JSON.arrayNode();
    for (RequestField field : fields) {
      ObjectNode entry = document.addObject().put("name", field.name());
      switch (field.source()) {
        case RequestField.Source.Argument(var argument) -> entry.put("from", argument);
        case RequestField.Source.Fixed(var value) -> entry.set("value", value);
      }
    }
    return document;
  }

  private static ArrayNode headers(List<HeaderField> headers) {
    ArrayNode document = JSON.arrayNode();
    headers.forEach(header -> document.add(header.name() + ": " + header.value()));
    return document;
  }

  private static ObjectNode credential(CredentialUse use) {
    ObjectNode document = JSON.objectNode().put("ref", use.ref().toString());
    use.scope().ifPresent(scope -> document.put("scope", scope));
    return switch (use.placement()) {
      case Placement.Bearer() -> document.put("in", "bearer");
      case Placement.Basic() -> document.put("in", "basic");
      case Placement.ClientCertificate() -> document.put("in", "client_certificate");
      case Placement.Header(var name, var prefix) ->
          document.put("in", "header").put("name", name).put("prefix", prefix);
      case Placement.Query(var name) -> document.put("in", "query").put("name", name);
      case Placement.Cookie(var name) -> document.put("in", "cookie").put("name", name);
      case Placement.Form(var name) -> document.put("in", "form").put("name", name);
      case Placement.Hmac(var header, var signed, var value, var timestamp) ->
          document
              .put("in", "hmac")
              .put("name", header)
              .put("signed", signed)
              .put("value", value)
              .put("timestamp", timestamp);
      case Placement.Login(var user) -> {
        user.ifPresent(name -> document.put("user", name));
        yield document.put("in", "login");
      }
      case Placement.SigV4(var service, var region) ->
          document.put("in", "sigv4").put("service", service).put("region", region);
    };
  }

  /// Absent where there are none, so that tools without handles keep their digests.
  private static Optional<ObjectNode> handles(ToolHandles handles) {
    if (handles.equals(ToolHandles.NONE)) {
      return Optional.empty();
    }
    ObjectNode document = JSON.objectNode();
    ObjectNode kinds = document.putObject("kinds");
    handles
        .sorted()
        .forEach(
            (kind, to) -> kinds.set(kind, texts(to.stream().map(ToolPattern::value).toList())));
    if (!handles.found().isEmpty()) {
      ObjectNode found = document.putObject("found");
      new TreeMap<>(handles.found()).forEach(found::put);
    }
    ArrayNode fields = document.putArray("fields");
    for (HandleField field : handles.fields()) {
      ObjectNode entry = fields.addObject().put("field", field.path()).put("kind", field.kind());
      entry.set("in_query", texts(field.inQuery()));
    }
    return Optional.of(document);
  }

  /// Absent where there are none, as with handles.
  private static Optional<ArrayNode> ids(List<IdField> ids) {
    if (ids.isEmpty()) {
      return Optional.empty();
    }
    ArrayNode document = JSON.arrayNode();
    ids.forEach(id -> document.addObject().put("field", id.path()).put("kind", id.kind()));
    return Optional.of(document);
  }

  /// Absent where nothing is said, so that such tools keep their digests.
  private static Optional<ObjectNode> care(ResultCare care) {
    if (care.equals(ResultCare.DEFAULT)) {
      return Optional.empty();
    }
    ObjectNode document = JSON.objectNode();
    document.set("personal", texts(care.personal().stream().sorted().toList()));
    document.set("personal_fields", texts(care.personalFields()));
    document.put("unseen", care.unseen().name().toLowerCase(Locale.ROOT));
    document.put("fenced", care.fenced());
    if (!care.files().equals(FileKinds.DESCRIBED)) {
      ObjectNode files = document.putObject("files");
      care.files().sorted().forEach((type, kind) -> files.put(type, kind.wire()));
    }
    return Optional.of(document);
  }

  private static ObjectNode preview(PreviewRead preview) {
    ObjectNode document = JSON.objectNode().put("tool", preview.tool().value());
    document.set("arguments", fields(preview.arguments()));
    ArrayNode shown = document.putArray("fields");
    for (PreviewField field : preview.fields()) {
      ObjectNode entry = shown.addObject().put("field", field.path());
      field.becomes().ifPresent(argument -> entry.put("becomes", argument));
    }
    return document;
  }

  private static ArrayNode texts(List<String> texts) {
    ArrayNode document = JSON.arrayNode();
    texts.forEach(document::add);
    return document;
  }
}
