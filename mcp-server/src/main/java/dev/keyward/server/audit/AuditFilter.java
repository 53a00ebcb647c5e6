package dev.keyward.server.audit;

import dev.keyward.call.AgentId;
import dev.keyward.call.CallId;
import dev.keyward.call.RunId;
import dev.keyward.call.ToolName;
import java.time.Instant;
import java.util.Optional;

/// Which records to list; what is absent does not narrow.
///
/// @param type a wire type, or its first word and a dot for the family, for example `approval.`
/// @param since not older than this
/// @param limit at most so many, 1 to 10 000
public record AuditFilter(
    Optional<RunId> run,
    Optional<AgentId> agent,
    Optional<ToolName> tool,
    Optional<CallId> call,
    Optional<String> type,
    Optional<Instant> since,
    int limit) {
  private static final int MAX_LIMIT = 10_000;

  /// Checks the limit and the type's shape.
  public AuditFilter {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException("limit must be 1 to " + MAX_LIMIT);
    }
    type.ifPresent(t -> Word.code("type", t));
  }

  /// {@return the newest `limit` records of all}
  public static AuditFilter newest(int limit) {
    return new AuditFilter(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        limit);
  }
}
