package dev.keyward.server.signin;

import static java.lang.System.Logger.Level.WARNING;

import dev.keyward.approvals.Role;
import dev.keyward.approvals.web.OutsideSignIn;
import dev.keyward.call.PersonId;
import dev.keyward.redaction.Secret;
import dev.keyward.server.config.OpenIdSettings;
import dev.keyward.server.token.BadToken;
import dev.keyward.server.token.Claims;
import dev.keyward.server.token.IssuerHttp;
import dev.keyward.server.token.IssuerMetadata;
import dev.keyward.server.token.TrustedTokens;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Sign-in by OpenID Connect Core 1.0, authorization code flow (section 3.1) with PKCE, state and
/// nonce. Thread-safe; blocks on the provider.
///
/// Who a person is follows from issuer and subject alone; the name only names somebody new.
public final class OpenIdSignIn implements OutsideSignIn, AutoCloseable {
  private static final System.Logger log = System.getLogger(OpenIdSignIn.class.getName());
  private static final int MAX_SUBJECT = 255; // Core, section 2

  private final OpenIdSettings settings;
  private final URI issuer;
  private final Optional<Secret> clientSecret;
  private final IssuerHttp http;
  private final TrustedTokens tokens;

  private OpenIdSignIn(
      OpenIdSettings settings, Optional<Secret> clientSecret, InstantSource clock) {
    this.settings = settings;
    this.issuer = URI.create(settings.provider().name());
    this.clientSecret = clientSecret;
    this.http = new IssuerHttp(settings.provider().ca());
    this.tokens = new TrustedTokens(List.of(settings.provider()), clock);
  }

  /// Reads the client's secret; asks nobody yet.
  ///
  /// @throws IOException if there is none where it should be
  public static OpenIdSignIn open(OpenIdSettings settings, InstantSource clock) throws IOException {
    Optional<Secret> secret =
        settings.clientSecret().isEmpty()
            ? Optional.empty()
            : Optional.of(firstLine(settings.clientSecret().get()));
    return new OpenIdSignIn(settings, secret, clock);
  }

  /// {@return the client's secret, which must not leave}
  public Optional<Secret> secret() {
    return clientSecret;
  }

  @Override
  public String label() {
    return settings.label();
  }

  @Override
  public Optional<URI> begin(Attempt attempt) {
    try {
      URI there = IssuerMetadata.of(issuer, http).address("authorization_endpoint");
      var query =
          new FormText()
              .with("response_type", "code")
              .with("client_id", clientId())
              .with("redirect_uri", attempt.back().toString())
              .with("scope", scope())
              .with("state", attempt.state())
              .with("nonce", attempt.nonce())
              .with("code_challenge", Pkce.challenge(attempt.verifier()))
              .with("code_challenge_method", "S256");
      return Optional.of(URI.create(there + (there.getRawQuery() == null ? "?" : "&") + query));
    } catch (IOException e) {
      log.log(WARNING, "people cannot sign in at " + issuer + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public Optional<Identified> end(Attempt attempt, Secret code) {
    try {
      Claims claims = tokens.read(idToken(attempt, code));
      requireOurs(claims, attempt);
      return identified(claims);
    } catch (IOException | BadToken e) {
      log.log(WARNING, "a sign-in at " + issuer + " failed: " + e.getMessage());
      return Optional.empty();
    }
  }

  private Secret idToken(Attempt attempt, Secret code) throws IOException {
    URI endpoint = IssuerMetadata.of(issuer, http).address("token_endpoint");
    var form =
        new FormText()
            .with("grant_type", "authorization_code")
            .with("code", code)
            .with("redirect_uri", attempt.back().toString())
            .with("client_id", clientId())
            .with("code_verifier", attempt.verifier());
    clientSecret.ifPresent(secret -> form.with("client_secret", secret));
    String token = http.post(endpoint, form.secret()).path("id_token").asString("");
    if (token.isEmpty()) {
      throw new IOException("the provider gave no ID token");
    }
    return Secret.of(token);
  }

  /// Core, section 3.1.3.7: the answer to this attempt, and made for this client only.
  private void requireOurs(Claims claims, Attempt attempt) {
    String nonce = claims.text("nonce").orElse("");
    boolean asked =
        MessageDigest.isEqual(
            nonce.getBytes(StandardCharsets.UTF_8),
            attempt.nonce().getBytes(StandardCharsets.UTF_8));
    if (!asked) {
      throw new BadToken(claims.issuer(), BadToken.Why.NONCE);
    }
    boolean onlyUs = claims.texts("aud").equals(List.of(clientId()));
    if (!claims.text("azp").map(clientId()::equals).orElse(onlyUs)) {
      throw new BadToken(claims.issuer(), BadToken.Why.AUDIENCE);
    }
  }

  private Optional<Identified> identified(Claims claims) {
    Set<Role> roles = roles(claims.texts(settings.groupsClaim()));
    boolean plain = claims.subject().chars().noneMatch(Character::isISOControl);
    if (!plain || claims.subject().length() > MAX_SUBJECT) {
      log.log(WARNING, "somebody signed in at " + issuer + " whose subject is none");
      return Optional.empty();
    }
    if (roles.isEmpty()) {
      log.log(WARNING, "somebody signed in at " + issuer + " who is in no group that may come in");
    }
    try {
      var name = new PersonId(claims.text(settings.nameClaim()).orElse(""));
      return Optional.of(new Identified(claims.issuer(), claims.subject(), name, roles));
    } catch (IllegalArgumentException e) {
      log.log(
          WARNING,
          "somebody signed in at "
              + issuer
              + " whose "
              + settings.nameClaim()
              + " is no name here");
      return Optional.empty();
    }
  }

  private Set<Role> roles(List<String> groups) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    settings
        .roles()
        .forEach(
            (role, members) -> {
              if (groups.stream().anyMatch(members::contains)) {
                roles.add(Role.valueOf(role.toUpperCase(Locale.ROOT).replace('-', '_')));
                roles.add(Role.MEMBER);
              }
            });
    return roles;
  }

  private String clientId() {
    return settings.provider().audience();
  }

  private String scope() {
    return settings.scopes().isEmpty() ? "openid" : "openid " + String.join(" ", settings.scopes());
  }

  private static Secret firstLine(Path file) throws IOException {
    String first = Files.readString(file).lines().findFirst().orElse("");
    if (first.isEmpty()) {
      throw new IOException("people.oidc.client_secret_file: " + file + " is empty");
    }
    return Secret.of(first);
  }

  @Override
  public void close() {
    http.close();
    tokens.close();
  }
}
