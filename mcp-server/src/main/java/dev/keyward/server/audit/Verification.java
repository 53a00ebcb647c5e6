package dev.keyward.server.audit;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What [AuditVerifier] found, as data for people's and machines' output.
///
/// @param findings what is wrong, the first first; at most a few for each chain
/// @param limits what could not be known, a sentence each; never empty
/// @param records how many records were read
/// @param chains how many chains
/// @param checkpoints how many checkpoints with a good signature
/// @param lastCheckpoint the time in the last of them
/// @param unsigned how many records are newer than the last checkpoint of their chain
public record Verification(
    List<Finding> findings,
    List<String> limits,
    long records,
    int chains,
    long checkpoints,
    Optional<Instant> lastCheckpoint,
    long unsigned) {
  /// Copies the lists.
  public Verification {
    findings = List.copyOf(findings);
    limits = List.copyOf(limits);
  }

  /// {@return whether nothing is wrong, as far as could be known}
  public boolean intact() {
    return findings.isEmpty();
  }
}
