package dev.keyward.approvals.web;

import dev.keyward.call.RunId;
import java.util.Optional;

/// What runs were opened for, in the words of whoever opened them. Thread-safe.
@FunctionalInterface
public interface RunPurposes {
  /// {@return one line; empty where nobody has said it}
  Optional<String> of(RunId run);
}
