package dev.keyward.demo;

import dev.keyward.demo.company.CompanyKey;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Knows the companies' keys and finds them in text: as they are, in base64 at any offset and in
/// either alphabet, in hex, percent-encoded, reversed, and in pieces; through JSON's escapes and
/// through white space in between.
///
/// It is how the demo proves that no agent got a key; it decides nothing.
public final class Canary {
  private static final int PIECE = 16;
  private static final Pattern JSON_ESCAPE =
      Pattern.compile("\\\\(?:u([0-9a-fA-F]{4})|([\"\\\\/bfnrt]))");
  private static final String MASK = "[KEY LEAKED]";

  /// A key that was found.
  ///
  /// @param owner whose key, for example `crm`
  /// @param form how it was written, for example `base64`
  public record Finding(String owner, String form) {}

  private record Shape(Finding finding, String text) {}

  private final List<Shape> shapes = new ArrayList<>();

  /// @param keys what must not be found, by the name of its owner
  public Canary(Map<String, CompanyKey> keys) {
    keys.forEach(
        (owner, key) ->
            shapesOf(key.reveal())
                .forEach((text, form) -> shapes.add(new Shape(new Finding(owner, form), text))));
  }

  /// {@return how many different texts are looked for}
  public int shapes() {
    return shapes.size();
  }

  /// {@return the first key found in `text`}
  public Optional<Finding> find(String text) {
    String unescaped = unescape(text);
    return findIn(text)
        .or(() -> findIn(unescaped))
        .or(() -> findIn(unescaped.replaceAll("\\s+", "")));
  }

  /// {@return `text` with every key in it replaced, so that even a failed claim shows none}
  public String mask(String text) {
    String masked = text;
    for (Shape shape : shapes) {
      masked = masked.replace(shape.text(), MASK);
    }
    return masked;
  }

  private Optional<Finding> findIn(String text) {
    return shapes.stream()
        .filter(shape -> text.contains(shape.text()))
        .map(Shape::finding)
        .findFirst();
  }

  /// Longest and plainest first, so that a finding names the clearest form.
  private static Map<String, String> shapesOf(String key) {
    byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
    Map<String, String> shapes = new LinkedHashMap<>();
    shapes.put(key, "as it is");
    shapes.put(new StringBuilder(key).reverse().toString(), "reversed");
    for (int offset = 0; offset < 3; offset++) {
      shapes.putIfAbsent(base64(bytes, offset, Base64.getEncoder()), "in base64");
      shapes.putIfAbsent(base64(bytes, offset, Base64.getUrlEncoder()), "in base64url");
    }
    String hex = HexFormat.of().formatHex(bytes);
    shapes.put(hex, "in hex");
    shapes.put(hex.toUpperCase(Locale.ROOT), "in hex");
    shapes.putIfAbsent(URLEncoder.encode(key, StandardCharsets.UTF_8), "percent-encoded");
    shapes.putIfAbsent(
        URLEncoder.encode(key, StandardCharsets.UTF_8)
            .replaceAll("%2F", "%2f")
            .replaceAll("%2B", "%2b"),
        "percent-encoded");
    shapes.put(HexFormat.ofDelimiter("%").formatHex(bytes), "percent-encoded throughout");
    for (int start = 0; start + PIECE <= key.length(); start++) {
      shapes.putIfAbsent(key.substring(start, start + PIECE), "in pieces");
    }
    return shapes;
  }

  /// The characters of a base64 text that are sure to be there when `bytes` stand in a longer text
  /// after `offset` other bytes, whatever those and the following ones are.
  private static String base64(byte[] bytes, int offset, Base64.Encoder encoder) {
    byte[] shifted = new byte[offset + bytes.length];
    System.arraycopy(bytes, 0, shifted, offset, bytes.length);
    String encoded = encoder.withoutPadding().encodeToString(shifted);
    int first = (offset * 8 + 5) / 6;
    int end = shifted.length * 8 / 6;
    return encoded.substring(first, end);
  }

  private static String unescape(String text) {
    return JSON_ESCAPE
        .matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(unescaped(found.group(1), found.group(2))));
  }

  private static String unescaped(@Nullable String hex, @Nullable String letter) {
    if (hex != null) {
      return String.valueOf((char) Integer.parseInt(hex, 16));
    }
    return letter == null || "bfnrt".contains(letter) ? " " : letter;
  }
}
