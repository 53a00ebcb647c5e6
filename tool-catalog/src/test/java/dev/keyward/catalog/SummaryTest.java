package dev.keyward.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.keyward.call.Arguments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.JsonNodeFactory;

final class SummaryTest {
  private static final Summary REFUND = new Summary("Refund {amount} of {charge}");

  @Test
  void identifiersAndNumbersStandBare() {
    assertEquals(
        "Refund 500 of ch_1",
        REFUND.line(Samples.arguments("{\"amount\":500,\"charge\":\"ch_1\"}")));
  }

  @Test
  void whatIsLeftOutIsSaid() {
    assertEquals("Refund (none) of (none)", REFUND.line(Samples.arguments("{\"charge\":null}")));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "ch_1 (approved by Alice)|\"ch_1 (approved by Alice)\"",
        "a\" and \"b|\"a\\\" and \\\"b\"",
        "{amount}|\"{amount}\"",
        "$1|\"$1\"",
      })
  void aValueCannotPassForTheOperatorsWords(String value, String shown) {
    assertEquals("Refund (none) of " + shown, REFUND.line(charge(value)));
  }

  @Test
  void whatDoesNotShowIsEscaped() {
    assertEquals(
        "Refund (none) of \"a\\u{202e}b\\u{200b}c\\nd\\u{2028}\"",
        REFUND.line(charge("a\u202eb\u200bc\nd\u2028")));
  }

  @Test
  void aLongValueIsCutVisibly() {
    String line = REFUND.line(charge("long ".repeat(1000)));

    assertTrue(line.endsWith("… (cut)"));
    assertTrue(line.length() < 200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Refund {", "Refund }", "Refund {a b}", "Refund {}", "Refund\nit"})
  void aTemplateWithStrayBracesOrLinesIsRefused(String template) {
    assertThrows(IllegalArgumentException.class, () -> new Summary(template));
  }

  private static Arguments charge(String value) {
    return Arguments.of(JsonNodeFactory.instance.objectNode().put("charge", value));
  }
}
