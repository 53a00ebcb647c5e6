package dev.keyward.server.audit;

/// What a broker runs with, noted when it starts.
///
/// @param version the broker's version
/// @param mode how it runs, for example `serve`, `stdio` or `command`
/// @param configDigest SHA-256 over its configuration, 64 hexadecimal digits
/// @param policyDigest SHA-256 over its policy
/// @param catalogDigest SHA-256 over its catalog
/// @param auditKey the public key of its checkpoints, as in `audit.pub`
public record ServerFacts(
    String version,
    String mode,
    String configDigest,
    String policyDigest,
    String catalogDigest,
    String auditKey) {
  /// Checks every field's shape.
  public ServerFacts {
    Word.line("version", version);
    Word.code("mode", mode);
    Word.hash("configDigest", configDigest);
    Word.hash("policyDigest", policyDigest);
    Word.hash("catalogDigest", catalogDigest);
    Word.line("auditKey", auditKey);
  }
}
