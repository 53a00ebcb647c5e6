package dev.keyward.server.pipeline;

import dev.keyward.call.ApprovalKind;
import dev.keyward.call.Refusal;
import java.util.Optional;

/// What the client of a call can do for its user, and what it brings back from an earlier round of
/// the same call (MCP 2026-07-28, "Multi Round-Trip Requests").
///
/// @param follows whether the client comes back for the answer of a call that takes long, so that
///   the call waits for people as long as they may decide
/// @param opensPages whether the client says that it can show its user an address
/// @param requestState what an earlier answer asked it to bring back; anybody may have written it
/// @param declined whether the user, or the client, did not want to be asked
public record Interaction(
    boolean follows, boolean opensPages, Optional<String> requestState, boolean declined) {
  /// Of a client that can do nothing of that kind.
  public static final Interaction NONE = new Interaction(false, false, Optional.empty(), false);

  /// {@return of a client that says whether it can show its user an address, and nothing else}
  public static Interaction opening(boolean pages) {
    return new Interaction(false, pages, Optional.empty(), false);
  }

  /// {@return whether the client's own user is the one to ask, and the client can show where}
  boolean mayShow(Refusal.Pending pending) {
    return opensPages && !declined && pending.kind() == ApprovalKind.CONFIRM;
  }

  /// {@return the same, of a client that wants its answer now}
  Interaction unfollowed() {
    return new Interaction(false, opensPages, requestState, declined);
  }
}
