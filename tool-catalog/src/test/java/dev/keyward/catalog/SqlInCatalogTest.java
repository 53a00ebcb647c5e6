package dev.keyward.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Statements in the catalog: where arguments stand in them, and what is refused at load.
final class SqlInCatalogTest {
  private static final String FILE =
      """
      system: orders
      origin: postgresql://127.0.0.1:5432
      credential: {ref: "mint:orders", in: login}
      sql: {database: shop, max_rows: 20}
      tools:
        find:
          title: Find orders
          description: Finds orders.
          tier: read
          input:
            properties:
              customer: {type: string}
              ids: {type: array, items: {type: integer}}
          sql:
            statement: "%s"
          result: ["rows[].id"]
      """;
  private static final String STATEMENT =
      "SELECT id FROM orders WHERE customer = :customer AND (id = ANY(:ids) OR :ids IS NULL)";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "SELECT :a|a",
        "SELECT :a::int, x::text|a",
        "SELECT ':a', :b|b",
        "SELECT 'it''s :a', :b|b",
        "SELECT E'\\':a', :b|b",
        "SELECT date'2026-01-01 :a', :b|b",
        "SELECT \":a\", :b|b",
        "SELECT $$ :a $$, $t$ :a $$ :a $t$, :b|b",
        "SELECT 1 -- :a|",
        "SELECT /* :a /* :a */ :a */ :b|b",
        "SELECT x[1:2], :a|a",
        "SELECT :a, :b, :a ;|a b a",
        "SELECT a_:b FROM t WHERE j ? 'k' AND k = :c|b c",
      })
  void argumentsStandOnlyWhereAStatementTakesValues(String text, @Nullable String names) {
    var expected = names == null ? List.<String>of() : List.of(names.split(" ", -1));

    assertEquals(expected, new SqlText(text).names());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1; DROP TABLE orders",
        "SELECT 'a",
        "SELECT \"a",
        "SELECT $t$ a $$",
        "SELECT /* a /* b */"
      })
  void aTextThatIsNoSingleStatementIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> new SqlText(text));
  }

  @Test
  void aStatementKnowsItsPlacesAndTheirTypes() {
    SqlBinding sql = binding(tool(STATEMENT));

    var ids = new SqlPlace("ids", SqlPlace.Type.INTEGER, true);
    assertEquals(
        List.of(new SqlPlace("customer", SqlPlace.Type.TEXT, false), ids, ids), sql.places());
    assertEquals(sql.places().size() + 1, sql.parts().size());
    assertEquals("shop", sql.database());
    assertEquals(20, sql.mostRows());
    assertEquals(SqlBinding.Tls.DISABLE, sql.tls());
  }

  @Test
  void elsewhereThanHereAConnectionIsEncryptedAndChecked() {
    String file = FILE.formatted(STATEMENT).replace("127.0.0.1", "127.0.0.1.example.com");

    assertEquals(SqlBinding.Tls.VERIFY_FULL, binding(tools(file).getFirst()).tls());
  }

  @Test
  void anotherStatementIsAnotherTool() {
    assertNotEquals(tool(STATEMENT).digest(), tool(STATEMENT + " LIMIT 1").digest());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "customer: {type: string}|customer: {type: object, properties: {a: {type: string}}}"
            + "|must take only text",
        "customer: {type: string}|customer: {type: [string, integer]}|must take only text",
        "= :customer|= :nobody|must name only arguments",
        "= :customer|= 'x'|must go somewhere: as :customer",
        "postgresql://127.0.0.1:5432|https://127.0.0.1:5432|must have sql and an origin",
        "in: login|in: bearer|must be login",
        "tier: read|tier: read~response: text|must not stand beside sql",
        "tier: read|tier: read~error: [message]|must not stand beside sql",
        "sql: {database: shop, max_rows: 20}||must have a database",
      })
  void whatDoesNotGoTogetherIsRefusedAtLoad(String part, @Nullable String instead, String rule) {
    String broken = instead == null ? "" : instead.replace("~", "\n    ");
    String problems =
        CatalogFile.read("orders.yaml", FILE.formatted(STATEMENT).replace(part, broken))
            .problems()
            .toString();

    assertTrue(problems.contains(rule), problems);
  }

  private static Tool tool(String statement) {
    return tools(FILE.formatted(statement)).getFirst();
  }

  private static List<Tool> tools(String yaml) {
    CatalogFile file = CatalogFile.read("orders.yaml", yaml);
    assertEquals(List.of(), file.problems());
    return file.tools();
  }

  private static SqlBinding binding(Tool tool) {
    return assertInstanceOf(SqlBinding.class, tool.binding());
  }
}
