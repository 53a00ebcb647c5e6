package dev.keyward.approvals.web;

import java.util.function.UnaryOperator;

/// The last search of a text that leaves for people, for what the broker holds; where that is not
/// sure, the text is withheld.
final class LastSearch {
  private static final System.Logger LOG = System.getLogger(LastSearch.class.getName());
  private static final String WITHHELD = "[withheld]";

  private final UnaryOperator<String> scrubHeld;

  /// @param scrubHeld takes out of a text what the broker holds, and throws where it is not sure
  LastSearch(UnaryOperator<String> scrubHeld) {
    this.scrubHeld = scrubHeld;
  }

  /// {@return the text without what the broker holds, or a word that says it is withheld}
  String of(String text) {
    try {
      return scrubHeld.apply(text);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "a text could not be shown to be free of secrets", e);
      return WITHHELD;
    }
  }
}
