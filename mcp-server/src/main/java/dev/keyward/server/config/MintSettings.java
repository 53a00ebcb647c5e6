package dev.keyward.server.config;

import dev.keyward.catalog.CredentialRef;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How one credential is made when it is needed: an entry of `credentials` in the settings.
///
/// @param name what tools call it, after `mint:`
/// @param way how it is made
/// @param scope all that it may ever be asked for, words with one space between them
/// @param lifetime how long it is taken to work where the issuer does not say
public record MintSettings(String name, Way way, Optional<String> scope, Duration lifetime) {

  /// How a credential is made.
  public sealed interface Way {
    /// {@return the word for it in settings and records}
    String kind();

    /// {@return whose token it is exchanged for, where it is, as a word for records}
    default Optional<String> subject() {
      return Optional.empty();
    }
  }

  /// The broker as a client of an OAuth server.
  ///
  /// @param tokenEndpoint where tokens are asked for
  /// @param id the client's name there
  /// @param auth how it shows who it is
  /// @param secret the client's secret, or its private key for [ClientAuth#PRIVATE_KEY_JWT]; absent
  ///   for [ClientAuth#NONE]
  /// @param keyId names the private key to the server
  /// @param revocationEndpoint where tokens are given back (RFC 7009)
  public record Client(
      URI tokenEndpoint,
      String id,
      ClientAuth auth,
      Optional<CredentialRef> secret,
      Optional<String> keyId,
      Optional<URI> revocationEndpoint) {}

  /// How an OAuth client shows who it is.
  public enum ClientAuth {
    /// `Authorization: Basic` (RFC 6749, section 2.3.1).
    BASIC,
    /// In the form.
    POST,
    /// A signed assertion (RFC 7523, section 2.2).
    PRIVATE_KEY_JWT,
    /// By its name alone: a public client, which has no secret (RFC 6749, section 2.1).
    NONE
  }

  /// OAuth 2.0 client credentials (RFC 6749, section 4.4).
  public record ClientCredentials(Client client, Optional<String> audience) implements Way {
    @Override
    public String kind() {
      return "oauth_client_credentials";
    }
  }

  /// An account that somebody connects once (RFC 6749, sections 4.1 and 6).
  ///
  /// @param authorizationEndpoint the page on which they agree
  public record Account(Client client, URI authorizationEndpoint) implements Way {
    @Override
    public String kind() {
      return "oauth_refresh_token";
    }
  }

  /// A token in exchange for another (RFC 8693).
  ///
  /// @param subjectIssuer the issuer of the tokens that say for whom runs act, to be exchanged;
  ///   absent: the broker's own token is
  /// @param actor whether the broker's own token is shown beside it, as that of who acts
  /// @param audience for which service, by the name that the server gives it
  /// @param resource for which service, by its address
  public record TokenExchange(
      Client client,
      Optional<String> subjectIssuer,
      boolean actor,
      Optional<String> audience,
      Optional<String> resource)
      implements Way {
    @Override
    public String kind() {
      return "oauth_token_exchange";
    }

    @Override
    public Optional<String> subject() {
      String person = actor ? "delegator_with_actor" : "delegator";
      return Optional.of(subjectIssuer.isPresent() ? person : "client");
    }
  }

  /// A signed assertion for a token (RFC 7523, section 2.1).
  ///
  /// @param issuer who signs
  /// @param subject for whom
  /// @param audience for which server; most want their token endpoint
  /// @param key the private key
  public record JwtBearer(
      URI tokenEndpoint,
      String issuer,
      Optional<String> subject,
      String audience,
      CredentialRef key,
      Optional<String> keyId)
      implements Way {
    @Override
    public String kind() {
      return "jwt_bearer";
    }
  }

  /// A Google service account, by the JSON key that Google gives out.
  ///
  /// @param key the whole JSON text
  /// @param tokenEndpoint instead of the one that the key names
  /// @param subject a user of the domain for whom the account acts
  public record GoogleServiceAccount(CredentialRef key, URI tokenEndpoint, Optional<String> subject)
      implements Way {
    @Override
    public String kind() {
      return "google_service_account";
    }
  }

  /// An installation of a GitHub App.
  ///
  /// @param api for example `https://api.github.com`
  /// @param key the App's private key
  /// @param repositories to which it is limited; empty: all of the installation
  public record GitHubApp(
      URI api, String app, String installation, CredentialRef key, List<String> repositories)
      implements Way {
    /// Copies the list.
    public GitHubApp {
      repositories = List.copyOf(repositories);
    }

    @Override
    public String kind() {
      return "github_app";
    }
  }

  /// A role of AWS, assumed for a while.
  ///
  /// @param endpoint of STS
  /// @param key `id:secret` of whoever may assume it
  /// @param policy what is left of the role's permissions, a JSON policy
  public record AwsRole(
      URI endpoint,
      String region,
      String role,
      CredentialRef key,
      Optional<String> policy,
      Duration duration)
      implements Way {
    @Override
    public String kind() {
      return "aws_assume_role";
    }
  }

  /// Any endpoint that answers with a token in JSON.
  ///
  /// @param headers without the one that carries `key`
  /// @param keyHeader the header in which the key goes
  /// @param keyPrefix what stands before it
  /// @param body JSON to send
  /// @param tokenField where the token is in the answer, a JSON pointer
  /// @param expiresInField where the seconds are that it works, a JSON pointer
  /// @param giveBack how it is given back
  public record Endpoint(
      URI url,
      Map<String, String> headers,
      CredentialRef key,
      String keyHeader,
      String keyPrefix,
      Optional<String> body,
      String tokenField,
      Optional<String> expiresInField,
      Optional<GiveBack> giveBack)
      implements Way {
    /// Copies the map.
    public Endpoint {
      headers = Map.copyOf(headers);
    }

    @Override
    public String kind() {
      return "endpoint";
    }
  }

  /// A login at a database that Vault's database engine makes.
  ///
  /// @param mount where the engine is
  /// @param role of which login
  /// @param token the [VaultToken] of the run that asks for it; absent: the broker's own
  public record VaultDatabase(String mount, String role, Optional<CredentialRef> token)
      implements Way {
    @Override
    public String kind() {
      return "vault_database";
    }
  }

  /// A token at Vault for one run.
  ///
  /// @param policies what it may do
  /// @param role the token role that it is made against
  /// @param life how long it lives from one renewal to the next
  public record VaultToken(List<String> policies, Optional<String> role, Duration life)
      implements Way {
    /// Copies the list.
    public VaultToken {
      policies = List.copyOf(policies);
    }

    @Override
    public String kind() {
      return "vault_token";
    }
  }

  /// A request that ends a token, which it carries as the endpoint's key was.
  ///
  /// @param method `DELETE` or `POST`
  public record GiveBack(String method, URI url) {}
}
