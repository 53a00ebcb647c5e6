package dev.keyward.call;

import java.util.Locale;

/// Why a handle in an argument was not taken.
public enum HandleFault {
  /// The broker never gave this one: wrong letters, or a wrong check value.
  FORGED("holds a handle that was not given here. Pass handles exactly as you got them"),
  /// Another run got it.
  FOREIGN("holds a handle of another run. Get a new one in this run"),
  /// It was given once, and its value is gone.
  EXPIRED("holds a handle whose run is over. Get a new one"),
  /// The argument does not take handles of this kind.
  MISPLACED("holds a handle of a kind that it does not take"),
  /// The tool is none of those that may be passed it.
  NOT_FOR_THIS_TOOL("holds a handle that may not go to this tool"),
  /// It stands among other text, or in another URL than the one that it came in.
  NOT_AS_GIVEN("holds a handle that does not stand as it was given. Pass it unchanged, by itself"),
  /// The value itself, once in place, breaks the schema or could change the request.
  UNFIT("holds a handle whose value does not fit there");

  private final String words;

  HandleFault(String words) {
    this.words = words;
  }

  /// {@return words that follow the argument, without a full stop}
  String words() {
    return words;
  }

  /// {@return the word in answers' `_meta` and in the audit, for example `not_as_given`}
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
