package dev.keyward.server.unusual;

import dev.keyward.call.ApprovalKind;
import java.util.Locale;
import java.util.Optional;

/// What comes of a finding. Ordered: mildest first.
public enum Reaction {
  /// Nothing is looked for.
  OFF,
  /// A record.
  RECORD,
  /// A record, and the person for whom the agent works has to agree.
  CONFIRM,
  /// A record, and an independent reviewer has to agree.
  REVIEW,
  /// A record, and the run is stopped until an operator resumes it.
  PAUSE,
  /// A record, and the agent is stopped until an operator resumes it.
  STOP;

  /// {@return the word in settings and the record}
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// {@return the reaction of that word}
  ///
  /// @throws IllegalArgumentException if there is none
  public static Reaction parse(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  boolean stops() {
    return this == PAUSE || this == STOP;
  }

  /// {@return who has to agree at least; empty if nobody}
  public Optional<ApprovalKind> asks() {
    return switch (this) {
      case OFF, RECORD -> Optional.empty();
      case CONFIRM -> Optional.of(ApprovalKind.CONFIRM);
      case REVIEW, PAUSE, STOP -> Optional.of(ApprovalKind.REVIEW);
    };
  }
}
