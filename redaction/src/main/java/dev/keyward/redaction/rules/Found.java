package dev.keyward.redaction.rules;

/// A place in a text that holds something secret.
///
/// @param start where it starts, in characters (UTF-16)
/// @param end where it ends, exclusive
/// @param rule the id of the rule that says so; [#KNOWN] for a secret that the broker holds
/// @param type what it is, in `a-z 0-9 _`: `github_token`, `password`, `signed_url`
public record Found(int start, int end, String rule, String type) {
  /// The rule and type of a secret that was registered, so that it is known and not guessed.
  public static final String KNOWN = "known";

  /// Checks the order of the ends.
  ///
  /// @throws IllegalArgumentException if it would be empty
  public Found {
    if (start < 0 || end <= start) {
      throw new IllegalArgumentException("a place must not be empty");
    }
  }

  /// {@return a place that holds a registered secret}
  public static Found known(int start, int end) {
    return new Found(start, end, KNOWN, KNOWN);
  }

  /// {@return the same at another place}
  public Found at(int newStart, int newEnd) {
    return new Found(newStart, newEnd, rule, type);
  }
}
