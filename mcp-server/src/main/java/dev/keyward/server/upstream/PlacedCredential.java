package dev.keyward.server.upstream;

import dev.keyward.catalog.Placement;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;

/// A secret in the form in which one request carries it: a header, or a piece of the query. Prints
/// nothing and lives for one request.
final class PlacedCredential {
  private static final PlacedCredential NONE = new PlacedCredential("", "", "");
  private static final Pattern IN_HEADER = Pattern.compile("[!-~](?:[ -~]*[!-~])?");

  private final String header;
  private final String value;
  private final String query;

  private PlacedCredential(String header, String value, String query) {
    this.header = header;
    this.value = value;
    this.query = query;
  }

  /// Puts `secret` where the tool says.
  ///
  /// @throws Unusable if the tool needs a secret and there is none, or it holds a control
  ///   character, or a header could not carry it, or a `user:password` has no colon
  static PlacedCredential of(Optional<Placement> placement, Optional<Secret> secret)
      throws Unusable {
    if (placement.isEmpty()) {
      return NONE;
    }
    if (secret.isEmpty()) {
      throw new Unusable(Failure.CREDENTIAL_UNUSABLE);
    }
    return place(placement.get(), secret.get())
        .orElseThrow(() -> new Unusable(Failure.CREDENTIAL_UNUSABLE));
  }

  @TouchesSecret
  private static Optional<PlacedCredential> place(Placement placement, Secret secret) {
    return secret.use(
        text ->
            text.chars().anyMatch(Character::isISOControl)
                ? Optional.<PlacedCredential>empty()
                : place(placement, text));
  }

  private static Optional<PlacedCredential> place(Placement placement, String text) {
    return switch (placement) {
      case Placement.Bearer() -> inHeader("Authorization", "Bearer ", text);
      case Placement.Basic() ->
          text.indexOf(':') < 0
              ? Optional.empty()
              : inHeader("Authorization", "Basic ", base64(text));
      case Placement.Header(var name, var prefix) -> inHeader(name, prefix, text);
      case Placement.Query(var name) ->
          Optional.of(new PlacedCredential("", "", encoded(name) + "=" + encoded(text)));
    };
  }

  private static Optional<PlacedCredential> inHeader(String name, String prefix, String text) {
    return IN_HEADER.matcher(text).matches()
        ? Optional.of(new PlacedCredential(name, prefix + text, ""))
        : Optional.empty();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// Adds the header, in place of any other of its name.
  void addTo(HttpFields.Mutable headers) {
    if (!header.isEmpty()) {
      headers.put(header, value);
    }
  }

  /// {@return the path and query with the credential's parameter at the end}
  String addTo(String pathAndQuery) {
    if (query.isEmpty()) {
      return pathAndQuery;
    }
    return pathAndQuery + (pathAndQuery.indexOf('?') < 0 ? "?" : "&") + query;
  }

  @Override
  public String toString() {
    return "[placed credential]";
  }
}
