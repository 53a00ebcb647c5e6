package dev.keyward.catalog;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Reads a tool's request and checks what the format's schema cannot say.
final class RequestRules {
  private static final Set<String> SCALARS =
      Set.of("string", "integer", "number", "boolean", "null");
  private static final Pattern SECRET_PARAMETER =
      Pattern.compile("(?i).*(token|secret|password|api_?-?key|signature).*");

  private final Problems problems;
  private final ToolParts tool;
  private final JsonNode input;
  private final Set<String> used = new TreeSet<>();

  /// Rules for one tool.
  ///
  /// @param input the full schema of its arguments
  RequestRules(Problems problems, ToolParts tool, JsonNode input) {
    this.problems = problems;
    this.tool = tool;
    this.input = input;
  }

  /// {@return the request; of use only if no problem was noted}
  Optional<HttpBinding> read(ResponseKind response) {
    int before = problems.count();
    Part request = tool.request();
    String method = request.get("method").text();
    Optional<PathTemplate> path =
        problems.attempt(
            request.get("path").at(), () -> new PathTemplate(request.get("path").text()));
    path.ifPresent(template -> checkPath(template, request.get("path").at()));
    List<RequestField> query = fields(request.get("query"));
    checkForm(request.get("query"), query, false);
    Optional<BodyTemplate> body = body(request.get("body"), method);
    List<HeaderField> headers = headers(response);
    Optional<String> idempotency = idempotency();
    checkCredential(query, headers);
    if (problems.count() == before) {
      checkUsed();
    }
    return path.map(
        template -> new HttpBinding(method, template, query, headers, body, response, idempotency));
  }

  private void checkPath(PathTemplate template, String at) {
    for (String name : template.parameters()) {
      used.add(name);
      Set<String> types = Part.types(property(name));
      boolean usable =
          InputRules.required(input).contains(name)
              && Set.of("string", "integer").containsAll(types)
              && !types.isEmpty();
      if (!usable) {
        problems.add(at, "must name only required arguments of type string or integer");
      }
    }
  }

  private List<RequestField> fields(Part list) {
    List<RequestField> fields = new ArrayList<>();
    for (Part entry : list.items()) {
      field(entry).ifPresent(fields::add);
    }
    return fields;
  }

  private Optional<RequestField> field(Part entry) {
    if (entry.json().isString()) {
      return argument(entry, entry.text(), entry.text());
    }
    String name = entry.get("name").text();
    if (entry.get("from").present() == entry.get("value").present()) {
      problems.add(entry.at(), "must have either from, an argument, or value, a fixed value");
      return Optional.empty();
    }
    if (entry.get("from").present()) {
      return argument(entry.get("from"), name, entry.get("from").text());
    }
    if (SECRET_PARAMETER.matcher(name).matches()) {
      problems.add(entry.at(), "must not carry a credential; use credential instead");
    }
    return Optional.of(
        new RequestField(name, new RequestField.Source.Fixed(entry.get("value").json())));
  }

  private Optional<RequestField> argument(Part at, String name, String argument) {
    if (property(argument).isMissingNode()) {
      problems.add(at.at(), "must be the name of an argument that input declares");
      return Optional.empty();
    }
    used.add(argument);
    return Optional.of(new RequestField(name, new RequestField.Source.Argument(argument)));
  }

  private Optional<BodyTemplate> body(Part body, String method) {
    if (!body.present()) {
      return Optional.empty();
    }
    if (method.equals("GET")) {
      problems.add(body.at(), "must not be there for GET");
    }
    Part form = body.get("form");
    if (form.present()) {
      List<RequestField> fields = fields(form);
      checkForm(form, fields, true);
      return Optional.of(new BodyTemplate(BodyTemplate.Kind.FORM, fields));
    }
    List<RequestField> fields = fields(body.get("json"));
    checkJson(body.get("json"), fields);
    return Optional.of(new BodyTemplate(BodyTemplate.Kind.JSON, fields));
  }

  private void checkForm(Part at, List<RequestField> fields, boolean objects) {
    Set<String> names = new TreeSet<>();
    for (RequestField field : fields) {
      if (!names.add(field.name()) && !field.name().endsWith("[]")) {
        problems.add(at.at(), "must not have two fields of one name");
      }
      if (field.source() instanceof RequestField.Source.Argument(var argument)
          && !flat(property(argument), objects)) {
        problems.add(
            at.at(),
            "must take only text, numbers, true, false and lists of these"
                + (objects ? ", or objects of these" : ""));
      }
    }
  }

  private static boolean flat(JsonNode property, boolean objects) {
    for (String type : Part.types(property)) {
      boolean fits =
          switch (type) {
            case "array" -> scalar(property.path("items"));
            case "object" -> objects && flatObject(property);
            default -> SCALARS.contains(type);
          };
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  private static boolean flatObject(JsonNode property) {
    JsonNode others = property.path("additionalProperties");
    return property.path("properties").valueStream().allMatch(RequestRules::scalar)
        && (!others.isObject() || scalar(others));
  }

  private static boolean scalar(JsonNode property) {
    return Set.of("string", "integer", "number", "boolean").containsAll(Part.types(property));
  }

  private void checkJson(Part at, List<RequestField> fields) {
    List<String> names = fields.stream().map(RequestField::name).toList();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (name.startsWith(".") || name.endsWith(".") || name.contains("..")) {
        problems.add(at.at(), "must have names without an empty part");
      }
      for (String earlier : names.subList(0, i)) {
        if ((name + ".").startsWith(earlier + ".") || (earlier + ".").startsWith(name + ".")) {
          problems.add(at.at(), "must not have two fields of one name, or one within another");
        }
      }
    }
  }

  /// The file's headers, then the tool's in their place, then `Accept` where neither names it.
  private List<HeaderField> headers(ResponseKind response) {
    Map<String, HeaderField> headers = new LinkedHashMap<>();
    headers.put("accept", new HeaderField("Accept", response.accept()));
    for (Part part : List.of(tool.file().get("headers"), tool.request().get("headers"))) {
      for (String name : part.json().propertyNames()) {
        Part header = part.get(name);
        HeaderRules.againstFixed(name).ifPresent(rule -> problems.add(header.at(), rule));
        headers.put(name.toLowerCase(Locale.ROOT), new HeaderField(name, header.text()));
      }
    }
    return List.copyOf(headers.values());
  }

  private Optional<String> idempotency() {
    Part idempotency = tool.tool().get("idempotency");
    if (!idempotency.present()) {
      return Optional.empty();
    }
    HeaderRules.againstIdempotency(idempotency.text())
        .ifPresent(rule -> problems.add(idempotency.at(), rule));
    if (!tool.tier().changes()) {
      problems.add(idempotency.at(), "must stand only at tools that change something");
    }
    return Optional.of(idempotency.text());
  }

  /// What the credential fills must be filled by nothing else.
  private void checkCredential(List<RequestField> query, List<HeaderField> headers) {
    Part in = tool.credential().get("in");
    String parameter = in.get("query").textOr("");
    if (query.stream().anyMatch(field -> field.name().equals(parameter))) {
      problems.add(tool.request().get("query").at(), "must not set the credential's parameter");
    }
    String header = in.get("header").textOr("");
    boolean twice = headers.stream().anyMatch(field -> field.name().equalsIgnoreCase(header));
    boolean idempotency = tool.tool().get("idempotency").textOr("-").equalsIgnoreCase(header);
    if (twice || idempotency) {
      problems.add(in.get("header").at(), "must not be a header that the tool sets otherwise");
    }
  }

  private void checkUsed() {
    for (String name : input.path("properties").propertyNames()) {
      if (!used.contains(name)) {
        problems.add(
            tool.tool().get("input").get("properties").get(name).at(),
            "must go somewhere: into the path, the query or the body");
      }
    }
  }

  private JsonNode property(String name) {
    return input.path("properties").path(name);
  }
}
