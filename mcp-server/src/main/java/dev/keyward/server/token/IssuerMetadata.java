package dev.keyward.server.token;

import java.io.IOException;
import java.net.URI;
import tools.jackson.databind.JsonNode;

/// What an issuer publishes about itself (OpenID Connect Discovery 1.0, section 4).
///
/// Whoever can write this document could send the broker anywhere, so every address in it must be
/// under the issuer's own origin.
public record IssuerMetadata(URI issuer, JsonNode json) {
  private static final String PATH = "/.well-known/openid-configuration";

  /// Fetches it.
  ///
  /// @throws IOException if it cannot be had, or is another issuer's
  public static IssuerMetadata of(URI issuer, IssuerHttp http) throws IOException {
    JsonNode json = http.get(URI.create(issuer.toString().replaceAll("/$", "") + PATH));
    if (!json.path("issuer").asString("").equals(issuer.toString())) {
      throw new IOException("its metadata name another issuer");
    }
    return new IssuerMetadata(issuer, json);
  }

  /// {@return an address in it}
  ///
  /// @throws IOException if there is none, or it is under another origin
  public URI address(String name) throws IOException {
    try {
      URI address = URI.create(json.path(name).asString(""));
      if (address.getRawAuthority() != null
          && address.getRawAuthority().equals(issuer.getRawAuthority())
          && issuer.getScheme().equals(address.getScheme())) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new IOException(name + " in its metadata is not under the issuer's own origin");
  }
}
