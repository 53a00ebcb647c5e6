package dev.keyward.catalog;

import dev.keyward.call.Arguments;

/// The line that tells a reviewer what a call would do, in the operator's words.
@SuppressWarnings("DoNotCallSuggester")
public final class Summary {
  Summary() {}

  /// {@return the line for these arguments, their values inserted as text}
  public String line(Arguments arguments) {
    throw new UnsupportedOperationException("being built");
  }
}
