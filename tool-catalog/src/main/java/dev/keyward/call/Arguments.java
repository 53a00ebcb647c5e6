package dev.keyward.call;

import java.math.BigDecimal;
import java.math.BigInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The arguments of a call: a JSON object of which exactly one canonical form exists.
///
/// Refused are numbers that a double cannot hold without loss, and strings with lone surrogates;
/// otherwise two different calls could share a digest. Duplicate keys are refused by the parser at
/// the edge, before there is a tree.
public final class Arguments {
  private static final BigInteger MAX_EXACT = BigInteger.TWO.pow(53);

  private final ObjectNode json;
  private final String canonical;

  private Arguments(ObjectNode json) {
    this.json = json;
    this.canonical = CanonicalJson.write(json);
  }

  /// Takes over `json`, which nobody may change afterwards.
  ///
  /// @throws CallRefused with [Refusal.InvalidArguments] naming the field and the rule
  public static Arguments of(JsonNode json) {
    if (!(json instanceof ObjectNode object)) {
      throw refused("", "must be an object");
    }
    check(object, "");
    return new Arguments(object);
  }

  /// {@return the tree, which is not to be changed}
  public JsonNode json() {
    return json;
  }

  /// {@return the canonical form, RFC 8785}
  public String canonical() {
    return canonical;
  }

  @Override
  public String toString() {
    return "[arguments]";
  }

  private static void check(JsonNode node, String at) {
    switch (node.getNodeType()) {
      case OBJECT -> {
        for (var field : node.properties()) {
          String pointer = at + "/" + field.getKey().replace("~", "~0").replace("/", "~1");
          checkText(field.getKey(), at);
          check(field.getValue(), pointer);
        }
      }
      case ARRAY -> {
        for (int i = 0; i < node.size(); i++) {
          check(node.get(i), at + "/" + i);
        }
      }
      case STRING -> checkText(node.stringValue(), at);
      case NUMBER -> checkNumber(node, at);
      case BOOLEAN, NULL -> {}
      case BINARY, MISSING, POJO -> throw refused(at, "must be JSON");
    }
  }

  private static void checkText(String text, String at) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw refused(at, "must be well-formed Unicode, without lone surrogates");
      }
    }
  }

  private static void checkNumber(JsonNode node, String at) {
    if (node.isIntegralNumber()) {
      if (node.bigIntegerValue().abs().compareTo(MAX_EXACT) > 0) {
        throw refused(at, "must be an integer of at most 2^53; pass larger ones as text");
      }
      return;
    }
    // a decimal node's own doubleValue throws where a double overflows, with the value in the
    // message
    double value = node.isBigDecimal() ? node.decimalValue().doubleValue() : node.doubleValue();
    boolean exact =
        Double.isFinite(value)
            && new BigDecimal(CanonicalJson.number(value)).compareTo(node.decimalValue()) == 0;
    if (!exact) {
      throw refused(at, "must be a number that a double holds without loss");
    }
  }

  private static CallRefused refused(String at, String rule) {
    return new CallRefused(new Refusal.InvalidArguments(at.isEmpty() ? "/" : at, rule));
  }
}
