package dev.keyward.catalog;

import dev.keyward.call.ToolPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Reads which fields of an answer leave, and checks them against the output schema.
final class ResultRules {
  /// All that is told of what a database refuses.
  private static final List<String> SQL_ERROR = List.of("sqlstate_class");

  private final Problems problems;
  private final ToolParts tool;

  ResultRules(Problems problems, ToolParts tool) {
    this.problems = problems;
    this.tool = tool;
  }

  /// {@return the projection; of use only if no problem was noted}
  Optional<Projection> read(ResponseKind response) {
    Part result = tool.tool().get("result");
    List<String> error =
        tool.tool().get("sql").present() ? SQL_ERROR : paths(tool.own("error"), part -> part);
    return switch (response) {
      case JSON -> {
        if (!result.present()) {
          problems.add(result.at(), "is required for JSON answers: only declared fields leave");
        }
        List<String> paths = paths(result, ResultRules::path);
        List<IdField> ids = ids();
        yield problems.attempt(result.at(), () -> Projection.ofJson(paths, error).withIds(ids));
      }
      case TEXT, HTML, FILE -> {
        for (Part part : List.of(result, tool.tool().get("output"))) {
          if (part.present()) {
            problems.add(part.at(), "must stand only at tools with JSON answers");
          }
        }
        yield Optional.of(Projection.ofText(error));
      }
    };
  }

  /// Checks that `output` knows each path of `result`, and that what it requires is among them.
  void checkOutput(JsonNode output) {
    Set<String> top = new TreeSet<>();
    for (Part path : tool.tool().get("result").items()) {
      problems
          .attempt(path.at(), () -> Projection.steps(path(path).text()))
          .ifPresent(
              steps -> {
                top.add(steps.getFirst());
                if (!knows(output, steps)) {
                  problems.add(path.at(), "must be a field that output declares");
                }
              });
    }
    for (Part name : tool.tool().get("output").get("required").items()) {
      if (!top.contains(name.text())) {
        problems.add(name.at(), "must be among the fields of result");
      }
    }
  }

  private static boolean knows(JsonNode schema, List<String> steps) {
    if (steps.isEmpty()) {
      return true;
    }
    String step = steps.getFirst();
    String type = step.isEmpty() ? "array" : "object";
    if (!Part.types(schema).contains(type)) {
      return false;
    }
    JsonNode inner = step.isEmpty() ? schema.path("items") : schema.path("properties").path(step);
    boolean open = step.isEmpty() ? inner.isMissingNode() : !schema.has("properties");
    return open || (!inner.isMissingNode() && knows(inner, steps.subList(1, steps.size())));
  }

  /// Good paths only; a bad one is noted at its own line.
  private List<String> paths(Part list, UnaryOperator<Part> pathOf) {
    List<String> good = new ArrayList<>();
    for (Part entry : list.items()) {
      Part path = pathOf.apply(entry);
      List<String> tried = new ArrayList<>(good);
      tried.add(path.text());
      problems
          .attempt(path.at(), () -> Projection.ofJson(tried, List.of()))
          .ifPresent(_ -> good.add(path.text()));
    }
    return good;
  }

  /// An entry is a path, or says more about one.
  private static Part path(Part entry) {
    return entry.json().isString() ? entry : entry.get("field");
  }

  /// {@return what becomes a handle; of use only if no problem was noted}
  ToolHandles handles() {
    Map<String, List<ToolPattern>> kinds = new TreeMap<>();
    Part declared = tool.own("handles");
    Map<String, String> found = new TreeMap<>();
    for (String kind : declared.json().propertyNames()) {
      kinds.put(kind, destinations(declared.get(kind).get("to")));
      for (Part type : declared.get(kind).get("found").items()) {
        if (found.put(type.text(), kind) != null) {
          problems.add(type.at(), "must not be found as two kinds");
        }
      }
    }
    List<HandleField> fields = new ArrayList<>();
    for (Part entry : tool.tool().get("result").items()) {
      if (entry.json().isObject()) {
        checkWords(entry);
      }
      Part kind = entry.get("handle");
      if (kind.present()) {
        if (!kinds.containsKey(kind.text())) {
          problems.add(kind.at(), "must be a kind that handles declares");
        }
        fields.add(new HandleField(path(entry).text(), kind.text(), entry.get("in_query").texts()));
      }
    }
    return new ToolHandles(kinds, fields, found);
  }

  /// {@return what is done about the texts of results; of use only if no problem was noted}
  ResultCare care() {
    Part care = tool.own("care");
    List<String> fields = new ArrayList<>();
    for (Part entry : tool.tool().get("result").items()) {
      if (entry.get("personal").present()) {
        fields.add(path(entry).text());
      }
    }
    return new ResultCare(
        Set.copyOf(care.get("personal").texts()),
        fields,
        ResultCare.UnseenText.valueOf(care.get("unseen").textOr("drop").toUpperCase(Locale.ROOT)),
        care.get("instructions").textOr("fence").equals("fence"),
        files());
  }

  private FileKinds files() {
    Part declared = tool.tool().get("files");
    if (!declared.present()) {
      return FileKinds.DESCRIBED;
    }
    if (!tool.tool().get("response").textOr("json").equals(ResponseKind.FILE.wire())) {
      problems.add(declared.at(), "must stand beside response: file");
    }
    Map<String, FileKinds.Kind> kinds = new TreeMap<>();
    for (String type : declared.json().propertyNames()) {
      String kind = declared.get(type).text();
      kinds.put(type, FileKinds.Kind.valueOf(kind.toUpperCase(Locale.ROOT)));
    }
    return problems.attempt(declared.at(), () -> new FileKinds(kinds)).orElse(FileKinds.DESCRIBED);
  }

  /// {@return which fields are ids; of use only if no problem was noted}
  private List<IdField> ids() {
    List<IdField> ids = new ArrayList<>();
    for (Part entry : tool.tool().get("result").items()) {
      Part kind = entry.get("id");
      if (kind.present()) {
        ids.add(new IdField(path(entry).text(), kind.text()));
      }
    }
    return ids;
  }

  private void checkWords(Part entry) {
    boolean handle = entry.get("handle").present();
    long said =
        Stream.of("handle", "id", "personal").filter(word -> entry.get(word).present()).count();
    if (said != 1) {
      problems.add(entry.at(), "must say one of handle, id and personal");
    }
    if (!handle && entry.get("in_query").present()) {
      problems.add(entry.get("in_query").at(), "must stand beside handle");
    }
  }

  private List<ToolPattern> destinations(Part list) {
    List<ToolPattern> patterns = new ArrayList<>();
    for (Part pattern : list.items()) {
      problems
          .attempt(pattern.at(), () -> new ToolPattern(pattern.text()))
          .ifPresent(patterns::add);
    }
    return patterns;
  }
}
