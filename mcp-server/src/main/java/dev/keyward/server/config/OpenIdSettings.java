package dev.keyward.server.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Where people sign in with OpenID Connect: the section `people.oidc` of the settings.
///
/// @param provider who signs them in; its audience is the client's id
/// @param clientSecret the file with the client's secret; absent: a public client
/// @param scopes what to ask for beside `openid`
/// @param label what the sign-in page calls it
/// @param nameClaim the claim that names a new person
/// @param groupsClaim the claim with their groups
/// @param roles which groups give which role; whoever is in none of them may not come in
public record OpenIdSettings(
    TrustedIssuer provider,
    Optional<Path> clientSecret,
    List<String> scopes,
    String label,
    String nameClaim,
    String groupsClaim,
    Map<String, Set<String>> roles) {
  /// Copies the collections.
  public OpenIdSettings {
    scopes = List.copyOf(scopes);
    roles = Map.copyOf(roles);
  }
}
