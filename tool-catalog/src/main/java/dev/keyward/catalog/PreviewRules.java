package dev.keyward.catalog;

import dev.keyward.call.ToolName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// Reads which read shows people how things are before a call, and checks that it can: it is a read
/// of the same file, gets what it requires, and declares what is to be shown.
final class PreviewRules {
  private static final Set<String> SCALARS = Set.of("string", "integer", "number", "boolean");

  private final Problems problems;
  private final ToolParts tool;

  PreviewRules(Problems problems, ToolParts tool) {
    this.problems = problems;
    this.tool = tool;
  }

  /// {@return the read, where the tool declares one; of use only if no problem was noted}
  Optional<PreviewRead> read(String system) {
    Part preview = tool.tool().get("preview");
    if (!preview.present()) {
      return Optional.empty();
    }
    if (!tool.tier().changes()) {
      problems.add(preview.at(), "must stand only at tools that change something");
    }
    Part named = preview.get("tool");
    Part read = tool.file().get("tools").get(named.text());
    if (!read.present() || !read.get("tier").text().equals("read")) {
      problems.add(named.at(), "must be a tool of this file whose tier is read");
      return Optional.empty();
    }
    List<RequestField> arguments = arguments(preview.get("arguments"), read);
    List<PreviewField> fields = fields(preview.get("fields"), read);
    Set<String> needed = new TreeSet<>(read.get("input").get("required").texts());
    if (!arguments.stream().map(RequestField::name).toList().containsAll(needed)) {
      problems.add(
          preview.get("arguments").at(), "must supply each argument that the read requires");
    }
    return problems.attempt(
        named.at(),
        () ->
            new PreviewRead(new ToolName(system + "." + named.text()), arguments, needed, fields));
  }

  private List<RequestField> arguments(Part list, Part read) {
    List<RequestField> arguments = new ArrayList<>();
    Set<String> names = new TreeSet<>();
    for (Part entry : list.items()) {
      String name = entry.json().isString() ? entry.text() : entry.get("name").text();
      if (!names.add(name)) {
        problems.add(entry.at(), "must not repeat an argument of the read");
      }
      JsonNode takes = declared(read, name);
      if (takes.isMissingNode()) {
        problems.add(entry.at(), "must be an argument that the read declares");
      } else {
        source(entry, takes).ifPresent(source -> arguments.add(new RequestField(name, source)));
      }
    }
    return arguments;
  }

  private Optional<RequestField.Source> source(Part entry, JsonNode takes) {
    Part from = entry.json().isString() ? entry : entry.get("from");
    Part value = entry.get("value");
    if (from.present() == value.present()) {
      problems.add(entry.at(), "must have either from, an argument, or value, a fixed value");
      return Optional.empty();
    }
    if (value.present()) {
      if (!fits(Set.of(type(value.json())), Part.types(takes))) {
        problems.add(value.at(), "must be of a type that the read's argument takes");
      }
      return Optional.of(new RequestField.Source.Fixed(value.json()));
    }
    JsonNode gives = declared(tool.tool(), from.text());
    if (gives.isMissingNode()) {
      problems.add(from.at(), "must be the name of an argument that input declares");
      return Optional.empty();
    }
    if (!plain(gives) || !plain(takes) || !fits(Part.types(gives), Part.types(takes))) {
      problems.add(
          from.at(),
          "must be text, a number, true or false as the read's argument is, and no handle or"
              + " secret");
    }
    return Optional.of(new RequestField.Source.Argument(from.text()));
  }

  private static JsonNode declared(Part tool, String name) {
    return tool.get("input").get("properties").json().path(name);
  }

  private static boolean plain(JsonNode property) {
    TextRule rule = TextRule.of(property);
    return rule.kinds().isEmpty() && !rule.ownSecret();
  }

  private static String type(JsonNode fixed) {
    if (fixed.isString()) {
      return "string";
    }
    if (fixed.isBoolean()) {
      return "boolean";
    }
    return fixed.isIntegralNumber() ? "integer" : "number";
  }

  /// A value that may be null is left out where it is.
  private static boolean fits(Set<String> gives, Set<String> takes) {
    for (String type : gives) {
      boolean fits =
          type.equals("null")
              || (SCALARS.contains(type) && takes.contains(type))
              || (type.equals("integer") && takes.contains("number"));
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  private List<PreviewField> fields(Part list, Part read) {
    List<PreviewField> fields = new ArrayList<>();
    Set<String> paths = new TreeSet<>();
    for (Part entry : list.items()) {
      Part path = entry.json().isString() ? entry : entry.get("field");
      Part becomes = entry.get("becomes");
      if (!paths.add(path.text())) {
        problems.add(path.at(), "must not repeat a field");
      }
      if (problems.attempt(path.at(), () -> Projection.steps(path.text())).isPresent()
          && !leaves(path.text(), read)) {
        problems.add(path.at(), "must be a field that the read's result declares");
      }
      if (becomes.present() && declared(tool.tool(), becomes.text()).isMissingNode()) {
        problems.add(becomes.at(), "must be the name of an argument that input declares");
      }
      fields.add(
          new PreviewField(
              path.text(), becomes.present() ? Optional.of(becomes.text()) : Optional.empty()));
    }
    return fields;
  }

  private static boolean leaves(String path, Part read) {
    return read.get("result").items().stream()
        .map(entry -> entry.json().isString() ? entry.text() : entry.get("field").text())
        .anyMatch(
            declared ->
                path.equals(declared)
                    || path.startsWith(declared + ".")
                    || path.startsWith(declared + "["));
  }
}
