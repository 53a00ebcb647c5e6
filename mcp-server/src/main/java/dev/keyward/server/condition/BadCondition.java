package dev.keyward.server.condition;

/// A text is no condition of its vocabulary.
@SuppressWarnings("serial") // never serialized
public final class BadCondition extends Exception {
  private final int line;
  private final String rule;

  BadCondition(int line, String rule) {
    super(rule);
    this.line = line;
    this.rule = rule;
  }

  /// {@return the line within the text, from 1}
  public int line() {
    return line;
  }

  /// {@return the rule that is broken, in words for whoever wrote the condition}
  public String rule() {
    return rule;
  }
}
