package dev.keyward.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.ToolPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

final class HandlesInCatalogTest {
  private static final String DESK =
      """
      system: desk
      origin: https://desk.example.com
      handles:
        reset_link: {to: [mail.*]}
        cursor: {}
      tools:
        make:
          title: Make
          description: Makes.
          tier: read
          input:
            properties:
              cursor: {type: string, handle: cursor, pattern: "^c", description: Where to go on.}
              text: {type: string, handles_in_text: [reset_link, cursor], maxLength: 50}
              key: {type: string, secret: record}
              tags: {type: array, items: {type: string, handle: cursor}}
          request: {method: POST, path: /x, body: {json: [cursor, text, key, tags]}}
          result: [id, {field: "all[].link", handle: reset_link, in_query: [sig]}, {field: next, handle: cursor}]
          output:
            properties:
              id: {type: string}
              all: {type: array, items: {type: object, properties: {link: {type: string, format: uri}}}}
              next: {type: ["integer", "null"], maximum: 9}
      """;

  @Test
  void kindsFieldsAndDestinationsAreRead() {
    ToolHandles handles = Samples.tool(DESK).handles();

    assertEquals(List.of(new ToolPattern("mail.*")), handles.kinds().get("reset_link"));
    assertEquals(List.of(), handles.kinds().get("cursor"));
    assertEquals(
        List.of(
            new HandleField("all[].link", "reset_link", List.of("sig")),
            new HandleField("next", "cursor", List.of())),
        handles.fields());
  }

  @Test
  void aFieldIsFoundInEachItemOfAList() {
    JsonNode answer = Samples.json("{\"all\":[{\"link\":\"a\"},{},{\"link\":null}],\"next\":7}");
    List<HandleField> fields = Samples.tool(DESK).handles().fields();

    assertEquals(List.of("/all/0/link", "/all/2/link"), fields.getFirst().placesIn(answer));
    assertEquals(List.of("/next"), fields.getLast().placesIn(answer));
  }

  @Test
  void agentsSeeTextsWithASentenceAndNoneOfTheFormatsWords() {
    JsonNode input = Samples.tool(DESK).input().json();

    JsonNode cursor = input.at("/properties/cursor");
    assertEquals(Optional.empty(), cursor.optional("pattern"));
    assertTrue(
        cursor.get("description").stringValue().startsWith("Where to go on. Takes a handle"));
    assertEquals(50, input.at("/properties/text/maxLength").intValue());
    for (String word : List.of("\"handle\"", "handles_in_text", "\"secret\"")) {
      assertFalse(input.toString().contains(word), word);
    }
  }

  @Test
  void aResultFieldThatBecomesAHandleMayBeAnyText() {
    JsonNode output = Samples.tool(DESK).outputSchema().orElseThrow();

    assertFalse(output.toString().contains("uri"), output.toString());
    assertEquals("[\"string\",\"null\"]", output.at("/properties/next/type").toString());
    assertFalse(output.at("/properties/next").has("maximum"));
    var check = new SchemaCheck(output);
    JsonNode handle = Samples.json("{\"all\":[{\"link\":\"kw_h_x\"}]}");
    assertEquals(List.of(), check.check(handle).toList());
  }

  @Test
  void theValueOfAnArgumentHasToFitWhereTheHandleNeedNot() {
    InputSchema input = Samples.tool(DESK).input();
    var passed =
        Samples.arguments("{\"cursor\":\"kw_h_cursor_x\",\"text\":\"" + "x".repeat(51) + "\"}");

    assertEquals("/cursor", input.check(passed).orElseThrow().field());
    assertEquals("/text", input.check(passed, Set.of("/cursor")).orElseThrow().field());
  }

  @Test
  void eachTextIsGivenWithWhatItsPlaceTakes() {
    List<String> seen = new ArrayList<>();
    JsonNode arguments =
        Samples.json(
            "{\"cursor\":\"a\",\"text\":\"b\",\"key\":\"c\",\"tags\":[\"d\",\"e\"],\"n\":1}");

    JsonNode rewritten =
        Samples.tool(DESK)
            .input()
            .rewritten(
                arguments,
                (at, rule, text) -> {
                  seen.add(
                      at
                          + rule.kinds().stream().sorted().toList()
                          + rule.within()
                          + rule.ownSecret());
                  return text.equals("d") ? "D" : text;
                });

    assertEquals(
        List.of(
            "/cursor[cursor]falsefalse",
            "/text[cursor, reset_link]truefalse",
            "/key[]falsetrue",
            "/tags/0[cursor]falsefalse",
            "/tags/1[cursor]falsefalse"),
        seen);
    assertEquals(
        "{\"cursor\":\"a\",\"text\":\"b\",\"key\":\"c\",\"tags\":[\"D\",\"e\"],\"n\":1}",
        rewritten.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{to: [mail.*]}|{to: [mail.send]}",
        "cursor: {}|cursor: {to: [mail.*]}",
        "in_query: [sig]|in_query: [signature]",
        "{field: next, handle: cursor}|{field: next, handle: reset_link}",
        "handle: cursor, pattern|handle: reset_link, pattern",
        "handles_in_text: [reset_link, cursor]|handles_in_text: [cursor]",
        "{type: string, secret: record}|{type: string}",
      })
  void anyChangeOfItChangesTheToolsDigest(String from, String to) {
    String changed = DESK.replace(from, to);

    assertNotEquals(DESK, changed);
    assertNotEquals(Samples.tool(DESK).digest(), Samples.tool(changed).digest());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "handle: reset_link, in_query|handle: reset_lnk, in_query|must be a kind that handles"
            + " declares",
        "{to: [mail.*]}|{to: [\"*\"]}|a tool pattern must be",
        "{type: string, secret: record}|{type: integer, secret: record}|must stand only at"
            + " arguments of type string",
        "{type: string, handle: cursor, pattern|{type: integer, handle: cursor, pattern|must stand"
            + " only at arguments of type string",
        "{type: string, secret: record}|{type: string, handle: cursor, handles_in_text:"
            + " [cursor]}|must not stand beside handle",
        "id: {type: string}|id: {type: string, handle: cursor}|must stand only at arguments; see"
            + " result",
        "cursor: {}|Cursor: {}|handles.Cursor is not a name that is allowed here; it must match the"
            + " pattern ^[a-z][a-z0-9_]{0,31}$",
      })
  void whatMakesNoSenseIsAProblem(String from, String to, String rule) {
    String changed = DESK.replace(from, to);

    assertNotEquals(DESK, changed);
    assertTrue(
        Samples.problems(changed).stream().anyMatch(problem -> problem.contains(rule)),
        () -> Samples.problems(changed).toString());
  }
}
