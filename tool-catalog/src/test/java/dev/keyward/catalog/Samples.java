package dev.keyward.catalog;

import dev.keyward.call.Arguments;
import java.util.List;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Texts and trees for the tests of this package.
final class Samples {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  /// A small good file: lines 1 to 17, one tool, `crm.read_ticket`.
  static final String CRM =
      """
      system: crm
      origin: https://crm.example.com
      credential: {ref: local:crm#token, in: bearer}
      tools:
        read_ticket:
          title: Read a ticket
          description: Reads one ticket.
          tier: read
          summary: Read {id}
          input:
            properties:
              id: {type: string}
            required: [id]
          request:
            method: GET
            path: /tickets/{id}
          result: [id, subject]
      """;

  private Samples() {}

  static JsonNode json(String text) {
    return MAPPER.readTree(text);
  }

  static Arguments arguments(String text) {
    return Arguments.of(json(text));
  }

  /// {@return the only tool of a good file}
  static Tool tool(String yaml) {
    CatalogFile file = CatalogFile.read("test.yaml", yaml);
    if (!file.problems().isEmpty()) {
      throw new AssertionError(file.problems().toString());
    }
    return file.tools().getFirst();
  }

  /// {@return what is wrong with a file, a line each}
  static List<String> problems(String yaml) {
    return CatalogFile.read("test.yaml", yaml).problems().stream()
        .map(CatalogProblem::toString)
        .toList();
  }

  /// {@return a file whose only tool takes `input` (flow YAML of properties) and sends `request`}
  static String yaml(String input, String required, String request) {
    return """
    system: shop
    origin: https://shop.example.com
    tools:
      act:
        title: Act
        description: Acts.
        tier: write
        summary: Act
        input:
          properties: %s
          required: %s
        request: %s
        result: [id]
    """
        .formatted(input, required, request);
  }
}
