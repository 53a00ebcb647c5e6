package dev.keyward.server.run;

import dev.keyward.call.AgentId;
import dev.keyward.call.PersonId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What somebody wants a run opened for.
///
/// @param agent who is to act; absent: whoever asks
/// @param delegator on whose behalf, as is claimed
/// @param purpose one line for people, of at most 200 characters
/// @param workflow a word
/// @param mode absent: as the run in which it is opened, else autonomous
/// @param lifetime absent: an hour, or what is left of the run in which it is opened
/// @param given ids that the run may use, by kind
/// @param grants none: the agent's standing tools
record RunRequest(
    Optional<AgentId> agent,
    Optional<PersonId> delegator,
    String purpose,
    Optional<String> workflow,
    Optional<RunMode> mode,
    Optional<Duration> lifetime,
    Map<String, Set<String>> given,
    List<Grant> grants) {
  private static final int MOST_PURPOSE = 200;
  private static final Pattern WORKFLOW = Pattern.compile("[a-z][a-z0-9_.-]{0,63}");

  /// Checks the texts.
  ///
  /// @throws IllegalArgumentException naming the field and the rule
  RunRequest {
    boolean line = purpose.codePoints().allMatch(RunRequest::isPrintable);
    if (purpose.isBlank() || purpose.length() > MOST_PURPOSE || !line) {
      throw new IllegalArgumentException(
          "purpose must be one line of 1 to " + MOST_PURPOSE + " characters");
    }
    if (workflow.filter(word -> !WORKFLOW.matcher(word).matches()).isPresent()) {
      throw new IllegalArgumentException("workflow must match " + WORKFLOW);
    }
    given = Map.copyOf(given);
    grants = List.copyOf(grants);
  }

  /// Neither control characters nor those that turn the direction of writing.
  private static boolean isPrintable(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
