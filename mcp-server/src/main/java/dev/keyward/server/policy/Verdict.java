package dev.keyward.server.policy;

import dev.keyward.call.ApprovalKind;

/// What the policy says about one call. There is no fourth answer.
public sealed interface Verdict {
  /// {@return which rule decided, for the page and the audit}
  String rule();

  /// {@return the word in the audit: `allow`, `deny`, or the kind of approval}
  default String wire() {
    return switch (this) {
      case Allow _ -> "allow";
      case AskPeople ask -> ask.kind().wire();
      case Deny _ -> "deny";
    };
  }

  /// The call may run.
  record Allow(String rule) implements Verdict {}

  /// People must agree first, as many and as independent as `kind` says; silence means no.
  record AskPeople(String rule, ApprovalKind kind) implements Verdict {}

  /// The call may not run.
  record Deny(String rule) implements Verdict {}
}
