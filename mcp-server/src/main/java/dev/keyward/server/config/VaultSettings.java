package dev.keyward.server.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Where Vault or OpenBao is, and how the broker gets in: the section `vault` of the settings.
///
/// @param address scheme, host and port; https unless it is loopback or the operator insists
/// @param namespace the namespace of everything that is read, where there are namespaces
/// @param login how the broker gets a token
/// @param ca the only certificate authorities to trust, a file of PEM certificates; absent: the
///   JDK's
/// @param connectTimeout for a connection
/// @param requestTimeout for one whole answer
/// @param cache how long a value that was read serves without asking again
public record VaultSettings(
    URI address,
    Optional<String> namespace,
    Login login,
    Optional<Path> ca,
    Duration connectTimeout,
    Duration requestTimeout,
    Duration cache) {

  /// How the broker gets a token.
  public sealed interface Login {
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
  }
}
