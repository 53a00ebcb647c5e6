package dev.keyward.redaction.exact;

/// How deep a reading lies in a text, and which further ones are still to be read out of it.
///
/// @param escapes how many layers of escapes were read
/// @param packed how many layers were unpacked
/// @param quotes whether what is quoted is still to be joined
/// @param turns whether it is still to be turned round
record Depth(int escapes, int packed, boolean quotes, boolean turns) {
  Depth escaped(int layers) {
    return new Depth(layers, packed, quotes, turns);
  }

  Depth unpacked() {
    return new Depth(escapes, packed + 1, quotes, turns);
  }

  /// What was quoted piece by piece is not turned round.
  Depth joined(int layers) {
    return new Depth(escapes, layers, false, false);
  }

  Depth turned() {
    return new Depth(escapes, packed, quotes, false);
  }

  /// {@return whether a look from here goes at least as deep as one from `other`}
  boolean covers(Depth other) {
    return escapes <= other.escapes
        && packed <= other.packed
        && (quotes || !other.quotes)
        && (turns || !other.turns);
  }
}
