package dev.keyward.call;

import java.util.Locale;

/// One dimension of a grant: what a call of a run is measured against, in the order of asking.
public enum GrantPart {
  AGENT("is not for agents of this type"),
  WORKSPACE("is not for this workspace"),
  DELEGATOR("is for calls on behalf of another, verified person"),
  TOOL("does not name this tool"),
  TIER("does not reach tools of this tier"),
  WINDOW("is not for this time"),
  RECORD("does not cover the record that these arguments name"),
  CALLS("has no calls left"),
  BUDGET("has not enough of its budget left");

  private final String words;

  GrantPart(String words) {
    this.words = words;
  }

  /// {@return the word for machines}
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// {@return what to say of a grant that fails here}
  public String words() {
    return words;
  }
}
