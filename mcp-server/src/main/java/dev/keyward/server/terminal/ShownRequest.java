package dev.keyward.server.terminal;

import dev.keyward.call.CanonicalJson;
import java.io.IOException;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// One request as a broker's pages show it to one person, with the digest made here of what is
/// shown here.
public final class ShownRequest {
  /// How many digits of the digest stand for it at least; nobody finds another with the same.
  public static final int SHORTEST = 16;

  private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{" + SHORTEST + ",64}");

  private final JsonNode json;
  private final String view;

  private ShownRequest(JsonNode json, String view) {
    this.json = json;
    this.view = view;
  }

  /// Reads what came, and makes its digest.
  ///
  /// @throws IOException if the broker's own is another
  public static ShownRequest of(JsonNode json) throws IOException {
    String view = CanonicalJson.sha256(json.path("document"));
    if (!json.path("view").asString("").equals(view)) {
      throw new IOException("what came is not what its digest says: open the page instead");
    }
    return new ShownRequest(json, view);
  }

  /// {@return all of it}
  public JsonNode json() {
    return json;
  }

  /// {@return what a decision is bound to}
  public JsonNode document() {
    return json.path("document");
  }

  /// {@return SHA-256 of [#document], in hexadecimal}
  public String view() {
    return view;
  }

  /// {@return whether these are enough first digits of the digest}
  public boolean is(String digits) {
    return DIGITS.matcher(digits).matches() && view.startsWith(digits);
  }
}
