package dev.keyward.server.config;

import dev.keyward.catalog.CredentialRef;
import dev.keyward.server.config.ConfigFile.BadValue;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Reads the section `credentials` of the settings, whose shape the schema has checked.
final class CredentialsSection {
  private static final int LIFETIME_SECONDS = 300;
  private static final int AWS_SECONDS = 900;
  private static final int RUN_SECONDS = 3600;
  private static final String GOOGLE = "https://oauth2.googleapis.com/token";
  private static final String GITHUB = "https://api.github.com";
  private static final String DELEGATOR = "delegator";
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,20}");
  private static final Set<String> EVERY_KIND = Set.of("kind", "scope", "lifetime_seconds");

  private final String at;
  private final JsonNode json;
  private final Set<String> issuers;
  private final Set<String> taken = new HashSet<>(EVERY_KIND);

  private CredentialsSection(String name, JsonNode json, Set<String> issuers) {
    this.at = "/credentials/" + name;
    this.json = json;
    this.issuers = issuers;
  }

  /// {@return the entries}
  ///
  /// @param issuers whose tokens agents may show
  /// @throws BadValue if a value breaks a rule that the schema cannot state
  static List<MintSettings> read(JsonNode credentials, Set<String> issuers) {
    List<MintSettings> all = new ArrayList<>();
    for (var entry : credentials.properties()) {
      all.add(
          new CredentialsSection(entry.getKey(), entry.getValue(), issuers)
              .settings(entry.getKey()));
    }
    all.forEach(one -> checkToken(one, all));
    return all;
  }

  /// What a login hangs on must be a token of Vault's, and not another login.
  private static void checkToken(MintSettings one, List<MintSettings> all) {
    if (one.way() instanceof MintSettings.VaultDatabase(var _, var _, var token)) {
      boolean known =
          token.isEmpty()
              || all.stream()
                  .filter(other -> other.way() instanceof MintSettings.VaultToken)
                  .anyMatch(other -> token.get().equals(minted(other.name())));
      if (!known) {
        throw new BadValue(
            "/credentials/" + one.name() + "/token",
            "must name a credential of kind vault_token, as mint:NAME");
      }
    }
  }

  private static CredentialRef minted(String name) {
    return new CredentialRef(CredentialRef.MINT, name, "");
  }

  private MintSettings settings(String name) {
    String kind = json.get("kind").stringValue();
    MintSettings.Way way = way(kind);
    for (String field : json.propertyNames()) {
      if (!taken.contains(field)) {
        throw new BadValue(at + "/" + field, "must not stand in a credential of kind " + kind);
      }
    }
    Optional<String> scope = text("scope");
    if (scope.isPresent() && isUnscoped(way)) {
      throw new BadValue(at + "/scope", "must not stand in a credential of kind " + kind);
    }
    return new MintSettings(
        name,
        way,
        scope,
        Duration.ofSeconds(json.path("lifetime_seconds").asInt(LIFETIME_SECONDS)));
  }

  private static boolean isUnscoped(MintSettings.Way way) {
    return switch (way) {
      case MintSettings.AwsRole _,
          MintSettings.Endpoint _,
          MintSettings.VaultDatabase _,
          MintSettings.VaultToken _ ->
          true;
      default -> false;
    };
  }

  private MintSettings.Way way(String kind) {
    return switch (kind) {
      case "oauth_client_credentials" ->
          new MintSettings.ClientCredentials(clientWithSecret(), text("audience"));
      case "oauth_refresh_token" ->
          new MintSettings.Account(
              client(), required("authorization_endpoint", url("authorization_endpoint")));
      case "oauth_token_exchange" -> tokenExchange();
      case "jwt_bearer" -> jwtBearer();
      case "google_service_account" ->
          new MintSettings.GoogleServiceAccount(
              ref("private_key"),
              url("token_endpoint").orElse(URI.create(GOOGLE)),
              text("subject"));
      case "github_app" -> gitHubApp();
      case "aws_assume_role" -> awsRole();
      case "endpoint" -> endpoint();
      case "vault_database" ->
          new MintSettings.VaultDatabase(
              text("mount").orElse("database"), required("role", text("role")), token());
      case "vault_token" -> vaultToken();
      default -> throw new BadValue(at + "/kind", "must be a kind that the schema lists");
    };
  }

  private MintSettings.Client client() {
    MintSettings.ClientAuth auth =
        switch (text("client_auth").orElse("basic")) {
          case "private_key_jwt" -> MintSettings.ClientAuth.PRIVATE_KEY_JWT;
          case "post" -> MintSettings.ClientAuth.POST;
          case "none" -> MintSettings.ClientAuth.NONE;
          default -> MintSettings.ClientAuth.BASIC;
        };
    boolean signs = auth == MintSettings.ClientAuth.PRIVATE_KEY_JWT;
    return new MintSettings.Client(
        required("token_endpoint", url("token_endpoint")),
        required("client_id", text("client_id")),
        auth,
        auth == MintSettings.ClientAuth.NONE
            ? Optional.empty()
            : Optional.of(ref(signs ? "private_key" : "client_secret")),
        signs ? text("key_id") : Optional.empty(),
        url("revocation_endpoint"));
  }

  /// Who has no secret can be anybody, and is given nothing for itself.
  private MintSettings.Client clientWithSecret() {
    MintSettings.Client client = client();
    if (client.auth() == MintSettings.ClientAuth.NONE) {
      throw new BadValue(at + "/client_auth", "must not be none in a credential of this kind");
    }
    return client;
  }

  private MintSettings.TokenExchange tokenExchange() {
    boolean person = isDelegator(text("subject").orElse(DELEGATOR));
    Optional<String> issuer = text("subject_issuer");
    boolean actor = take("actor").asBoolean(false);
    if (!person && (issuer.isPresent() || actor)) {
      throw new BadValue(
          at, "must have no subject_issuer and no actor, since its subject is client");
    }
    if (person && issuer.filter(issuers::contains).isEmpty()) {
      throw new BadValue(
          at + "/subject_issuer",
          "must be there and name one of issuers: its tokens are exchanged");
    }
    return new MintSettings.TokenExchange(
        clientWithSecret(), issuer, actor, text("audience"), text("resource"));
  }

  private boolean isDelegator(String subject) {
    if (!subject.equals(DELEGATOR) && !subject.equals("client")) {
      throw new BadValue(at + "/subject", "must be delegator or client");
    }
    return subject.equals(DELEGATOR);
  }

  private MintSettings.JwtBearer jwtBearer() {
    URI endpoint = required("token_endpoint", url("token_endpoint"));
    return new MintSettings.JwtBearer(
        endpoint,
        required("issuer", text("issuer")),
        text("subject"),
        text("audience").orElse(endpoint.toString()),
        ref("private_key"),
        text("key_id"));
  }

  private MintSettings.GitHubApp gitHubApp() {
    List<String> repositories = new ArrayList<>();
    take("repositories").forEach(name -> repositories.add(name.stringValue()));
    String installation = required("installation_id", text("installation_id"));
    if (!NUMBER.matcher(installation).matches()) {
      throw new BadValue(at + "/installation_id", "must be a number, in quotes");
    }
    return new MintSettings.GitHubApp(
        url("api").orElse(URI.create(GITHUB)),
        required("app_id", text("app_id")),
        installation,
        ref("private_key"),
        repositories);
  }

  private MintSettings.AwsRole awsRole() {
    String region = required("region", text("region"));
    JsonNode policy = take("session_policy");
    return new MintSettings.AwsRole(
        url("endpoint").orElseGet(() -> URI.create("https://sts." + region + ".amazonaws.com")),
        region,
        required("role_arn", text("role_arn")),
        ref("access_key"),
        policy.isObject() ? Optional.of(policy.toString()) : Optional.empty(),
        Duration.ofSeconds(take("duration_seconds").asInt(AWS_SECONDS)));
  }

  private MintSettings.Endpoint endpoint() {
    Map<String, String> headers = new HashMap<>();
    take("headers")
        .properties()
        .forEach(header -> headers.put(header.getKey(), header.getValue().stringValue()));
    JsonNode body = take("body");
    return new MintSettings.Endpoint(
        required("url", url("url")),
        headers,
        ref("key"),
        text("key_header").orElse("Authorization"),
        text("key_prefix").orElse("Bearer "),
        body.isObject() ? Optional.of(body.toString()) : Optional.empty(),
        required("token_field", text("token_field")),
        text("expires_in_field"),
        giveBack());
  }

  private Optional<CredentialRef> token() {
    return text("token").map(_ -> reference("token"));
  }

  private MintSettings.VaultToken vaultToken() {
    List<String> policies = new ArrayList<>();
    take("policies").forEach(policy -> policies.add(policy.stringValue()));
    if (policies.isEmpty()) {
      throw new BadValue(at, "must have policies, since its kind is vault_token");
    }
    return new MintSettings.VaultToken(
        policies, text("token_role"), Duration.ofSeconds(take("ttl_seconds").asInt(RUN_SECONDS)));
  }

  private Optional<MintSettings.GiveBack> giveBack() {
    String method = text("revocation_method").orElse("DELETE");
    return url("revocation_url").map(url -> new MintSettings.GiveBack(method, url));
  }

  private JsonNode take(String field) {
    taken.add(field);
    return json.path(field);
  }

  private Optional<String> text(String field) {
    return take(field).isString() ? Optional.of(json.get(field).stringValue()) : Optional.empty();
  }

  private Optional<URI> url(String field) {
    return text(field).map(text -> SafeUrl.parse(text, at + "/" + field));
  }

  private CredentialRef ref(String field) {
    CredentialRef ref = reference(field);
    if (ref.minted()) {
      throw new BadValue(at + "/" + field, "must name a stored secret, not a minted one");
    }
    return ref;
  }

  private CredentialRef reference(String field) {
    try {
      return CredentialRef.parse(required(field, text(field)));
    } catch (IllegalArgumentException e) {
      throw new BadValue(at + "/" + field, String.valueOf(e.getMessage()));
    }
  }

  private <T> T required(String field, Optional<T> value) {
    return value.orElseThrow(
        () ->
            new BadValue(
                at,
                "must have " + field + ", since its kind is " + json.get("kind").stringValue()));
  }
}
