package dev.keyward.call;

/// Why the result of a call that has run is not shown.
public enum Withholding {
  UNSURE("it could not be shown to be free of secrets"),
  SLOW("searching it for secrets took too long, and what was not searched to its end is not shown"),
  FILE_TYPE("it is a file of a type that the tool's catalog does not let out");

  private final String words;

  Withholding(String words) {
    this.words = words;
  }

  /// {@return the end of a sentence that says that the result was withheld}
  public String words() {
    return words;
  }
}
