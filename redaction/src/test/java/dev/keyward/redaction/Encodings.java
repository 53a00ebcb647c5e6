package dev.keyward.redaction;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/// Ways to write a text that a redactor must see through.
final class Encodings {
  static final Map<String, UnaryOperator<String>> ALL = all();

  private static final Set<String> ONE_WAY =
      Set.of("upper case", "small capitals", "base32hex", "tag characters", "deflate, hex");

  private Encodings() {}

  private static Map<String, UnaryOperator<String>> all() {
    var all = new LinkedHashMap<String, UnaryOperator<String>>();
    all.put("as it is", text -> text);
    all.put("base64", text -> Base64.getEncoder().encodeToString(bytes(text)));
    all.put(
        "base64, one byte before", text -> Base64.getEncoder().encodeToString(bytes("#" + text)));
    all.put(
        "base64, two bytes before", text -> Base64.getEncoder().encodeToString(bytes("##" + text)));
    all.put(
        "base64url", text -> Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(text)));
    all.put(
        "base64, wrapped",
        text -> Base64.getMimeEncoder(20, bytes("\n")).encodeToString(bytes(text)));
    all.put("base32", Encodings::base32);
    all.put("base32hex", Encodings::base32hex);
    all.put("tag characters", Encodings::tags);
    all.put("small capitals", Encodings::smallCapitals);
    all.put("hex", text -> HexFormat.of().formatHex(bytes(text)));
    all.put("hex, upper", text -> HexFormat.of().withUpperCase().formatHex(bytes(text)));
    all.put("hex, spaced", text -> HexFormat.ofDelimiter(" ").formatHex(bytes(text)));
    all.put("hex, 0x", text -> HexFormat.ofDelimiter(", ").withPrefix("0x").formatHex(bytes(text)));
    all.put(
        "hex, backslash x",
        text -> HexFormat.ofDelimiter("").withPrefix("\\x").formatHex(bytes(text)));
    all.put("decimal bytes", text -> each(text, "%d", ", "));
    all.put("percent, all", text -> each(text, "%%%02x", ""));
    all.put("percent, form", text -> URLEncoder.encode(text, StandardCharsets.UTF_8));
    all.put("backslash u", text -> each(text, "\\u%04x", ""));
    all.put("entities, decimal", text -> each(text, "&#%d;", ""));
    all.put("entities, hex", text -> each(text, "&#x%x;", ""));
    all.put(
        "entities, named",
        text -> text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;"));
    all.put("quoted-printable", text -> each(text, "=%02X", ""));
    all.put("json string", text -> "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"");
    all.put("reversed", text -> new StringBuilder(text).reverse().toString());
    all.put("rot13", Encodings::rot13);
    all.put("upper case", text -> text.toUpperCase(Locale.ROOT));
    all.put("gzip, base64", text -> Base64.getEncoder().encodeToString(gzip(text)));
    all.put("deflate, base64", text -> Base64.getEncoder().encodeToString(deflate(text)));
    all.put("deflate, hex", text -> HexFormat.of().formatHex(deflate(text)));
    return all;
  }

  /// {@return those whose output another one may take, and still be a text that means something}
  static Map<String, UnaryOperator<String>> nestable() {
    return ALL.entrySet().stream()
        .filter(each -> !ONE_WAY.contains(each.getKey()))
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, Map.Entry::getValue, (a, b) -> a, LinkedHashMap::new));
  }

  static String write(String encoding, String text) {
    return Objects.requireNonNull(ALL.get(encoding)).apply(text);
  }

  static byte[] gzip(String text) {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes(text));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }

  /// Without any header.
  static byte[] deflate(String text) {
    var out = new ByteArrayOutputStream();
    try (var deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
        var stream = new DeflaterOutputStream(out, deflater)) {
      stream.write(bytes(text));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }

  static String lettersAndDigits(String text) {
    return text.chars()
        .filter(Character::isLetterOrDigit)
        .mapToObj(c -> String.valueOf((char) Character.toLowerCase(c)))
        .collect(Collectors.joining());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String each(String text, String format, String between) {
    return text.chars()
        .mapToObj(c -> String.format(Locale.ROOT, format, c))
        .collect(Collectors.joining(between));
  }

  private static String rot13(String text) {
    var out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      char base = Character.isUpperCase(c) ? 'A' : 'a';
      out.append(c < 128 && Character.isLetter(c) ? (char) (base + (c - base + 13) % 26) : c);
    }
    return out.toString();
  }

  private static String tags(String text) {
    return text.chars()
        .mapToObj(c -> Character.toString(0xe0000 + c))
        .collect(Collectors.joining());
  }

  private static String smallCapitals(String text) {
    String capitals = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡxʏᴢ";
    return text.chars()
        .mapToObj(
            c ->
                c >= 'a' && c <= 'z'
                    ? capitals.substring(c - 'a', c - 'a' + 1)
                    : Character.toString(c))
        .collect(Collectors.joining());
  }

  private static String base32hex(String text) {
    return base32(text, "0123456789ABCDEFGHIJKLMNOPQRSTUV");
  }

  private static String base32(String text) {
    return base32(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
  }

  private static String base32(String text, String alphabet) {
    var bits = new StringBuilder();
    for (byte b : bytes(text)) {
      bits.append(
          String.format(Locale.ROOT, "%8s", Integer.toBinaryString(b & 0xff)).replace(' ', '0'));
    }
    bits.append("0".repeat((5 - bits.length() % 5) % 5));
    var out = new StringBuilder();
    for (int i = 0; i < bits.length(); i += 5) {
      out.append(alphabet.charAt(new BigInteger(bits.substring(i, i + 5), 2).intValue()));
    }
    return out.toString();
  }
}
