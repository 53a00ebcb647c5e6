package dev.keyward.redaction;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/// Pieces of which a text is made that wants to make reading slow.
final class SlowTexts {
  static final Map<String, String> ALL = all();

  private SlowTexts() {}

  private static Map<String, String> all() {
    var all = new LinkedHashMap<String, String>();
    all.put("letters", "A");
    all.put("word", "key");
    all.put("word and colon", "token:");
    all.put("backslashes in quotes", "\"password\":\"^\\\\");
    all.put("name, quote and backslashes", "\"password\":\"\\\\");
    all.put("jwt prefix", "eyJ");
    all.put("vendor prefix", "AKIA");
    all.put("percent, nested", "%25");
    all.put("entities without end", "&#");
    all.put("name alone on a line", "password\n");
    all.put("name in a cell", "<td>password</td>");
    all.put("name and quote", "password=\"");
    all.put("name and brackets", "passwords: [");
    all.put("names in columns", "password,token,api_key\n");
    all.put("names in bars", "| password | token |\n");
    all.put("name, further in", "secrets:\n  - ");
    all.put("name and value", "name: password, value: ");
    all.put("url without end", "https://a:b");
    all.put("parameter", "?sig=a&token=");
    all.put("cookies", "Cookie: a=b; ");
    all.put("private key without end", "-----BEGIN PRIVATE KEY-----\n");
    all.put("key set", "{\"kty\":");
    all.put("manifest", "kind: Secret\ndata:\n");
    all.put("recovery codes", "recovery codes ");
    all.put("quotes", "\"");
    all.put("tags", "<a ");
    all.put("comments without end", "<!--");
    all.put("spellings of many kinds", "&#61;de;&amp; \\u0041%41 =3D=41 ");
    all.put("readable hex", "7061737320");
    all.put("numbers", "65 66 ");
    all.put("spaces", " ");
    return all;
  }

  /// {@return the piece repeated up to `size` characters; what stands before a `^` only once}
  static String sized(String piece, int size) {
    int once = piece.indexOf('^');
    String start = once < 0 ? "" : piece.substring(0, once);
    String again = piece.substring(once + 1);
    return start + again.repeat((size - start.length()) / again.length());
  }

  /// {@return base64 of base64, as deep as it takes to get to about that size}
  static String nested(int size) {
    String text = "A quick note to read. ";
    while (4 * text.length() / 3 < size) {
      text = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
    return text;
  }
}
