package dev.keyward.server.policy;

import dev.keyward.call.PersonId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Collectors;

/// A rule that would let run what people have always approved, and what speaks for it. Nothing has
/// come of it.
///
/// @param rule its name
/// @param lines the rule as a policy file has it below `rules:`, not indented
/// @param approved how many calls people have approved that it would let run
/// @param people who
/// @param first when the first of these calls was asked for
/// @param last and the newest
/// @param open the arguments that may be anything: their names, and how many values were seen
public record Suggestion(
    String rule,
    List<String> lines,
    int approved,
    List<PersonId> people,
    Instant first,
    Instant last,
    List<String> open) {
  /// Copies the lists.
  public Suggestion {
    lines = List.copyOf(lines);
    people = List.copyOf(people);
    open = List.copyOf(open);
  }

  /// {@return the rule and, as comments, what speaks for it, to be pasted below `rules:`}
  public String yaml() {
    String names = people.stream().map(PersonId::value).collect(Collectors.joining(", "));
    var text = new StringBuilder();
    text.append("  # ").append(approved).append(" calls approved by ").append(names);
    text.append(", ").append(day(first)).append(" to ").append(day(last));
    text.append("; none denied, none changed.\n");
    if (!open.isEmpty()) {
      text.append("  # Whatever these are: ").append(String.join(", ", open)).append(".\n");
    }
    lines.forEach(line -> text.append("  ").append(line).append('\n'));
    return text.toString();
  }

  private static String day(Instant at) {
    return at.atZone(ZoneOffset.UTC).toLocalDate().toString();
  }
}
