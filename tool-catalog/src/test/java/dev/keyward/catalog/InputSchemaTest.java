package dev.keyward.catalog;

import static dev.keyward.catalog.Samples.arguments;
import static dev.keyward.catalog.Samples.json;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.catalog.InputSchema.Violation;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class InputSchemaTest {
  private static final InputSchema SCHEMA =
      Samples.tool(
              Samples.yaml(
                  """
                  {id: {type: string, pattern: '^[0-9]{1,6}$'}, state: {type: string, enum: [open,
                  closed]}, n: {type: integer, minimum: 1, maximum: 10}, day: {type: string, format:
                  date}, tags: {type: array, maxItems: 2, items: {type: string, maxLength: 3}}, who:
                  {type: object, properties: {name: {type: string}}, required: [name]}}
                  """
                      .replace('\n', ' '),
                  "[id]",
                  "{method: POST, path: '/t/{id}', body: {json: [state, n, day, tags, who]}}"))
          .input();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'id':'1'}",
        "{'id':'1','n':10,'state':'open','day':'2026-11-20','tags':['a'],'who':{'name':'x'}}",
        "{'id':'1','n':2.0}",
      })
  void whatFitsPasses(String arguments) {
    assertEquals(Optional.empty(), check(arguments));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|/id|is required",
        "{'id':12}|/id|must be text, and must match the pattern ^[0-9]{1,6}$",
        "{'id':''}|/id|must match the pattern ^[0-9]{1,6}$",
        "{'id':'1234567'}|/id|must match the pattern ^[0-9]{1,6}$",
        "{'id':'1\\n'}|/id|must match the pattern ^[0-9]{1,6}$",
        "{'id':'1','state':'gone'}|/state|must be one of open, closed",
        "{'id':'1','n':0}|/n|must be at least 1",
        "{'id':'1','n':11}|/n|must be at most 10",
        "{'id':'1','n':1.5}|/n|must be a whole number",
        "{'id':'1','day':'yesterday'}|/day|must be a valid date",
        "{'id':'1','tags':['a','b','c']}|/tags|must have at most 2 items",
        "{'id':'1','tags':['a','long']}|/tags/1|must have at most 3 characters",
        "{'id':'1','who':{}}|/who/name|is required",
        "{'id':'1','who':{'name':'x','role':'admin'}}|/who|has a field that this tool does not"
            + " take",
        "{'id':'1','admin':true}|/|has a field that this tool does not take",
      })
  void whatBreaksARuleIsNamedByFieldAndRule(String arguments, String field, String rule) {
    assertEquals(Optional.of(new Violation(field, rule)), check(arguments));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'id':'canary-1'}",
        "{'id':'1','state':'canary-1'}",
        "{'id':'1','canary-1':1}",
        "{'id':'1','who':{'name':'x','canary-1':1}}",
        "{'id':'1','day':'canary-1'}",
        "{'id':'1','tags':['canary-1']}",
      })
  void noViolationRepeatsWhatTheAgentSent(String arguments) {
    assertFalse(check(arguments).orElseThrow().toString().contains("canary"));
  }

  @Test
  void schemasThatOnlyHashAlikeHaveValidatorsOfTheirOwn() {
    var first = new InputSchema(json("{\"type\":\"object\",\"required\":[\"Aa\"]}"), List.of());
    var second = new InputSchema(json("{\"type\":\"object\",\"required\":[\"BB\"]}"), List.of());

    assertEquals(Optional.empty(), first.check(arguments("{\"Aa\":1}")));
    assertEquals(
        Optional.of(new Violation("/BB", "is required")), second.check(arguments("{\"Aa\":1}")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'properties':{'a':{'$ref':'http://127.0.0.1:1/s.json'}}}",
        "{'properties':{'a':{'$ref':'file:///etc/passwd'}}}",
        "{'properties':{'a':{'$dynamicRef':'other.json#x'}}}",
        "{'$ref':'classpath:dev/keyward/catalog/tool-catalog.schema.json'}",
      })
  void aReferenceToAnotherDocumentIsNeverFollowed(String schema) {
    var json = json(schema.replace('\'', '"'));

    assertThrows(IllegalArgumentException.class, () -> new InputSchema(json, List.of()));
  }

  /// Whoever keeps validators by a schema's hash code checks one with the other.
  @Test
  void schemasOfOneHashCodeAreTwoSchemas() {
    InputSchema first = requiring("Aa");
    InputSchema second = requiring("BB");

    assertEquals("Aa".hashCode(), "BB".hashCode());
    assertEquals(Optional.empty(), first.check(arguments("{\"Aa\":\"x\"}")));
    assertEquals(Optional.empty(), second.check(arguments("{\"BB\":\"x\"}")));
    assertTrue(first.check(arguments("{\"BB\":\"x\"}")).isPresent());
    assertTrue(second.check(arguments("{\"Aa\":\"x\"}")).isPresent());
  }

  private static InputSchema requiring(String name) {
    String properties = "{%s: {type: string}}".formatted(name);
    String request = "{method: POST, path: /t, body: {json: [%s]}}".formatted(name);
    return Samples.tool(Samples.yaml(properties, "[" + name + "]", request)).input();
  }

  private static Optional<Violation> check(String arguments) {
    return SCHEMA.check(arguments(arguments.replace('\'', '"')));
  }
}
