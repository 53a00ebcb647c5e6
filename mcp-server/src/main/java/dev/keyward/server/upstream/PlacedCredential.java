package dev.keyward.server.upstream;

import dev.keyward.catalog.Placement;
import dev.keyward.catalog.RequestBody;
import dev.keyward.redaction.Secret;
import dev.keyward.redaction.TouchesSecret;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpFields;

/// A secret in the form in which one request carries it: headers, the path and query, the body.
/// Prints nothing and lives for one request.
final class PlacedCredential {
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final Pattern IN_HEADER = Pattern.compile("[!-~](?:[ -~]*[!-~])?");
  private static final Pattern IN_COOKIE = Pattern.compile("[!#-+./0-9:<-\\[\\]-~-]+");
  private static final Pattern PART = Pattern.compile("\\{([a-z]+)}");

  private final Map<String, String> headers;
  private final String target;
  private final Optional<RequestBody> body;

  /// The request as it is without the credential.
  ///
  /// @param host with the port where it is not the usual one
  /// @param target path and query
  record Bare(String method, String host, String target, Optional<RequestBody> body) {
    String content() {
      return body.map(RequestBody::content).orElse("");
    }

    @Override
    public String toString() {
      return "[request " + method + "]";
    }
  }

  private PlacedCredential(Map<String, String> headers, String target, Optional<RequestBody> body) {
    this.headers = headers;
    this.target = target;
    this.body = body;
  }

  /// Puts `secret` where the tool says.
  ///
  /// @param now what a signature says of the time
  /// @throws Unusable if the tool needs a secret and there is none, or it holds a control
  ///   character, or cannot stand in that place
  static PlacedCredential of(
      Optional<Placement> placement, Optional<Secret> secret, Bare bare, Instant now)
      throws Unusable {
    if (placement.isEmpty()) {
      return new PlacedCredential(Map.of(), bare.target(), bare.body());
    }
    if (secret.isEmpty()) {
      throw new Unusable(Failure.CREDENTIAL_UNUSABLE);
    }
    return place(placement.get(), secret.get(), bare, now)
        .orElseThrow(() -> new Unusable(Failure.CREDENTIAL_UNUSABLE));
  }

  @TouchesSecret
  private static Optional<PlacedCredential> place(
      Placement placement, Secret secret, Bare bare, Instant now) {
    if (placement instanceof Placement.ClientCertificate) {
      return Optional.of(with(bare, Map.of())); // the connection has shown it
    }
    if (placement instanceof Placement.SigV4(var service, var region)) {
      return signed(new SigV4(service, region), secret, bare, now);
    }
    return secret.use(
        text ->
            text.chars().anyMatch(Character::isISOControl)
                ? Optional.<PlacedCredential>empty()
                : place(placement, text, bare, now));
  }

  private static Optional<PlacedCredential> place(
      Placement placement, String text, Bare bare, Instant now) {
    return switch (placement) {
      case Placement.Bearer() -> inHeader(bare, "Authorization", "Bearer ", text);
      case Placement.Basic() ->
          text.indexOf(':') < 0
              ? Optional.empty()
              : inHeader(bare, "Authorization", "Basic ", base64(text));
      case Placement.Header(var name, var prefix) -> inHeader(bare, name, prefix, text);
      case Placement.Query(var name) -> inQuery(bare, encoded(name) + "=" + encoded(text));
      case Placement.Cookie(var name) ->
          IN_COOKIE.matcher(text).matches()
              ? inHeader(bare, "Cookie", name + "=", text)
              : Optional.empty();
      case Placement.Form(var name) -> inForm(bare, encoded(name), encoded(text));
      case Placement.Hmac hmac -> signed(hmac, text, bare, now);
      case Placement.SigV4 _, Placement.ClientCertificate _ -> Optional.empty(); // placed before
      case Placement.Login _ -> Optional.empty(); // of databases
    };
  }

  private static Optional<PlacedCredential> inHeader(
      Bare bare, String name, String prefix, String text) {
    return IN_HEADER.matcher(text).matches()
        ? Optional.of(with(bare, Map.of(name, prefix + text)))
        : Optional.empty();
  }

  private static PlacedCredential with(Bare bare, Map<String, String> headers) {
    return new PlacedCredential(headers, bare.target(), bare.body());
  }

  private static Optional<PlacedCredential> inQuery(Bare bare, String parameter) {
    String joined = bare.target().indexOf('?') < 0 ? "?" : "&";
    return Optional.of(
        new PlacedCredential(Map.of(), bare.target() + joined + parameter, bare.body()));
  }

  /// A field of that name from the tool's arguments would be a second one.
  private static Optional<PlacedCredential> inForm(Bare bare, String name, String text) {
    boolean form = bare.body().filter(body -> !body.contentType().equals(FORM)).isEmpty();
    String content = bare.content();
    if (!form || ("&" + content).contains("&" + name + "=")) {
      return Optional.empty();
    }
    String all = (content.isEmpty() ? "" : content + "&") + name + "=" + text;
    return Optional.of(
        new PlacedCredential(Map.of(), bare.target(), Optional.of(new RequestBody(FORM, all))));
  }

  private static Optional<PlacedCredential> signed(
      Placement.Hmac hmac, String key, Bare bare, Instant now) {
    String time = Long.toString(now.getEpochSecond());
    Map<String, String> parts = new HashMap<>();
    parts.put("timestamp", time);
    parts.put("method", bare.method());
    parts.put("path", bare.target());
    parts.put("body", bare.content());
    String signature =
        Signatures.hex(Signatures.hmac(Signatures.utf8(key), filled(hmac.signed(), parts)));
    Map<String, String> headers = new HashMap<>();
    headers.put(
        hmac.header(), filled(hmac.value(), Map.of("signature", signature, "timestamp", time)));
    if (!hmac.timestampHeader().isEmpty()) {
      headers.put(hmac.timestampHeader(), time);
    }
    return Optional.of(with(bare, headers));
  }

  /// In one pass, so that nothing in a body is taken for a part.
  private static String filled(String template, Map<String, String> parts) {
    return PART.matcher(template)
        .replaceAll(
            part -> Matcher.quoteReplacement(parts.getOrDefault(part.group(1), part.group())));
  }

  private static Optional<PlacedCredential> signed(
      SigV4 signature, Secret key, Bare bare, Instant now) {
    int mark = bare.target().indexOf('?');
    String path = mark < 0 ? bare.target() : bare.target().substring(0, mark);
    String query = SigV4.query(mark < 0 ? "" : bare.target().substring(mark + 1));
    var request = new SigV4.Signed(bare.method(), bare.host(), path, query, bare.content());
    return signature
        .sign(request, key, now)
        .map(
            headers ->
                new PlacedCredential(
                    plain(headers), path + (query.isEmpty() ? "" : "?" + query), bare.body()));
  }

  @TouchesSecret
  private static Map<String, String> plain(Map<String, Secret> headers) {
    Map<String, String> plain = new HashMap<>();
    headers.forEach((name, value) -> plain.put(name, value.<String>use(text -> text)));
    return plain;
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// Adds its headers, in place of any others of their names.
  void addTo(HttpFields.Mutable all) {
    headers.forEach(all::put);
  }

  /// {@return the path and query to send}
  String target() {
    return target;
  }

  /// {@return the body to send}
  Optional<RequestBody> body() {
    return body;
  }

  @Override
  public String toString() {
    return "[placed credential]";
  }
}
