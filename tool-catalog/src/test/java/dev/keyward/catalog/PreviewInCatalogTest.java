package dev.keyward.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.Arguments;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

final class PreviewInCatalogTest {
  private static final String SHOP =
      """
      system: shop
      origin: https://shop.example.com
      tools:
        update:
          title: Update
          description: Updates.
          tier: write
          summary: Update {order} to {state}
          preview:
            tool: read
            arguments: [{name: id, from: order}, lines, {name: depth, value: 2}]
            fields: [total, {field: order.state, becomes: state}, "parts[].name"]
          input:
            properties:
              order: {type: string}
              lines: {type: [integer, "null"]}
              state: {type: string}
              key: {type: string, secret: record}
              part: {type: array, items: {type: string}}
            required: [order, state]
          request: {method: POST, path: /x, body: {json: [order, lines, state, key, part]}}
          result: [id]
        read:
          title: Read
          description: Reads.
          tier: read
          input:
            properties:
              id: {type: string}
              lines: {type: number}
              depth: {type: integer}
              cursor: {type: string, handle: cursor}
            required: [id]
          request: {method: GET, path: "/x/{id}", query: [lines, depth, cursor]}
          result: [total, order, {field: "parts[].name", id: part}]
      """;

  @Test
  void theReadIsCalledWithWhatTheCallSays() {
    PreviewRead preview = preview();

    assertEquals("shop.read", preview.tool().value());
    assertEquals(
        Optional.of("{\"id\":\"A-7\",\"lines\":3,\"depth\":2}"),
        read(
            preview,
            Samples.arguments("{\"order\":\"A-7\",\"lines\":3,\"state\":\"paid\",\"key\":\"k\"}")));
    assertEquals(Set.of("order", "lines"), preview.reliesOn());
  }

  @Test
  void anOptionalArgumentMayBeLeftOutAndARequiredOneNot() {
    assertEquals(
        Optional.of("{\"id\":\"A-7\",\"depth\":2}"),
        read(preview(), Samples.arguments("{\"order\":\"A-7\",\"lines\":null}")));
    assertEquals(Optional.empty(), read(preview(), Samples.arguments("{\"lines\":3}")));
  }

  @Test
  void fieldsAreFoundInTheAnswer() {
    JsonNode answer =
        Samples.json(
            "{\"total\":null,\"order\":{\"state\":\"open\"},\"parts\":[{\"name\":\"a\"},{\"name\":\"b\"}]}");
    List<PreviewField> fields = preview().fields();

    assertEquals(Optional.of(Samples.json("null")), fields.get(0).in(answer));
    assertEquals(Optional.of("state"), fields.get(1).becomes());
    assertEquals(Optional.of(Samples.json("\"open\"")), fields.get(1).in(answer));
    assertEquals(Optional.of(Samples.json("[\"a\",\"b\"]")), fields.get(2).in(answer));
    assertEquals(Optional.empty(), fields.get(1).in(Samples.json("{\"order\":\"open\"}")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "becomes: state|becomes: order",
        "fields: [total, |fields: [",
        "from: order}|from: state}",
        "value: 2|value: 3",
        "    preview:|    other:",
      })
  void allOfItIsPartOfTheDigest(String from, String to) {
    String other =
        to.endsWith("other:")
            ? SHOP.replaceFirst("(?s) {4}preview:.*? {4}input:", "    input:")
            : SHOP.replace(from, to);

    assertNotEquals(SHOP, other);
    assertNotEquals(update(SHOP).digest(), update(other).digest());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "tool: read|tool: reed|tools.update.preview.tool|must be a tool of this file whose tier is"
            + " read",
        "tool: read|tool: update|tools.update.preview.tool|must be a tool of this file whose tier"
            + " is read",
        "tool: read|tool: crm.read|tools.update.preview.tool|must match",
        "tier: write|tier: read|tools.update.preview|must stand only at tools that change"
            + " something",
        "{name: id, from: order}, ||tools.update.preview.arguments|must supply each argument that"
            + " the read requires",
        "lines, {name: depth|order, {name: depth|tools.update.preview.arguments.1|must be an"
            + " argument that the read declares",
        "from: order|from: id|tools.update.preview.arguments.0.from|must be the name of an argument"
            + " that input declares",
        "lines, {name: depth|{name: id, from: state}, {name:"
            + " depth|tools.update.preview.arguments.1|must not repeat",
        "from: order|from: lines|tools.update.preview.arguments.0.from|as the read's argument is",
        "from: order|from: part|tools.update.preview.arguments.0.from|as the read's argument is",
        "from: order|from: key|tools.update.preview.arguments.0.from|no handle or secret",
        "lines, {name: depth|{name: cursor, from: order}, {name:"
            + " depth|tools.update.preview.arguments.1.from|no handle or secret",
        "value: 2|value: two|tools.update.preview.arguments.2.value|must be of a type that the"
            + " read's argument takes",
        "from: order}|from: order, value: 2}|tools.update.preview.arguments.0|must have either"
            + " from",
        "fields: [total, |fields: [totals, |tools.update.preview.fields.0|must be a field that the"
            + " read's result declares",
        "fields: [total, |fields: ['total[', |tools.update.preview.fields.0|must",
        "fields: [total, |fields: [order.state, |tools.update.preview.fields.1.field|must not"
            + " repeat a field",
        "becomes: state|becomes: status|tools.update.preview.fields.1.becomes|must be the name of"
            + " an argument",
        "becomes: state|becomes: state, then: x|tools.update.preview.fields.1|",
        "fields: [total|shown: [total|tools.update.preview|",
      })
  void aPreviewThatCannotBeMadeIsRefused(String good, String bad, String field, String rule) {
    String yaml = SHOP.replace(good, bad == null ? "" : bad);

    List<CatalogProblem> problems = CatalogFile.read("shop.yaml", yaml).problems();

    assertNotEquals(SHOP, yaml);
    assertTrue(
        problems.stream()
            .anyMatch(
                problem ->
                    problem.field().startsWith(field)
                        && problem.rule().contains(rule == null ? "" : rule)
                        && problem.line() > 0),
        problems.toString());
  }

  private static Optional<String> read(PreviewRead preview, Arguments call) {
    return preview.arguments(call).map(JsonNode::toString);
  }

  private static PreviewRead preview() {
    return update(SHOP).preview().orElseThrow();
  }

  private static Tool update(String yaml) {
    return Samples.tool(yaml);
  }
}
