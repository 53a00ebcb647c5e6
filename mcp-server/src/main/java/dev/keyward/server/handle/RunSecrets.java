package dev.keyward.server.handle;

import dev.keyward.redaction.KnownSecrets;
import dev.keyward.redaction.Secret;
import java.util.ArrayList;
import java.util.List;

/// The values that a run's handles stand for, compiled for search. Immutable.
///
/// Compiling costs about as much as there are values, so full lots are compiled once and only the
/// last one again.
///
/// @param values each once
/// @param full compiled lots
/// @param last the rest compiled; empty if there is none
record RunSecrets(List<Secret> values, List<KnownSecrets> full, List<KnownSecrets> last) {
  private static final int LOT = 16;

  static final RunSecrets NONE = new RunSecrets(List.of(), List.of(), List.of());

  RunSecrets with(List<Secret> more) {
    List<Secret> all = new ArrayList<>(values);
    for (Secret value : more) {
      if (!all.contains(value)) {
        all.add(value);
      }
    }
    if (all.size() == values.size()) {
      return this;
    }
    List<KnownSecrets> lots = new ArrayList<>(full);
    while ((lots.size() + 1) * LOT <= all.size()) {
      int from = lots.size() * LOT;
      lots.add(KnownSecrets.of(all.subList(from, from + LOT)));
    }
    List<Secret> rest = all.subList(lots.size() * LOT, all.size());
    return new RunSecrets(
        List.copyOf(all),
        List.copyOf(lots),
        rest.isEmpty() ? List.of() : List.of(KnownSecrets.of(rest)));
  }

  /// {@return all of them; empty where there are none}
  List<KnownSecrets> all() {
    if (last.isEmpty()) {
      return full;
    }
    List<KnownSecrets> all = new ArrayList<>(full);
    all.addAll(last);
    return all;
  }
}
