package dev.keyward.server.audit;

import dev.keyward.call.AgentId;
import dev.keyward.call.RunId;
import java.util.Optional;

/// What a run was opened for.
///
/// @param parent the run in which it was opened
/// @param opener the agent that opened it; absent if the operator did
/// @param purpose one line, in the opener's words, in which no known secret stands
/// @param workflow a word that runs of one kind share
/// @param mode `advisory` or `autonomous`
/// @param grants how many grants it has; none means the agent's standing tools
/// @param grantsDigest SHA-256 over the grants
public record RunFacts(
    Optional<RunId> parent,
    Optional<AgentId> opener,
    String purpose,
    Optional<String> workflow,
    String mode,
    int grants,
    String grantsDigest) {
  /// Checks the words.
  public RunFacts {
    Word.line("purpose", purpose);
    workflow.ifPresent(word -> Word.code("workflow", word));
    Word.code("mode", mode);
    Word.hash("grantsDigest", grantsDigest);
  }
}
