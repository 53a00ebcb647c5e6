package dev.keyward.redaction.rules;

/// A file of rules cannot be used. The message names file, rule, field and what is wrong.
public final class BadRules extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  BadRules(String file, String where, String what) {
    super(file + ": " + where + " " + what);
  }
}
