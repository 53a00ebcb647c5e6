package dev.keyward.call;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/// Writes JSON in the one form that digests are taken over: RFC 8785 (JSON Canonicalization
/// Scheme).
///
/// Keys are sorted by UTF-16 code units, numbers are written as ECMAScript writes doubles, strings
/// escape only what JSON must. The caller has made sure that numbers are doubles without loss and
/// that strings hold no lone surrogates; [Arguments] does.
public final class CanonicalJson {
  private static final double SMALLEST_PLAIN = 1e-6;
  private static final double SMALLEST_EXPONENT = 1e21;

  private CanonicalJson() {}

  /// {@return `node` in canonical form}
  public static String write(JsonNode node) {
    var out = new StringBuilder();
    write(node, out);
    return out.toString();
  }

  /// {@return SHA-256 over the UTF-8 of the canonical form, 64 lower-case hexadecimal digits}
  public static String sha256(JsonNode node) {
    return sha256(write(node));
  }

  /// {@return SHA-256 over the UTF-8 of what is in canonical form already}
  static String sha256(String canonical) {
    return Hashes.sha256Hex(canonical);
  }

  private static void write(JsonNode node, StringBuilder out) {
    switch (node.getNodeType()) {
      case OBJECT -> object(node, out);
      case ARRAY -> array(node, out);
      case STRING -> string(((StringNode) node).stringValue(), out);
      case NUMBER -> number(node, out);
      case BOOLEAN -> out.append(node.booleanValue());
      case NULL -> out.append("null");
      case BINARY, MISSING, POJO ->
          throw new IllegalArgumentException("not JSON: " + node.getNodeType());
    }
  }

  private static void number(JsonNode node, StringBuilder out) {
    if (node.isInt()) {
      out.append(node.intValue()); // every int is a double without loss, and written alike
    } else {
      out.append(number(node.doubleValue()));
    }
  }

  private static void object(JsonNode node, StringBuilder out) {
    List<String> names = new ArrayList<>(node.propertyNames());
    Collections.sort(names);
    char separator = '{';
    for (String name : names) {
      out.append(separator);
      string(name, out);
      out.append(':');
      write(node.get(name), out);
      separator = ',';
    }
    out.append(names.isEmpty() ? "{}" : "}");
  }

  private static void array(JsonNode node, StringBuilder out) {
    out.append('[');
    for (int i = 0; i < node.size(); i++) {
      if (i > 0) {
        out.append(',');
      }
      write(node.get(i), out);
    }
    out.append(']');
  }

  static void string(String text, StringBuilder out) {
    out.append('"');
    if (isPlain(text)) {
      out.append(text);
    } else {
      escape(text, out);
    }
    out.append('"');
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x20 || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  private static void escape(String text, StringBuilder out) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
  }

  /// ECMA-262, Number::toString; Java prints the same digits in another layout, but for the few
  /// numbers that [#shortest] treats.
  static String number(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("not a JSON number");
    }
    if (value == 0) {
      return "0";
    }
    if (value < 0) {
      return "-" + number(-value);
    }
    BigDecimal shortest = shortest(value);
    if (value >= SMALLEST_PLAIN && value < SMALLEST_EXPONENT) {
      return shortest.toPlainString();
    }
    String digits = shortest.unscaledValue().toString();
    int exponent = digits.length() - 1 - shortest.scale();
    String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
    return digits.charAt(0) + fraction + "e" + (exponent < 0 ? "-" : "+") + Math.abs(exponent);
  }

  /// Java never prints fewer than two digits, so it prints 4.9E-324 where one digit, 5e-324, is
  /// enough.
  private static BigDecimal shortest(double value) {
    BigDecimal printed = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    BigDecimal oneDigit = printed.round(new MathContext(1, RoundingMode.HALF_EVEN));
    boolean enough = printed.precision() == 2 && oneDigit.doubleValue() == value;
    return enough ? oneDigit.stripTrailingZeros() : printed;
  }
}
