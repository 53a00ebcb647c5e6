package dev.keyward.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class IdsInCatalogTest {
  private static final String SHOP =
      """
      system: shop
      origin: https://shop.example.com
      tools:
        list:
          title: List
          description: Lists.
          tier: read
          input:
            properties:
              order: {type: [string, "null"], id_of: order, description: Which.}
              lines: {type: array, items: {type: integer, id_of: line}}
          request: {method: POST, path: /x, body: {json: [order, lines]}}
          result: [{field: "all[].id", id: order}, "all[].note"]
      """;

  @Test
  void theIdsOfAnAnswerAreFoundAndNothingElse() {
    IdField field = Samples.tool(SHOP).projection().ids().getFirst();

    Set<String> ids =
        field.idsIn(
            Samples.json(
                """
                {"all":[{"id":7},{"id":"B-1"},{"id":null},{"id":""},{"id":1.5},{"id":true},
                 {"id":{"id":8}},{"note":"9"}]}\
                """));

    assertEquals("order", field.kind());
    assertEquals(Set.of("7", "B-1"), ids);
  }

  @Test
  void theIdsOfArgumentsAreNamedByPlaceAndKind() {
    List<IdUse> ids =
        Samples.tool(SHOP)
            .input()
            .ids(Samples.arguments("{\"order\":\"B-1\",\"lines\":[3,9007199254740991]}"));

    assertEquals(
        List.of(
            new IdUse("/order", "order", "B-1"),
            new IdUse("/lines/0", "line", "3"),
            new IdUse("/lines/1", "line", "9007199254740991")),
        ids);
    assertEquals(List.of(), Samples.tool(SHOP).input().ids(Samples.arguments("{\"order\":null}")));
  }

  @Test
  void agentsReadASentenceAndNoneOfTheFormatsWords() {
    String listed = Samples.tool(SHOP).input().json().toString();

    assertFalse(listed.contains("id_of"), listed);
    assertTrue(listed.contains("Which. Must be an id (order)"), listed);
  }

  @Test
  void whatIsAnIdIsPartOfTheDigest() {
    String other = SHOP.replace("id: order}, ", "id: parcel}, ");

    assertNotEquals(Samples.tool(SHOP).digest(), Samples.tool(other).digest());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "type: integer, id_of: line|type: number, id_of: line|string or integer",
        "id_of: line|id_of: Line|id_of",
        "id_of: line|id_of: line, handle: cursor|must",
        "id: order}|id: order, handle: cursor}|one of handle, id and personal",
        "id: order}|id: order, in_query: [x]}|beside handle",
        ", id: order}|}|one of handle, id and personal",
      })
  void aMarkThatMeansNothingIsRefused(String good, String bad, String rule) {
    List<CatalogProblem> problems =
        CatalogFile.read("shop.yaml", SHOP.replace(good, bad)).problems();

    assertTrue(problems.toString().contains(rule), problems.toString());
  }
}
