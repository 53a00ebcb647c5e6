package dev.keyward.server.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Where Vault or OpenBao is, and how the broker gets in: the section `vault` of the settings.
///
/// @param addresses scheme, host and port of each node, the first being asked first; https unless
///   it is loopback or the operator insists
/// @param namespace the namespace of everything that is read, where there are namespaces
/// @param version1 mounts of KV engines of version 1; all others are of version 2
/// @param login how the broker gets a token
/// @param identity what the broker shows of itself on each connection, where Vault asks for it
/// @param ca the only certificate authorities to trust, a file of PEM certificates; absent: the
///   JDK's
/// @param connectTimeout for a connection
/// @param requestTimeout for one whole answer
/// @param cache how long a value that was read serves without asking again
public record VaultSettings(
    List<URI> addresses,
    Optional<String> namespace,
    Set<String> version1,
    Login login,
    Optional<ClientIdentity> identity,
    Optional<Path> ca,
    Duration connectTimeout,
    Duration requestTimeout,
    Duration cache) {

  /// Copies the collections.
  public VaultSettings {
    addresses = List.copyOf(addresses);
    version1 = Set.copyOf(version1);
  }

  /// How the broker gets a token.
  public sealed interface Login {
    /// {@return whether the broker makes its tokens by logging in, and so may revoke them}
    default boolean makesTokens() {
      return switch (this) {
        case TokenFile _, TokenVariable _ -> false;
        case AppRole _, WrappedAppRole _, Jwt _, Certificate _ -> true;
      };
    }

    /// The token is the content of a file, which somebody else may replace at any time.
    record TokenFile(Path file) implements Login {}

    /// The token is in the environment variable of this name.
    record TokenVariable(String name) implements Login {}

    /// The broker logs in as an AppRole.
    ///
    /// @param mount where the AppRole method is mounted, without `auth/`
    /// @param roleId the role's name for itself; no secret
    /// @param secretIdFile the file that holds the secret id
    record AppRole(String mount, String roleId, Path secretIdFile) implements Login {}

    /// The broker logs in as an AppRole whose secret id it unwraps itself.
    ///
    /// @param mount where the AppRole method is mounted, without `auth/`
    /// @param roleId the role's name for itself; no secret
    /// @param wrappingTokenFile the file that holds the wrapping token, which opens once
    record WrappedAppRole(String mount, String roleId, Path wrappingTokenFile) implements Login {}

    /// The broker logs in with a token of somebody whom Vault trusts: of an OpenID provider, or of
    /// Kubernetes.
    ///
    /// @param mount where the JWT or Kubernetes method is mounted, without `auth/`
    /// @param role the role to log in to
    /// @param file the file that holds the token, read at each login
    record Jwt(String mount, String role, Path file) implements Login {}

    /// The broker logs in with the certificate that it shows on its connection.
    ///
    /// @param mount where the TLS certificate method is mounted, without `auth/`
    /// @param role the only role to log in to; absent: whichever trusts the certificate
    record Certificate(String mount, Optional<String> role) implements Login {}
  }
}
