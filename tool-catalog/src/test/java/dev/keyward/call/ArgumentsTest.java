package dev.keyward.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

final class ArgumentsTest {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  @Test
  void theCanonicalFormIsThatOfTheTree() {
    assertEquals("{\"a\":1,\"b\":[true,null]}", of("{\"b\":[true,null],\"a\":1.0}").canonical());
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "\"a\"", "1", "null", "true"})
  void onlyAnObjectIsArguments(String json) {
    assertEquals(new Refusal.InvalidArguments("/", "must be an object"), refusal(json));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"9007199254740992", "-9007199254740992", "0.1", "1e21", "1.7976931348623157e308"})
  void aNumberThatADoubleHoldsIsTaken(String number) {
    assertEquals(1, of("{\"n\":" + number + "}").json().size());
  }

  @ParameterizedTest
  @CsvSource({
    "9007199254740993,must be an integer of at most 2^53; pass larger ones as text",
    "-9007199254740993,must be an integer of at most 2^53; pass larger ones as text",
    "1e400,must be a number that a double holds without loss",
    "-1e400,must be a number that a double holds without loss",
    "1e-400,must be a number that a double holds without loss",
    "1e999999999,must be a number that a double holds without loss",
    "1e-999999999,must be a number that a double holds without loss",
    "0.1000000000000000055,must be a number that a double holds without loss",
    "9007199254740993.0,must be a number that a double holds without loss",
  })
  void aNumberThatADoubleLosesIsRefused(String number, String rule) {
    assertEquals(new Refusal.InvalidArguments("/a/1", rule), refusal("{\"a\":[0," + number + "]}"));
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void aNumberThatJsonDoesNotHaveIsRefused(double number) {
    JsonNode json = JsonNodeFactory.instance.objectNode().put("n", number);

    assertThrows(CallRefused.class, () -> Arguments.of(json));
  }

  @ParameterizedTest
  @ValueSource(strings = {"D800", "DC00", "0061 D83D", "DC00 D800", "D800 D800", "D800 0061"})
  void aLoneSurrogateIsRefusedInValuesAndKeys(String units) {
    var text = new StringBuilder();
    for (String unit : units.split(" ", -1)) {
      text.append((char) Integer.parseInt(unit, 16));
    }
    var value = JsonNodeFactory.instance.objectNode().put("a", text.toString());
    var key = JsonNodeFactory.instance.objectNode().put(text.toString(), 1);
    String rule = "must be well-formed Unicode, without lone surrogates";

    assertEquals(new Refusal.InvalidArguments("/a", rule), refusal(value));
    assertEquals(new Refusal.InvalidArguments("/", rule), refusal(key));
  }

  @Test
  void aSurrogatePairIsACharacter() {
    assertEquals("{\"a\":\"\ud83d\ude00\"}", of("{\"a\":\"\\ud83d\\ude00\"}").canonical());
  }

  @Test
  void aFieldIsNamedByItsPointer() {
    assertEquals("/a~1b/~0", field("{\"a/b\":{\"~\":1e400}}"));
  }

  @Test
  void argumentsDoNotPrintWhatTheyHold() {
    assertFalse(of("{\"a\":\"canary\"}").toString().contains("canary"));
  }

  private static String field(String json) {
    return switch (refusal(json)) {
      case Refusal.InvalidArguments(var field, _) -> field;
      default -> throw new AssertionError("another refusal");
    };
  }

  private static Refusal refusal(String json) {
    return refusal(MAPPER.readTree(json));
  }

  private static Refusal refusal(JsonNode tree) {
    return assertThrows(CallRefused.class, () -> Arguments.of(tree)).refusal();
  }

  private static Arguments of(String json) {
    return Arguments.of(MAPPER.readTree(json));
  }
}
