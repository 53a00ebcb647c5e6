package dev.keyward.catalog;

import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// What may stand in one text of the arguments besides what the agent writes.
///
/// @param kinds kinds of handles that it takes
/// @param within whether these may stand anywhere within the text, rather than be all of it
/// @param ownSecret whether it takes a secret that the broker holds for this very system, of which
///   only a redacted copy is kept
public record TextRule(Set<String> kinds, boolean within, boolean ownSecret) {
  static final String WHOLE = "handle";
  static final String WITHIN = "handles_in_text";
  static final String SECRET = "secret";
  static final String ID = "id_of";

  private static final TextRule NONE = new TextRule(Set.of(), false, false);

  /// Copies the kinds.
  public TextRule {
    kinds = Set.copyOf(kinds);
  }

  /// {@return the rule that a property's schema states}
  static TextRule of(JsonNode property) {
    boolean within = property.has(WITHIN);
    if (!within && !property.has(WHOLE) && !property.has(SECRET)) {
      return NONE;
    }
    Set<String> kinds = new TreeSet<>();
    property.path(WITHIN).forEach(kind -> kinds.add(kind.stringValue()));
    if (property.path(WHOLE).isString()) {
      kinds.add(property.path(WHOLE).stringValue());
    }
    return new TextRule(kinds, within, property.has(SECRET));
  }
}
