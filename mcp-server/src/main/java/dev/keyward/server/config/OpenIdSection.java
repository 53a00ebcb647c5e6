package dev.keyward.server.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Reads the section `people.oidc` of the settings, whose shape the schema has checked.
final class OpenIdSection {
  private static final String AT = "/people/oidc";

  private OpenIdSection() {}

  /// {@return the section, or empty where there is none}
  static Optional<OpenIdSettings> read(JsonNode oidc, Home home) {
    return oidc.isObject() ? Optional.of(section(oidc, home)) : Optional.empty();
  }

  private static OpenIdSettings section(JsonNode oidc, Home home) {
    String issuer = oidc.get("issuer").stringValue();
    SafeUrl.parse(issuer, AT + "/issuer");
    List<String> scopes = new ArrayList<>();
    oidc.path("scopes").forEach(scope -> scopes.add(scope.stringValue()));
    Map<String, Set<String>> roles = new HashMap<>();
    for (var role : oidc.get("roles").properties()) {
      Set<String> groups = new HashSet<>();
      role.getValue().forEach(group -> groups.add(group.stringValue()));
      roles.put(role.getKey(), Set.copyOf(groups));
    }
    return new OpenIdSettings(
        TokenIssuers.trusted(oidc, AT, oidc.get("client_id").stringValue(), home),
        oidc.has("client_secret_file")
            ? Optional.of(home.folder().resolve(oidc.get("client_secret_file").stringValue()))
            : Optional.empty(),
        scopes,
        oidc.path("label").asString("single sign-on"),
        oidc.path("name_claim").asString("preferred_username"),
        oidc.path("groups_claim").asString("groups"),
        roles);
  }
}
