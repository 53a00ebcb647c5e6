package dev.keyward.server.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// Somebody whose signed tokens count here.
///
/// @param name the issuer, exactly as its tokens state it in `iss`
/// @param audience what its tokens must name in `aud`, so that one made for somebody else is no use
/// @param algorithms the signatures to accept, by their names in RFC 7518
/// @param keys where its public keys are
/// @param ca the only certificate authorities to trust when they are fetched; absent: the JDK's
public record TrustedIssuer(
    String name, String audience, Set<String> algorithms, KeyPlace keys, Optional<Path> ca) {
  /// Every signature that can be allowed; all of them have a public key.
  public static final Set<String> ALGORITHMS =
      Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

  /// Copies the algorithms.
  public TrustedIssuer {
    algorithms = Set.copyOf(algorithms);
  }

  /// Where an issuer's keys are. Nothing in a token can change it.
  public sealed interface KeyPlace {
    /// Where the issuer's own metadata say, under the issuer's own origin.
    record Discovered(URI issuer) implements KeyPlace {}

    /// At this address.
    record At(URI url) implements KeyPlace {}

    /// In this file.
    record InFile(Path file) implements KeyPlace {}
  }
}
