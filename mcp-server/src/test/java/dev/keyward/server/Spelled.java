package dev.keyward.server;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jsoup.nodes.Entities;
import tools.jackson.databind.node.JsonNodeFactory;

/// The spellings of a planted value, by name, as an upstream or a careless program writes them.
final class Spelled {
  private Spelled() {}

  static Map<String, String> of(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    String quoted = JsonNodeFactory.instance.stringNode(value).toString();
    String reversed = new StringBuilder(value).reverse().toString();
    var all = new LinkedHashMap<String, String>();
    all.put("as it is", value);
    all.put("as a JSON string", quoted.substring(1, quoted.length() - 1));
    all.put("with HTML entities", Entities.escape(value));
    all.put("in base64", Base64.getEncoder().encodeToString(bytes));
    all.put(
        "in base64 without padding", Base64.getEncoder().withoutPadding().encodeToString(bytes));
    all.put("in base64url", Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    all.put("in hex", HexFormat.of().formatHex(bytes));
    all.put("in upper case hex", HexFormat.of().withUpperCase().formatHex(bytes));
    all.put("percent-encoded", URLEncoder.encode(value, StandardCharsets.UTF_8));
    all.put("reversed", reversed);
    if (value.chars().allMatch(c -> c < 0x80)) {
      all.put(
          "reversed in base64",
          Base64.getEncoder().encodeToString(reversed.getBytes(StandardCharsets.UTF_8)));
    }
    all.put(
        "behind a user name in base64",
        Base64.getEncoder().encodeToString(("user:" + value).getBytes(StandardCharsets.UTF_8)));
    all.put("in upper case", value.toUpperCase(Locale.ROOT));
    return all;
  }
}
