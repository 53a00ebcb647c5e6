package dev.keyward.catalog;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Reads YAML as JSON written in another way, and remembers where each field stood.
///
/// One document, text keys that are unique, values that JSON has. Aliases, anchors and tags are
/// refused, and size, depth and count are bounded, so that a small file cannot become a large tree.
/// No class is ever made from what a file says.
public final class YamlText {
  static final int MAX_CHARACTERS = 1 << 20;
  private static final int MAX_DEPTH = 32;
  private static final int MAX_NODES = 100_000;
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Map<String, Integer> lines = new HashMap<>();

  private YamlText() {}

  /// What a file says.
  ///
  /// @param json its tree
  /// @param lines where each field stands
  public record Document(JsonNode json, Lines lines) {}

  /// Why a text cannot be read: the field as far as it is known (empty for the whole text), the
  /// 1-based line, and the rule in words, without the value.
  @SuppressWarnings("serial") // never serialized
  public static final class Unreadable extends Exception {
    private final String pointer;
    private final int line;
    private final String rule;

    Unreadable(String pointer, int line, String rule) {
      super(rule);
      this.pointer = pointer;
      this.line = line;
      this.rule = rule;
    }

    /// {@return the field, as a JSON Pointer}
    public String pointer() {
      return pointer;
    }

    /// {@return the line, from 1}
    public int line() {
      return line;
    }

    /// {@return the rule that is broken}
    public String rule() {
      return rule;
    }
  }

  /// Reads a text.
  ///
  /// @throws Unreadable if it is not YAML, or YAML of another kind than described above
  public static Document read(String text) throws Unreadable {
    String yaml = text.startsWith("\uFEFF") ? text.substring(1) : text;
    if (yaml.length() > MAX_CHARACTERS) {
      throw new Unreadable("", 1, "must have at most " + MAX_CHARACTERS + " characters");
    }
    var settings =
        LoadSettings.builder().setCodePointLimit(MAX_CHARACTERS).setMaxAliasesForCollections(0);
    try {
      checkEvents(new Parse(settings.build()).parseString(yaml));
      Optional<Node> root = new Compose(settings.build()).composeString(yaml);
      if (root.isEmpty()) {
        throw new Unreadable("", 1, "must not be empty");
      }
      var reader = new YamlText();
      JsonNode json = reader.convert(root.get(), "");
      return new Document(json, new Lines(reader.lines));
    } catch (MarkedYamlEngineException e) {
      throw new Unreadable("", line(e.getProblemMark()), "is not YAML: " + words(e.getProblem()));
    } catch (YamlEngineException _) {
      throw new Unreadable("", 1, "is not YAML that can be read");
    }
  }

  /// The library's words up to the first thing that it quotes from the file, and what mostly helps.
  private static String words(String problem) {
    String words = problem.split("['\"(:<\n]|[0-9]", 2)[0].strip();
    String cause = words.contains(" ") ? words : "the syntax breaks here";
    return cause + "; look at the indentation, and put quotes around text that has any of : # [ ] { } @ in it";
  }

  /// Bounds a text before a tree of it exists.
  private static void checkEvents(Iterable<Event> events) throws Unreadable {
    int depth = 0;
    int nodes = 0;
    int documents = 0;
    for (Event event : events) {
      int line = line(event.getStartMark());
      if (event instanceof DocumentStartEvent && ++documents > 1) {
        throw new Unreadable("", line, "must be a single YAML document");
      }
      if (event instanceof NodeEvent node) {
        checkPlain(node, line);
        nodes++;
      }
      if (event instanceof CollectionStartEvent) {
        depth++;
      } else if (event instanceof CollectionEndEvent) {
        depth--;
      }
      if (depth > MAX_DEPTH || nodes > MAX_NODES) {
        throw new Unreadable("", line, "is nested too deeply or has too many values");
      }
    }
  }

  private static void checkPlain(NodeEvent event, int line) throws Unreadable {
    if (event instanceof AliasEvent || event.getAnchor().isPresent()) {
      throw new Unreadable("", line, "must not use YAML anchors or aliases; write the value out");
    }
    boolean tagged =
        switch (event) {
          case ScalarEvent scalar -> scalar.getTag().isPresent();
          case CollectionStartEvent collection -> collection.getTag().isPresent();
          default -> false;
        };
    if (tagged) {
      throw new Unreadable("", line, "must not use YAML tags");
    }
  }

  private JsonNode convert(Node node, String at) throws Unreadable {
    lines.putIfAbsent(at, line(node.getStartMark()));
    return switch (node) {
      case MappingNode mapping -> object(mapping.getValue(), at);
      case SequenceNode sequence -> array(sequence.getValue(), at);
      case ScalarNode scalar -> scalar(scalar, at);
      default -> throw new Unreadable(at, line(node.getStartMark()), "must be plain YAML");
    };
  }

  private ObjectNode object(List<NodeTuple> entries, String at) throws Unreadable {
    ObjectNode object = JSON.objectNode();
    for (NodeTuple entry : entries) {
      int line = line(entry.getKeyNode().getStartMark());
      if (!(entry.getKeyNode() instanceof ScalarNode key) || !key.getTag().equals(Tag.STR)) {
        throw new Unreadable(at, line, "must have text as keys; put quotes around other keys");
      }
      String pointer = Pointer.child(at, key.getValue());
      lines.put(pointer, line);
      if (object.has(key.getValue())) {
        throw new Unreadable(pointer, line, "is there twice");
      }
      object.set(key.getValue(), convert(entry.getValueNode(), pointer));
    }
    return object;
  }

  private ArrayNode array(List<Node> items, String at) throws Unreadable {
    ArrayNode array = JSON.arrayNode();
    for (Node item : items) {
      array.add(convert(item, Pointer.child(at, array.size())));
    }
    return array;
  }

  private static JsonNode scalar(ScalarNode scalar, String at) throws Unreadable {
    String value = scalar.getValue();
    Tag tag = scalar.getTag();
    if (tag.equals(Tag.STR)) {
      return JSON.stringNode(value);
    }
    if (tag.equals(Tag.NULL)) {
      return JSON.nullNode();
    }
    if (tag.equals(Tag.BOOL)) {
      return JSON.booleanNode(value.equals("true"));
    }
    try {
      return tag.equals(Tag.INT)
          ? JSON.numberNode(new BigInteger(value))
          : JSON.numberNode(new BigDecimal(value));
    } catch (NumberFormatException _) {
      throw new Unreadable(
          at, line(scalar.getStartMark()), "must be a number as JSON writes it, or quoted text");
    }
  }

  private static int line(Optional<Mark> mark) {
    return mark.map(m -> m.getLine() + 1).orElse(1);
  }
}
