package dev.keyward.server.pipeline;

import dev.keyward.call.CallRefused;
import dev.keyward.call.Refusal;
import dev.keyward.catalog.Tool;
import dev.keyward.server.identity.AgentSession;
import dev.keyward.server.identity.ToolNames;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// The broker's own tool `keyward.find_tools`: finds tools by words, for an agent that sees more of
/// them than a listing holds. It runs nothing, and finds only what the agent may call.
///
/// A word counts most in a tool's name, then in its title, then in its description.
final class FindTools {
  static final String NAME = "keyward.find_tools";
  private static final String SAFE_NAME = "keyward_find_tools";
  private static final int MAX_QUERY_LENGTH = 200;
  private static final int DEFAULT_LIMIT = 10;
  private static final int MOST = 25;
  private static final Set<String> FIELDS = Set.of("query", "limit");
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final VisibleTools visible;
  private final Answers answers;

  FindTools(VisibleTools visible, Answers answers) {
    this.visible = visible;
    this.answers = answers;
  }

  static boolean named(String toolName) {
    return toolName.equals(NAME) || toolName.equals(SAFE_NAME);
  }

  /// {@return the tool as MCP lists it}
  ///
  /// @param left how many tools the listing leaves out
  static ObjectNode listed(boolean safeName, int left) {
    ObjectNode query =
        JSON.objectNode()
            .put("type", "string")
            .put("minLength", 1)
            .put("maxLength", MAX_QUERY_LENGTH)
            .put("description", "Words of what the tool should do, for example: refund payment");
    ObjectNode limit =
        JSON.objectNode()
            .put("type", "integer")
            .put("minimum", 1)
            .put("maximum", MOST)
            .put("default", DEFAULT_LIMIT)
            .put("description", "How many tools at most");
    ObjectNode schema = JSON.objectNode().put("type", "object");
    schema.set("properties", JSON.objectNode().set("query", query).set("limit", limit));
    schema.set("required", JSON.arrayNode().add("query"));
    schema.put("additionalProperties", false);
    ObjectNode tool = JSON.objectNode().put("name", safeName ? SAFE_NAME : NAME);
    tool.put("title", "Find tools");
    tool.put(
        "description",
        "Finds further tools by words of their names and descriptions: %d that you may call are not"
                .formatted(left)
            + " in this list. Gives their names and input schemas; call them like any other.");
    tool.set("inputSchema", schema);
    tool.set(
        "annotations",
        JSON.objectNode()
            .put("readOnlyHint", true)
            .put("idempotentHint", true)
            .put("openWorldHint", false));
    return tool;
  }

  Answer answer(IncomingCall incoming, AgentSession session) {
    JsonNode arguments = incoming.arguments();
    for (String field : arguments.propertyNames()) {
      if (!FIELDS.contains(field)) {
        throw invalid("/", "may hold query and limit only");
      }
    }
    List<String> words = words(arguments.path("query"));
    boolean safe = session.agent().toolNames() == ToolNames.SAFE;
    ArrayNode found = JSON.arrayNode();
    visible.of(session).stream()
        .map(tool -> new Scored(tool, score(tool, words)))
        .filter(scored -> scored.score > 0)
        .sorted(Comparator.comparingInt(Scored::score).reversed()) // stable: by name among equals
        .limit(limit(arguments.path("limit")))
        .forEach(scored -> found.add(ToolListing.listed(scored.tool, safe)));
    return answers.found(incoming, found);
  }

  private record Scored(Tool tool, int score) {}

  private static int score(Tool tool, List<String> words) {
    String name = tool.name().value().toLowerCase(Locale.ROOT);
    String title = tool.title().toLowerCase(Locale.ROOT);
    String description = tool.description().toLowerCase(Locale.ROOT);
    int score = 0;
    for (String word : words) {
      score += name.contains(word) ? 4 : 0;
      score += title.contains(word) ? 2 : 0;
      score += description.contains(word) ? 1 : 0;
    }
    return score;
  }

  private static List<String> words(JsonNode query) {
    boolean fits = query.isString() && query.stringValue().length() <= MAX_QUERY_LENGTH;
    Stream<String> parts =
        fits
            ? Arrays.stream(query.stringValue().toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+"))
            : Stream.of();
    List<String> words = parts.filter(word -> !word.isEmpty()).distinct().toList();
    if (words.isEmpty()) {
      throw invalid("/query", "must be words, in at most " + MAX_QUERY_LENGTH + " characters");
    }
    return words;
  }

  private static int limit(JsonNode given) {
    if (given.isMissingNode()) {
      return DEFAULT_LIMIT;
    }
    boolean fits =
        given.isIntegralNumber()
            && given.canConvertToInt()
            && given.intValue() >= 1
            && given.intValue() <= MOST;
    if (!fits) {
      throw invalid("/limit", "must be a whole number from 1 to " + MOST);
    }
    return given.intValue();
  }

  private static CallRefused invalid(String field, String rule) {
    return new CallRefused(new Refusal.InvalidArguments(field, rule));
  }
}
