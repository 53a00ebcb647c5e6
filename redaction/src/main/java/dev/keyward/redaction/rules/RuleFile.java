package dev.keyward.redaction.rules;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads rules that are written as JSON, or as anything that becomes the same tree.
final class RuleFile {
  private static final Set<String> FIELDS =
      Set.of(
          "id",
          "type",
          "vendor",
          "kind",
          "keywords",
          "prefix",
          "alphabet",
          "min",
          "max",
          "shape",
          "lead",
          "boundary",
          "checksum",
          "value",
          "distinct",
          "glued",
          "on",
          "exempt",
          "examples",
          "counterExamples");
  private static final int DISTINCT = 5;

  private final String file;
  private final JsonNode json;
  private final String id;

  private RuleFile(String file, JsonNode json) {
    this.file = file;
    this.json = json;
    this.id = json.path("id").asString("without an id");
  }

  /// {@return the rules that come with Keyward, from the file of that name beside this class}
  static JsonNode shipped(String name) {
    try (InputStream in = RuleFile.class.getResourceAsStream(name)) {
      return JsonMapper.builder().build().readTree(in);
    } catch (IOException cannotBe) {
      throw new UncheckedIOException("the jar has no " + name, cannotBe);
    }
  }

  /// {@return the rule that `json` describes}
  ///
  /// @throws BadRules if it is none
  static Rule rule(String file, JsonNode json) {
    return new RuleFile(file, json).rule();
  }

  private Rule rule() {
    if (!json.isObject()) {
      throw new BadRules(file, "rules", "must be objects");
    }
    for (String field : json.propertyNames()) {
      require(FIELDS.contains(field), field, "is not a field of a rule");
    }
    require(id.matches("[a-z0-9-]{1,64}"), "id", "must be 1 to 64 of a-z 0-9 -");
    Rule.Kind kind = word("kind", Rule.Kind.class, Optional.empty());
    Optional<Shape> shape = shape();
    Rule rule =
        new Rule(
            id,
            type(),
            json.path("vendor").asString(""),
            kind,
            keywords(kind, shape),
            shape,
            lead(),
            word("checksum", Checksum.class, Optional.of(Checksum.NONE)),
            word("value", SecretValue.class, Optional.of(SecretValue.SECRET)),
            number("distinct", DISTINCT),
            flag("boundary", true),
            flag("glued", false),
            flag("on", kind != Rule.Kind.PERSONAL),
            Set.copyOf(strings("exempt")),
            strings("examples"),
            strings("counterExamples"));
    require(rule.kind() != Rule.Kind.TOKEN || shape.isPresent(), "prefix", "or shape is needed");
    return rule;
  }

  private String type() {
    String type = json.path("type").asString(id.replace('-', '_'));
    require(type.matches("[a-z0-9_]{1,40}"), "type", "must be 1 to 40 of a-z 0-9 _");
    return type;
  }

  private List<String> keywords(Rule.Kind kind, Optional<Shape> shape) {
    List<String> given = strings("keywords");
    for (String keyword : given) {
      require(
          keyword.length() >= 2 && keyword.length() <= 64, "keywords", "have 2 to 64 characters");
    }
    if (!given.isEmpty() || kind == Rule.Kind.PERSONAL) {
      return given;
    }
    String prefix = shape.map(Shape::prefix).orElse("");
    require(!prefix.isEmpty(), "keywords", "are needed where there is no prefix");
    return List.of(prefix);
  }

  private Optional<Shape> shape() {
    boolean simple = json.has("alphabet");
    if (!simple && !json.has("shape")) {
      return Optional.empty();
    }
    require(!simple || !json.has("shape"), "shape", "stands for prefix, alphabet, min and max");
    try {
      if (!simple) {
        return Optional.of(Shape.of(json.path("shape").asString("")));
      }
      String prefix = json.path("prefix").asString("");
      int min = number("min", 1);
      return Optional.of(
          Shape.run(prefix, json.path("alphabet").asString(""), min, number("max", min)));
    } catch (IllegalArgumentException why) {
      throw new BadRules(file, "rule " + id + ": shape", String.valueOf(why.getMessage()));
    }
  }

  private Optional<Rule.Lead> lead() {
    if (!json.has("lead")) {
      return Optional.empty();
    }
    try {
      return Optional.of(Shape.lead(json.path("lead").asString("")));
    } catch (IllegalArgumentException why) {
      throw new BadRules(file, "rule " + id + ": lead", String.valueOf(why.getMessage()));
    }
  }

  private <E extends Enum<E>> E word(String field, Class<E> type, Optional<E> otherwise) {
    JsonNode given = json.path(field);
    if (given.isMissingNode() && otherwise.isPresent()) {
      return otherwise.get();
    }
    var words = new ArrayList<String>();
    for (E each : type.getEnumConstants()) {
      String name = each.name().toLowerCase(Locale.ROOT).replace('_', '-');
      if (name.equals(given.asString(""))) {
        return each;
      }
      words.add(name);
    }
    throw new BadRules(
        file, "rule " + id + ": " + field, "must be one of " + String.join(", ", words));
  }

  private int number(String field, int otherwise) {
    JsonNode given = json.path(field);
    if (given.isMissingNode()) {
      return otherwise;
    }
    require(given.isInt() && given.intValue() >= 0, field, "must be a whole number");
    return given.intValue();
  }

  private boolean flag(String field, boolean otherwise) {
    JsonNode given = json.path(field);
    require(given.isMissingNode() || given.isBoolean(), field, "must be true or false");
    return given.isMissingNode() ? otherwise : given.booleanValue();
  }

  private List<String> strings(String field) {
    var all = new ArrayList<String>();
    for (JsonNode each : json.path(field)) {
      require(each.isString(), field, "must be strings");
      all.add(each.stringValue());
    }
    return all;
  }

  private void require(boolean holds, String field, String what) {
    if (!holds) {
      throw new BadRules(file, "rule " + id + ": " + field, what);
    }
  }
}
